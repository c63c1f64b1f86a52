//! The clock of calls: monotonic on the caller's thread, put on the wall clock afterwards.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::record::Timestamp;

/// How far the clocks may drift apart before calls follow the wall clock. Below it, a call has the same start when it is
/// seen running and when it has ended.
const DRIFT: Duration = Duration::from_millis(10);

static ANCHOR: Mutex<Option<Anchor>> = Mutex::new(None);

/// The same moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    monotonic: Instant,
    wall: Timestamp,
}

impl Anchor {
    /// The anchor of the process: one and the same until the wall clock is stepped, or has slewed away.
    pub(crate) fn now() -> Self {
        let fresh = Self { monotonic: Instant::now(), wall: Timestamp::from_system_time(SystemTime::now()) };
        let mut anchor = ANCHOR.lock().unwrap_or_else(PoisonError::into_inner);
        match *anchor {
            Some(kept) if kept.drift(fresh) < DRIFT.as_nanos() => kept,
            _ => *anchor.insert(fresh),
        }
    }

    /// The wall time of a moment.
    pub(crate) fn to_wall(self, moment: Instant) -> Timestamp {
        match moment.checked_duration_since(self.monotonic) {
            Some(after) => self.wall.after(nanos(after)),
            None => self.wall.before(nanos(self.monotonic.duration_since(moment))),
        }
    }

    /// Nanoseconds between what the two say of the same moment.
    fn drift(self, other: Self) -> u128 {
        self.to_wall(other.monotonic).0.abs_diff(other.wall.0).into()
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_the_same_wall_time_whenever_it_is_asked() {
        let moment = Instant::now();
        let first = Anchor::now().to_wall(moment);
        std::thread::sleep(Duration::from_millis(3));
        assert_eq!(Anchor::now().to_wall(moment), first);
    }

    #[test]
    fn moments_keep_their_distance_before_and_after_the_anchor() {
        let anchor = Anchor::now();
        let second = Duration::from_secs(1);
        let (before, after) = (anchor.monotonic.checked_sub(second).unwrap(), anchor.monotonic + second);
        assert_eq!(anchor.to_wall(after).0 - anchor.to_wall(before).0, 2_000_000_000);
    }
}
