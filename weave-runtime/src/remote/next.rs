//! What goes next, from memory or from disk, of this process or of one that is gone.

use std::time::{Duration, Instant};

use super::outbox::Outbox;
use super::queue::{Entry, Origin, Parcel};
use super::{Item, Most, Route};
use crate::store::Spilled;

/// How often to look for what processes that are gone left, and how often at a flush.
pub(super) const LOOK: Duration = Duration::from_secs(60);
const LOOK_AT_FLUSH: Duration = Duration::from_secs(2);

impl Outbox {
    /// Looks now and then for what processes that are gone left.
    pub(super) fn look(&mut self, now: Instant) {
        let often = if self.flush.is_some() { LOOK_AT_FLUSH } else { LOOK };
        if self.looked.is_some_and(|looked| now < looked + often) {
            return;
        }
        self.looked = Some(now);
        self.forget_removed();
        match self.disk.take_over(now) {
            Ok(spills) => self.spills.extend(spills.into_iter().map(|spill| (spill, 0))),
            Err(error) => self.notes.unreadable(&error),
        }
        self.notes.forgotten(self.disk.forgotten());
    }

    /// What goes into the next request; from now on it is under way.
    pub(super) fn next(&mut self, most: impl FnOnce(Route) -> Most, now: Instant) -> Option<&Parcel> {
        self.refill(now);
        let origin = match (self.own.is_empty(), self.left.is_empty()) {
            (true, true) => return None,
            (false, true) => Origin::Own,
            (true, false) => Origin::Left,
            // Of this process is what a flush waits for first.
            (false, false) if self.flush.is_some() => Origin::Own,
            (false, false) => self.turn,
        };
        let (queue, turn) = match origin {
            Origin::Own => (&mut self.own, Origin::Left),
            Origin::Left => (&mut self.left, Origin::Own),
        };
        self.turn = turn;
        let limits = &self.limits;
        self.flight = queue.take(origin, |route| {
            let most = most(route);
            Most { items: limits.cut(route, most.items), ..most }
        });
        self.flight.as_ref()
    }

    /// Takes from disk what is next there.
    fn refill(&mut self, now: Instant) {
        if self.own.is_short()
            && let Some(after) = self.beyond
        {
            match self.disk.next(None, after, now) {
                Ok((rows, old)) => {
                    self.beyond = rows.last().map(|last| last.id);
                    self.custody.update(|figures| {
                        let old = old.min(figures.spilled);
                        figures.spilled -= old;
                        figures.dropped += old;
                    });
                    self.notes.too_old(old);
                    rows.into_iter().filter_map(|row| entry(row, now)).for_each(|entry| self.own.push(entry));
                    if self.beyond.is_none() {
                        self.own.append(&mut self.fresh);
                    }
                }
                Err(error) => self.notes.unreadable(&error),
            }
        }
        while self.left.is_short()
            && let Some((spill, after)) = self.spills.front().copied()
        {
            let Ok((rows, old)) = self.disk.next(Some(spill), after, now) else { return };
            self.notes.too_old(old);
            match (rows.last(), self.spills.front_mut()) {
                (Some(last), Some(front)) => front.1 = last.id,
                _ => {
                    self.spills.pop_front();
                    self.disk.close(spill, now);
                    self.notes.recovered(self.custody.figures().recovered, self.spills.is_empty());
                }
            }
            rows.into_iter().filter_map(|row| entry(row, now)).for_each(|entry| self.left.push(entry));
        }
    }
}

/// An item as it was. There is no route that this version does not know: a newer one has a newer schema.
fn entry(row: Spilled, now: Instant) -> Option<Entry> {
    let Spilled { id, route, trace, call, body } = row;
    let item = Item { route: Route::from_name(&route)?, trace, call, body };
    Some(Entry { item, since: now, row: Some(id) })
}
