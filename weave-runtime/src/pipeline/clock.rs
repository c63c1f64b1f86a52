//! The clock of calls: monotonic on the caller's thread, put on the wall clock afterwards.

use std::time::{Duration, Instant, SystemTime};

use crate::record::Timestamp;

/// How far the wall clock may go astray before the anchor follows. Less than that is what two readings differ by.
const SLACK: Duration = Duration::from_millis(1);

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
        if u128::from(error) > SLACK.as_nanos() { fresh } else { self }
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
    fn a_moment_keeps_its_time_while_the_wall_clock_is_not_set() {
        let anchor = Anchor::now();
        let moment = Instant::now();
        let refreshed = (0..100).fold(anchor, |anchor, _| anchor.refreshed());
        assert_eq!(refreshed.to_wall(moment), anchor.to_wall(moment));
    }

    #[test]
    fn an_anchor_follows_a_wall_clock_that_was_set() {
        let now = Anchor::now();
        let hour = 3_600_000_000_000;
        let stale = Anchor { wall: now.wall.before(hour), ..now };
        let error = stale.refreshed().to_wall(now.monotonic).0.abs_diff(now.wall.0);
        assert!(error < hour / 2, "{error} ns");
    }
}
