//! Room in the queue of a sink.

/// What the collector hands to a sink ahead of its work: enough that it never waits. Sinks that are slower than the fastest
/// get behind it by as much as their queues hold.
const AHEAD_BYTES: usize = 4 << 20;

/// How much may wait for one sink.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) calls: usize,
    pub(super) bytes: usize,
}

impl Room {
    pub(super) const WITHOUT_END: Self = Self { calls: usize::MAX, bytes: usize::MAX };

    /// Whether a call of this weight fits.
    pub(super) fn takes(self, weight: usize) -> bool {
        self.calls > 0 && self.bytes >= weight
    }

    /// What the collector may still hand over when so much waits. An empty queue takes whatever comes.
    pub(super) fn left_by(self, calls: usize, bytes: usize) -> Self {
        let most = self.bytes.min(AHEAD_BYTES);
        let bytes = if calls == 0 { usize::MAX } else { most.saturating_sub(bytes) };
        Self { calls: self.calls.saturating_sub(calls), bytes }
    }
}
