//! How much of what is logged may be on its way to the sinks at a time, and who waits for it to be less.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::local::Quiet;
use super::recorder::{Bounds, Size};

/// More would not make an import faster: it keeps the collector and the sinks busy with some batches for each.
const AHEAD: Size = Size { calls: 16_384, bytes: 8 << 20 };

/// Room for calls that are logged. It is apart from that of the queue, so that an import takes no room from calls that are
/// made meanwhile, nor they from it: a call that was let in is not dropped on its way.
pub(crate) struct Quota {
    most: Size,
    /// How long to wait without anything being done; none where all is let in.
    patience: Option<Duration>,
    state: Mutex<State>,
}

struct State {
    taken: Size,
    /// When room was made last.
    progress: Instant,
    waiting: BTreeMap<u64, Waiting>,
    tickets: u64,
}

struct Waiting {
    since: Instant,
    waker: Waker,
}

/// Part of a quota, until it is dropped.
pub(crate) struct Share {
    quota: Arc<Quota>,
    size: Size,
}

/// The place of one who may wait: with a number, later ones have greater ones.
#[derive(Default, Debug)]
pub(super) struct Place(Option<(u64, Instant)>);

/// What there is no room for.
pub(super) struct Refused {
    /// Whether it is the only one that waits.
    pub(super) is_first: bool,
}

impl Quota {
    pub(super) fn new(bounds: &Bounds) -> Arc<Self> {
        let most = Size { calls: AHEAD.calls.min(bounds.queue_calls), bytes: AHEAD.bytes.min(bounds.queue_bytes) };
        let state = State { taken: Size::default(), progress: Instant::now(), waiting: BTreeMap::new(), tickets: 0 };
        Arc::new(Self { most, patience: bounds.patience, state: Mutex::new(state) })
    }

    /// Takes room for this much. What is larger than all room there is gets in when nothing else is on its way. Where
    /// there is no room, `waker` is woken when there may be.
    pub(super) fn take(
        self: &Arc<Self>,
        size: Size,
        place: &mut Place,
        waker: Option<&Waker>,
    ) -> Result<Share, Refused> {
        let mut state = self.lock();
        if self.patience.is_none() || state.taken.calls == 0 || state.taken.with(size).is_within(self.most) {
            state.taken = state.taken.with(size);
            let left = state.leave(place);
            drop(state);
            drop(left);
            return Ok(Share { quota: Arc::clone(self), size });
        }
        let Some(waker) = waker.cloned() else { return Err(Refused { is_first: false }) };
        let (ticket, since) = *place.0.get_or_insert_with(|| {
            state.tickets += 1;
            (state.tickets, Instant::now())
        });
        let replaced = state.waiting.insert(ticket, Waiting { since, waker });
        let is_first = state.waiting.len() == 1;
        drop(state);
        drop(replaced);
        Err(Refused { is_first })
    }

    /// Until when somebody at this place waits if nothing is done.
    pub(super) fn deadline(&self, place: &Place) -> Option<Instant> {
        let (_, since) = place.0?;
        self.lock().progress.max(since).checked_add(self.patience?)
    }

    /// The first moment at which somebody has waited long enough.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let state = self.lock();
        let (_, first) = state.waiting.first_key_value()?;
        state.progress.max(first.since).checked_add(self.patience?)
    }

    /// Leaves the place to nobody.
    pub(super) fn leave(&self, place: &mut Place) {
        let left = self.lock().leave(place);
        drop(left);
    }

    /// Has all who wait look again.
    pub(super) fn wake_all(&self) {
        let waiting = std::mem::take(&mut self.lock().waiting);
        let _quiet = Quiet::enter();
        for (_, Waiting { waker, .. }) in waiting {
            // It is that of the user's executor.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| waker.wake())) {
                std::mem::forget(payload);
            }
        }
    }

    /// Those who wait look again when half of the room is free. Were it at once, each would put in the little that there is
    /// room for: sinks would get ever smaller batches, and take as long for each.
    fn give_back(&self, size: Size) {
        let mut state = self.lock();
        state.taken.subtract(size);
        state.progress = Instant::now();
        let is_worth_it = state.taken.with(state.taken).is_within(self.most);
        drop(state);
        if is_worth_it {
            self.wake_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What is left there is the user's to drop, which the lock is not held for.
    fn leave(&mut self, place: &mut Place) -> Option<Waiting> {
        let (ticket, _) = place.0.take()?;
        self.waiting.remove(&ticket)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.quota.give_back(self.size);
    }
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Share").field("size", &self.size).finish_non_exhaustive()
    }
}
