//! Finding the item that a server fails at, among those that it would take.
//!
//! A server that answers 5xx to everything is broken, and all waits. One that answers so to a single item, again and again,
//! while it takes others in between, will never take that one: it is given up, so that what is behind it goes on. To see that,
//! others are let past it one at a time, which is the one case in which the order is not kept.

use super::Route;

/// Failures in a row after which a batch goes in halves. Of what is half of one already, one is enough.
const OF_A_BATCH: u32 = 3;

/// Failures at one item alone before others are let past it.
const OF_ONE: u32 = 3;

/// So many others have to be taken, each between two failures, before one is given up.
const OTHERS: u32 = 3;

/// Behind so many others another is looked for, at most: those may be of the same sort.
const FARTHEST: usize = 32;

/// What is thought of the first item of a queue, or of the batch that begins with it.
#[derive(Debug, Default)]
pub(super) struct Suspicion {
    /// In a row at what is first.
    failures: u32,
    /// Taken since, from behind it.
    others: u32,
    /// Behind how many the next is looked for.
    past: usize,
}

/// What to do after a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    Again,
    Halves,
    GiveUp,
}

impl Suspicion {
    /// How many are to be passed over by the next request.
    pub(super) fn past(&self) -> usize {
        self.past
    }

    /// The server failed at what is first: so many items, which are part of a batch that it failed at or not.
    pub(super) fn failed(&mut self, items: usize, planned: bool) -> Verdict {
        self.failures += 1;
        if items > 1 {
            return if planned || self.failures >= OF_A_BATCH { Verdict::Halves } else { Verdict::Again };
        }
        if self.others >= OTHERS {
            return Verdict::GiveUp;
        }
        if self.failures >= OF_ONE {
            self.past = (self.failures - OF_ONE) as usize % FARTHEST + 1;
        }
        Verdict::Again
    }

    /// Another was sent past it, and taken or not.
    pub(super) fn passed(&mut self, taken: bool) {
        self.others += u32::from(taken);
        self.past = 0;
    }

    /// What was first no longer is, or is more than was failed at.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// How many items requests of each route have had, where the server found a larger one too large.
#[derive(Debug, Default)]
pub(super) struct Limits(Vec<(Route, usize)>);

impl Limits {
    /// As many as are worth a try.
    pub(super) fn cut(&self, route: Route, most: usize) -> usize {
        self.0.iter().find(|(of, _)| *of == route).map_or(most, |(_, limit)| most.min(*limit))
    }

    /// So many were too much. One alone says nothing of others.
    pub(super) fn too_much(&mut self, route: Route, items: usize) {
        self.0.retain(|(of, _)| *of != route);
        if items > 1 {
            self.0.push((route, items.div_ceil(2)));
        }
    }

    /// So many were taken: perhaps a few more would be.
    pub(super) fn taken(&mut self, route: Route, items: usize) {
        for (_, limit) in self.0.iter_mut().filter(|(of, limit)| *of == route && *limit == items) {
            *limit += items / 8 + 1;
        }
    }
}
