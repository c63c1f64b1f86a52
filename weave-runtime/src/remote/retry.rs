//! When to try again.

use std::time::{Duration, Instant};

/// The wait after the first failure; twice as long after each that follows.
const FIRST: Duration = Duration::from_millis(500);

/// The longest wait that is ours.
const LONGEST: Duration = Duration::from_secs(30);

/// The longest wait that a server may ask for, and the one while nothing is taken as things are.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// The waits while somebody waits for a flush: the last one is for all that follow.
const HURRIED: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(500)];

/// The attempts so far, and when the next may be made.
#[derive(Debug, Default)]
pub(super) struct Retry {
    /// In a row.
    failures: u32,
    next: Option<Instant>,
    /// As long the server asks to be left alone.
    asked: Option<Instant>,
}

impl Retry {
    /// How long to wait for the next attempt; `None` when it may be made now.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        let next = self.next.max(self.asked)?;
        Some(next.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    pub(super) fn worked(&mut self) {
        *self = Self::default();
    }

    /// Waits for what the server asks for, else longer each time.
    pub(super) fn failed(&mut self, now: Instant, asked: Option<Duration>) {
        let wait = FIRST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        // Programs that failed at the same moment must not all come back at the same.
        self.next = Some(now + wait.mul_f64(1.0 - fastrand::f64() / 4.0));
        self.asked = asked.map(|asked| now + asked.min(LONGEST_ASKED));
    }

    /// Tries rarely: somebody has to mend something first.
    pub(super) fn closed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.next = Some(now + LONGEST_ASKED);
        self.asked = None;
    }

    /// Somebody waits, after so many failures since: no wait is longer than a moment, unless the server asks for it.
    pub(super) fn hurry(&mut self, now: Instant, failures: usize) {
        let wait = match failures.checked_sub(1) {
            Some(at) => HURRIED.get(at).copied().unwrap_or(HURRIED[1]),
            None => Duration::ZERO,
        };
        self.next = self.next.map(|next| next.min(now + wait));
    }
}
