//! The clock of calls: monotonic on the caller's thread, put on the wall clock afterwards.

use std::time::{Instant, SystemTime};

use crate::record::Timestamp;

/// The same moment on both clocks. Read anew with each collection, because the wall clock is stepped and slewed while the
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

    /// The wall time of a moment.
    pub(crate) fn to_wall(self, moment: Instant) -> Timestamp {
        let nanos = |duration: std::time::Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        match moment.checked_duration_since(self.monotonic) {
            Some(after) => self.wall.after(nanos(after)),
            None => self.wall.before(nanos(self.monotonic.duration_since(moment))),
        }
    }
}
