//! The clock of calls: monotonic on the caller's thread, put on the wall clock afterwards.

use std::time::{Duration, Instant, SystemTime};

use crate::record::Timestamp;

/// How far the wall clock may go astray before the anchor follows. Below it, a call has the same start when it is seen
/// running and when it has ended.
const SLACK: Duration = Duration::from_millis(10);

/// Two readings that are further apart are not of the same moment: the thread was held up between them.
const APART: Duration = Duration::from_millis(1);

/// The same moment on both clocks. Looked at with each collection, because the wall clock is stepped and slewed while the
/// monotonic one is not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    monotonic: Instant,
    wall: Timestamp,
}

impl Anchor {
    pub(crate) fn now() -> Self {
        Self { monotonic: Instant::now(), wall: Timestamp::from_system_time(SystemTime::now()) }
    }

    /// The anchor to go on with: the same one, by which a moment keeps its time, unless the wall clock was set.
    pub(crate) fn refreshed(self) -> Self {
        let fresh = Self::now();
        let error = self.to_wall(fresh.monotonic).0.abs_diff(fresh.wall.0);
        let astray = u128::from(error) > SLACK.as_nanos();
        if astray && fresh.monotonic.elapsed() < APART { fresh } else { self }
    }

    /// The wall time of a moment.
    pub(crate) fn to_wall(self, moment: Instant) -> Timestamp {
        let nanos = |duration: std::time::Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        match moment.checked_duration_since(self.monotonic) {
            Some(after) => self.wall.after(nanos(after)),
            None => self.wall.before(nanos(self.monotonic.duration_since(moment))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_keeps_its_wall_time() {
        let (moment, anchor) = (Instant::now(), Anchor::now());
        std::thread::sleep(Duration::from_millis(3));
        assert_eq!(anchor.refreshed().to_wall(moment), anchor.to_wall(moment));
    }

    #[test]
    fn an_anchor_follows_a_clock_that_was_set() {
        let now = Anchor::now();
        let astray = Anchor { wall: now.wall.before(3_600_000_000_000), ..now };
        // Held up between its two readings, a thread does not follow: it does at the next collection.
        let followed =
            (0..1_000).any(|_| astray.refreshed().to_wall(now.monotonic).0.abs_diff(now.wall.0) < 100_000_000);
        assert!(followed);
    }

    #[test]
    fn moments_keep_their_distance_before_and_after_the_anchor() {
        let (anchor, second) = (Anchor::now(), Duration::from_secs(1));
        let (before, after) = (anchor.monotonic.checked_sub(second).unwrap(), anchor.monotonic + second);
        assert_eq!(anchor.to_wall(after).0 - anchor.to_wall(before).0, 2_000_000_000);
    }
}
