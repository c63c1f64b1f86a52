//! The clock of calls: monotonic while a call runs, anchored to wall time.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime};

use crate::record::Timestamp;

/// Nanoseconds on the process's monotonic clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Tick(u64);

static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Wall-clock nanoseconds at tick zero.
static ANCHOR: AtomicI64 = AtomicI64::new(0);

impl Tick {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(u64::try_from(ORIGIN.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    /// The wall time of this tick. Two ticks keep their distance as long as the anchor is read once for both.
    #[inline]
    pub(crate) fn to_wall(self) -> Timestamp {
        Timestamp(ANCHOR.load(Ordering::Relaxed).saturating_add_unsigned(self.0))
    }

    /// Nanoseconds since `earlier`, zero when it is later.
    #[inline]
    pub(crate) fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Follows the wall clock, which is stepped and slewed while the monotonic one is not.
pub(crate) fn anchor() {
    let wall = Timestamp::from_system_time(SystemTime::now());
    let tick = i64::try_from(Tick::now().0).unwrap_or(i64::MAX);
    ANCHOR.store(wall.0.saturating_sub(tick), Ordering::Relaxed);
}
