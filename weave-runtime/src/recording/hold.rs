//! Traces that were sampled out and are recorded all the same, until it is known whether a call in them fails.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::lane::Lane;
use super::recorder::{Bounds, Size};
use crate::diagnostics;

/// What makes a lane that of one trace, from which nothing goes on for now.
pub(super) struct Hold {
    /// Where the calls would have gone.
    pub(super) behind: Arc<Lane>,
    /// Counts up: the oldest has the smallest.
    number: u64,
    /// Changes under the lock of the lane's shelf.
    fate: AtomicU8,
}

/// What is known of a trace that is held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Fate {
    /// Nothing has failed yet.
    Open,
    /// Something has: its calls go the way of all others.
    Kept,
    /// Nothing did, or there was no room to wait for it.
    GivenUp,
}

impl Hold {
    #[inline]
    pub(super) fn fate(&self) -> Fate {
        match self.fate.load(Ordering::Relaxed) {
            0 => Fate::Open,
            1 => Fate::Kept,
            _ => Fate::GivenUp,
        }
    }

    /// Decides, if nothing has been decided yet: says whether this did.
    pub(super) fn decide(&self, fate: Fate) -> bool {
        let decided = self.fate.compare_exchange(Fate::Open as u8, fate as u8, Ordering::Relaxed, Ordering::Relaxed);
        decided.is_ok()
    }
}

/// A lane for one trace, of which it is not known yet whether its calls go to the lane behind.
#[cold]
pub(super) fn hold(behind: Arc<Lane>) -> Arc<Lane> {
    let recorder = Arc::clone(&behind.recorder);
    let mut held = recorder.held.lock();
    held.count += 1;
    let number = held.count;
    let hold = Hold { behind, number, fate: AtomicU8::new(Fate::Open as u8) };
    let lane = Lane::holding(Arc::clone(&recorder), hold);
    held.lanes.insert(number, (Arc::downgrade(&lane), Size::default()));
    lane
}

/// The traces of a recorder that are held, and how much there is of them.
#[derive(Default)]
pub(super) struct Held(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    lanes: BTreeMap<u64, (Weak<Lane>, Size)>,
    size: Size,
    count: u64,
}

impl Held {
    /// Takes account of a call that is held. When there are too many, the oldest traces are given up.
    pub(super) fn add(&self, hold: &Hold, bytes: usize, bounds: &Bounds) {
        let mut held = self.lock();
        if let Some((_, size)) = held.lanes.get_mut(&hold.number) {
            size.add(1, bytes);
            held.size.add(1, bytes);
        }
        let mut oldest = Vec::new();
        while held.size.exceeds(bounds) {
            let Some((_, (lane, size))) = held.lanes.pop_first() else { break };
            held.size.subtract(size);
            oldest.extend(lane.upgrade());
        }
        drop(held);
        for lane in oldest {
            lane.give_up();
            diagnostics::warn(
                "held",
                "more is going on than can be held back for `keep_errors`: the oldest traces are given up, although a \
                 call in them may fail yet",
            );
        }
    }

    /// The trace is not held any more.
    pub(super) fn remove(&self, hold: &Hold) {
        let mut held = self.lock();
        if let Some((_, size)) = held.lanes.remove(&hold.number) {
            held.size.subtract(size);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
