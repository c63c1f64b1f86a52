//! What is in our custody: in memory as long as it goes, on disk when it does not, always in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::Item;
use super::disk::Disk;
use super::notes::Notes;
use super::queue::{Entry, Origin, Parcel, Queue};
use super::retry::Retry;
use super::suspicion::Limits;
use crate::config::RemoteConfig;
use crate::error::Error;
use crate::pipeline::Custody;
use crate::store::SpillRow;

/// As much waits in memory for one destination, unless all queues are to be smaller.
const MEMORY: usize = 16 << 20;

/// A flush that somebody waits for.
#[derive(Debug)]
pub(super) struct Flush {
    /// By then all is delivered or on disk.
    pub(super) until: Instant,
    /// So long it waits for what earlier processes left, too.
    pub(super) left_until: Instant,
    /// Attempts that failed since.
    pub(super) failures: usize,
    /// Nothing more can be delivered while they wait.
    pub(super) over: bool,
}

/// Everything that waits for one destination. In order: what is under way, `own`, what is on disk only, `fresh`. What has a
/// copy on disk comes before what has none.
#[derive(Debug)]
pub(super) struct Outbox {
    pub(super) custody: Arc<Custody>,
    pub(super) notes: Notes,
    pub(super) disk: Disk,
    pub(super) retry: Retry,
    pub(super) limits: Limits,
    pub(super) flush: Option<Flush>,
    /// The courier is to stop.
    pub(super) ends: bool,
    pub(super) flight: Option<Parcel>,
    pub(super) own: Queue,
    /// Rows after this number are not in memory.
    pub(super) beyond: Option<i64>,
    pub(super) fresh: Queue,
    /// Of processes that are gone.
    pub(super) left: Queue,
    /// Their spills, with the number of the last row that was taken into memory.
    pub(super) spills: VecDeque<(i64, i64)>,
    pub(super) looked: Option<Instant>,
    memory: usize,
    /// Whose turn it is.
    pub(super) turn: Origin,
}

impl Outbox {
    pub(super) fn new(notes: Notes, custody: Arc<Custody>, config: &RemoteConfig) -> Self {
        Self {
            custody,
            disk: Disk::new(config, notes.address()),
            notes,
            retry: Retry::default(),
            limits: Limits::default(),
            flush: None,
            ends: false,
            flight: None,
            own: Queue::default(),
            beyond: None,
            fresh: Queue::default(),
            left: Queue::default(),
            spills: VecDeque::new(),
            looked: None,
            memory: config.queue_bytes.min(MEMORY),
            turn: Origin::Own,
        }
    }

    /// Takes items after all others.
    pub(super) fn push(&mut self, items: Vec<Item>, now: Instant) {
        for item in items {
            let queue = if self.beyond.is_some() { &mut self.fresh } else { &mut self.own };
            queue.push(Entry { item, since: now, row: None });
        }
        if self.bytes() > self.memory {
            self.spill(now);
            self.shed();
        }
    }

    /// Whether all has been delivered, as far as is known.
    pub(super) fn is_idle(&self) -> bool {
        self.looked.is_some() && self.flight.is_none() && !self.has_more()
    }

    /// Whether nobody who flushes needs to wait for anything more.
    pub(super) fn is_flushed(&self, now: Instant) -> bool {
        let waits_for_left = self.flush.as_ref().is_some_and(|flush| now < flush.left_until);
        self.is_idle() || (!waits_for_left && self.own_flight().is_none() && !self.has_own())
    }

    /// Whether there may be something for the next request.
    pub(super) fn has_more(&self) -> bool {
        self.has_own() || !self.left.is_empty() || !self.spills.is_empty()
    }

    fn has_own(&self) -> bool {
        !self.own.is_empty() || self.beyond.is_some() || !self.fresh.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        let flight = self.flight.as_ref().map_or(0, Parcel::bytes);
        flight + self.own.bytes() + self.fresh.bytes() + self.left.bytes()
    }

    /// Since when what has no copy on disk waits.
    pub(super) fn unspilled_since(&self) -> Option<Instant> {
        let flight = self.own_flight().and_then(|parcel| parcel.tags.iter().find(|(_, row)| row.is_none()));
        let queued = || self.own.unspilled().chain(self.fresh.unspilled()).next();
        flight.map(|(since, _)| *since).or_else(|| queued().map(|entry| entry.since))
    }

    /// How many calls have no copy on disk.
    pub(super) fn unspilled_calls(&self) -> u64 {
        let flight = self.own_flight().into_iter().flat_map(|parcel| parcel.items.iter().zip(&parcel.tags));
        let flight = flight.filter(|(item, (_, row))| item.call.is_some() && row.is_none()).count();
        let queued = self.own.unspilled().chain(self.fresh.unspilled());
        (flight + queued.filter(|entry| entry.item.call.is_some()).count()) as u64
    }

