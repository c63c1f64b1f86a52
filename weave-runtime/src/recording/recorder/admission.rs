//! Calls that are logged on their way to the collector: let in when there is room, and kept from then on.

use std::sync::atomic::Ordering;
use std::task::Waker;
use std::time::Instant;

use super::{Recorder, Size, lock};
use crate::record::Draft;
use crate::recording::quota::{Place, Refused, Share};

/// Calls that belong together, with the room that they take until all sinks have done with them.
pub(crate) struct Admitted {
    pub(crate) drafts: Vec<Draft>,
    pub(crate) bytes: usize,
    pub(crate) share: Share,
}

/// What becomes of calls that ask to be let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::recording) enum Answer {
    /// They are in.
    Admitted,
    /// There is no room now. If nothing is done they are late at this time.
    Full(Option<Instant>),
    /// There was none for as long as one waits.
    Late,
    /// Nothing is recorded any more.
    Closed,
}

impl Recorder {
    /// Lets calls in, all or none of them: then they are taken out of `drafts`. Else `waker` is woken when it is time to
    /// ask again.
    pub(in crate::recording) fn admit(
        &self,
        drafts: &mut Vec<Draft>,
        place: &mut Place,
        waker: Option<&Waker>,
    ) -> Answer {
        let size = Size { calls: drafts.len(), bytes: drafts.iter().map(Draft::weight).sum() };
        let share = self.quota.take(size, place, waker);
        let mut queue = lock(&self.queue);
        // Asked under the lock, which whoever closes the recorder takes afterwards; and after the place was taken, whose
        // waker is woken then.
        if self.is_closed() {
            drop(queue);
            drop(share);
            return Answer::Closed;
        }
        let share = match share {
            Ok(share) => share,
            Err(Refused { is_first }) => {
                // What waits for the collector is to be fetched, and it must know until when to sleep at the most.
                let is_urgent = is_first || waker.is_some() && !queue.admitted.is_empty();
                queue.urged |= is_urgent;
                drop(queue);
                if is_urgent {
                    self.wake.notify_one();
                }
                let deadline = self.quota.deadline(place);
                let is_late = deadline.is_some_and(|deadline| deadline <= Instant::now());
                return if is_late { Answer::Late } else { Answer::Full(deadline) };
            }
        };
        self.logged.fetch_add(size.calls as u64, Ordering::Relaxed);
        queue.admitted_size.add(size.calls, size.bytes);
        queue.admitted.push(Admitted { drafts: std::mem::take(drafts), bytes: size.bytes, share });
        let is_ripe = self.is_ripe(queue.admitted_size);
        drop(queue);
        if is_ripe {
            self.wake.notify_one();
        }
        Answer::Admitted
    }

    /// Counts calls as dropped that were logged and never let in.
    pub(in crate::recording) fn count_left_out(&self, calls: usize) {
        if !self.is_closed() {
            self.logged.fetch_add(calls as u64, Ordering::Relaxed);
            self.count_dropped(calls as u64);
        }
    }

    /// Gives up a place.
    pub(in crate::recording) fn leave(&self, place: &mut Place) {
        self.quota.leave(place);
    }

    /// Takes what was let in.
    pub(crate) fn take_admitted(&self) -> Vec<Admitted> {
        let mut queue = lock(&self.queue);
        queue.admitted_size = Size::default();
        std::mem::take(&mut queue.admitted)
    }

    /// Has those look again who have waited for too long.
    pub(crate) fn wake_late(&self) {
        if self.quota.next_deadline().is_some_and(|deadline| deadline <= Instant::now()) {
            self.quota.wake_all();
        }
    }
}
