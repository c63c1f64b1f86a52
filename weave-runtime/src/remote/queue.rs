//! What waits to be delivered, in order, in memory.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::suspicion::{Suspicion, Verdict};
use super::{Item, Most, Route};

/// Of an item in memory, beside its body.
const ITEM_BYTES: usize = 128;

/// An item that waits.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) item: Item,
    /// Since it came.
    pub(super) since: Instant,
    /// The number of its copy on disk.
    pub(super) row: Option<i64>,
}

impl Entry {
    pub(super) fn weight(&self) -> usize {
        self.item.body.len() + ITEM_BYTES
    }
}

/// Whose items they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// Of this process.
    Own,
    /// Of a process that is gone.
    Left,
}

/// What goes into one request.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) origin: Origin,
    pub(super) route: Route,
    /// Shared with whoever sends them meanwhile.
    pub(super) items: Arc<Vec<Item>>,
    /// Of each item, since when it waits and the number of its copy on disk.
    pub(super) tags: Vec<(Instant, Option<i64>)>,
    bytes: usize,
    /// How many there are is part of a plan.
    planned: bool,
    /// How many that come before were passed over.
    pub(super) past: usize,
}

impl Parcel {
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The items again, in order.
    fn into_entries(self) -> impl DoubleEndedIterator<Item = Entry> {
        let items = Arc::try_unwrap(self.items).unwrap_or_else(|shared| shared.to_vec());
        let pair = |(item, (since, row))| Entry { item, since, row };
        items.into_iter().zip(self.tags).map(pair)
    }
}

/// Items in the order in which they are to be delivered.
#[derive(Debug, Default)]
pub(super) struct Queue {
    entries: VecDeque<Entry>,
    bytes: usize,
    /// How many go together next, the last first: halves of what was too much.
    plan: Vec<usize>,
    suspicion: Suspicion,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.bytes += entry.weight();
        self.entries.push_back(entry);
    }

    /// Takes all of another after its own.
    pub(super) fn append(&mut self, other: &mut Self) {
        while let Some(entry) = other.pop_first() {
            self.push(entry);
        }
    }

    pub(super) fn first(&self) -> Option<&Entry> {
        self.entries.front()
    }

    pub(super) fn last(&self) -> Option<&Entry> {
        self.entries.back()
    }

    pub(super) fn pop_last(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_back()?;
        self.bytes -= entry.weight();
        Some(entry)
    }

    pub(super) fn pop_first(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        self.bytes -= entry.weight();
        Some(entry)
    }

    /// Those that have no copy on disk: all behind the first of them.
    pub(super) fn unspilled(&self) -> impl Iterator<Item = &Entry> {
        self.entries.range(self.spilled()..)
    }

    pub(super) fn unspilled_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        let spilled = self.spilled();
        self.entries.range_mut(spilled..)
    }

    fn spilled(&self) -> usize {
        self.entries.partition_point(|entry| entry.row.is_some())
    }

    /// Forgets that there were copies on disk.
    pub(super) fn forget_rows(&mut self) {
        self.entries.iter_mut().for_each(|entry| entry.row = None);
    }

    /// Whether there is less here than the next request needs.
    pub(super) fn is_short(&self) -> bool {
        self.entries.len() <= self.suspicion.past()
    }

    /// Takes what goes into the next request: of one route, as many as go together. Past an item that the server fails at
    /// one alone goes, if there is any.
    pub(super) fn take(&mut self, origin: Origin, most: impl FnOnce(Route) -> Most) -> Option<Parcel> {
        let past = self.other().unwrap_or(0);
        let route = self.entries.get(past)?.item.route;
        let most = most(route);
        let planned = if past == 0 { self.plan.pop() } else { None };
        let count = if past == 0 { planned.unwrap_or(most.items).max(1) } else { 1 };
        let (mut items, mut tags, mut bytes, mut weight) = (Vec::new(), Vec::new(), 0, 0);
        while let Some(entry) = self.entries.get(past)
            && entry.item.route == route
            && items.len() < count
            && (items.is_empty() || bytes + entry.item.body.len() <= most.bytes)
            && let Some(entry) = self.entries.remove(past)
        {
            bytes += entry.item.body.len();
            weight += entry.weight();
            tags.push((entry.since, entry.row));
            items.push(entry.item);
        }
        self.bytes -= weight;
        let planned = planned.is_some();
        Some(Parcel { origin, route, items: Arc::new(items), tags, bytes: weight, planned, past })
    }

    /// Where the one is that goes past others. No end goes: its start may be among them.
    fn other(&self) -> Option<usize> {
        let past = Some(self.suspicion.past()).filter(|past| *past > 0)?;
        let may_go = |at: &usize| self.entries.get(*at).is_some_and(|entry| entry.item.route != Route::Ends);
        (past..self.entries.len()).chain((1..past).rev()).find(may_go)
    }

    /// Takes back, where it was, what could not be sent.
    pub(super) fn put_back(&mut self, parcel: Parcel) {
        if parcel.planned {
            self.plan.push(parcel.len());
        }
        self.bytes += parcel.bytes;
        let at = parcel.past.min(self.entries.len());
        parcel.into_entries().rev().for_each(|entry| self.entries.insert(at, entry));
    }

    /// The server failed at a parcel, which is taken back. Given back, with what comes of that: one that will never be taken.
    pub(super) fn failed(&mut self, parcel: Parcel) -> Option<Parcel> {
        if parcel.past > 0 {
            self.suspicion.passed(false);
            self.put_back(parcel);
            return None;
        }
        match self.suspicion.failed(parcel.len(), parcel.planned) {
            Verdict::Again => self.put_back(parcel),
            Verdict::Halves => self.halve(parcel),
            Verdict::GiveUp => return Some(parcel),
        }
        None
    }

    /// A parcel is done with.
    pub(super) fn settled(&mut self, parcel: &Parcel) {
        match parcel.past {
            0 => self.suspicion.clear(),
            _ => self.suspicion.passed(true),
        }
    }

    /// Takes back what was too much, to go in halves. At least two.
    pub(super) fn halve(&mut self, mut parcel: Parcel) {
        self.suspicion.clear();
        let half = parcel.len() / 2;
        self.plan.extend([parcel.len() - half, half]);
        parcel.planned = false;
        self.put_back(parcel);
    }
}