    /// Puts a copy of everything that waits on disk, as far as that is possible.
    pub(super) fn spill(&mut self, now: Instant) {
        if !self.disk.is_wanted() || self.unspilled_since().is_none() {
            return;
        }
        self.forget_removed();
        // On disk is the same order: nothing goes past what is not there yet.
        if self.held() > 0 && self.own.first().is_some_and(|first| first.row.is_none()) {
            return;
        }
        let Self { disk, flight, own, fresh, .. } = self;
        let flight = flight.as_mut().filter(|parcel| parcel.origin == Origin::Own);
        let flying = flight.as_ref().into_iter().flat_map(|parcel| parcel.items.iter().zip(&parcel.tags));
        let flying = flying.filter(|(_, (_, row))| row.is_none()).map(|(item, _)| item);
        let waiting = own.unspilled().chain(fresh.unspilled()).map(|entry| &entry.item);
        let (mut rows, mut calls) = (0, Vec::new());
        let all = flying.chain(waiting).inspect(|item| {
            rows += 1;
            calls.push(item.call.is_some());
        });
        let ids = match disk.append(all.map(row), now) {
            Ok(ids) => ids,
            Err(error) => return self.notes.no_disk(&error),
        };
        let tags = flight.into_iter().flat_map(|parcel| &mut parcel.tags).map(|(_, row)| row);
        let tags = tags.filter(|row| row.is_none());
        let waiting = own.unspilled_mut().chain(fresh.unspilled_mut()).map(|entry| &mut entry.row);
        tags.chain(waiting).zip(&ids).for_each(|(row, id)| *row = Some(*id));
        // What is behind others that are on disk only is read from there again.
        while fresh.first().is_some_and(|entry| entry.row.is_some()) {
            fresh.pop_first();
        }
        let spilled = calls.iter().take(ids.len()).filter(|is_call| **is_call).count() as u64;
        self.custody.update(|figures| figures.spilled += spilled);
        if ids.len() < rows {
            self.notes.disk_is_full();
        }
    }

    /// Frees memory: of what is on disk, the last; else the newest is dropped.
    fn shed(&mut self) {
        let mut dropped = 0;
        while self.bytes() > self.memory && self.own.len() + self.fresh.len() > self.held().max(1) {
            let newest = if self.fresh.is_empty() { &mut self.own } else { &mut self.fresh };
            let Some(entry) = newest.pop_last() else { break };
            match entry.row {
                None => dropped += u64::from(entry.item.call.is_some()),
                Some(row) => self.release(row),
            }
        }
        if dropped > 0 {
            self.custody.update(|figures| figures.dropped += dropped);
            let total = self.custody.figures().dropped;
            self.notes.dropped(total, self.disk.trouble());
        }
    }

    /// Leaves a row that was in memory, and half of those before it, on disk.
    fn release(&mut self, row: i64) {
        let mut first = row;
        while self.own.bytes() > self.memory / 2
            && self.own.len() > self.held()
            && let Some(id) = self.own.last().and_then(|entry| entry.row)
        {
            self.own.pop_last();
            first = id;
        }
        self.beyond = Some(first - 1);
    }

    /// When somebody removed the store, what was kept there alone is lost.
    pub(super) fn forget_removed(&mut self) {
        if !self.disk.is_removed() {
            return;
        }
        let before = self.unspilled_calls();
        self.own.forget_rows();
        self.left.forget_rows();
        if let Some(flight) = &mut self.flight {
            flight.tags.iter_mut().for_each(|(_, row)| *row = None);
        }
        self.spills.clear();
        if self.beyond.take().is_some() {
            self.own.append(&mut self.fresh);
        }
        let in_memory = self.unspilled_calls() - before;
        let mut lost = 0;
        self.custody.update(|figures| {
            lost = std::mem::take(&mut figures.spilled).saturating_sub(in_memory);
            figures.dropped += lost;
        });
        self.notes.removed(lost);
    }

    /// What cannot be kept on disk and is not delivered, as an error.
    pub(super) fn check_durable(&self) -> Result<(), Error> {
        let calls = self.unspilled_calls();
        if calls == 0 {
            return Ok(());
        }
        Err(self.notes.not_durable(calls, self.disk.trouble()))
    }

    /// So many come before what is under way, and stay in memory until that is back.
    fn held(&self) -> usize {
        self.own_flight().map_or(0, |parcel| parcel.past)
    }

    fn own_flight(&self) -> Option<&Parcel> {
        self.flight.as_ref().filter(|parcel| parcel.origin == Origin::Own)
    }
}

fn row(item: &Item) -> SpillRow<'_> {
    SpillRow { route: item.route.as_str(), trace: item.trace, call: item.call, body: &item.body }
}
