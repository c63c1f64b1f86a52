//! Calls that were exported and are not delivered yet: what became of them.

use std::sync::{Mutex, PoisonError};

use super::report::SinkReport;
use crate::error::Error;

/// The figures of an outlet that delivers later than it takes. The outlet keeps them, anybody may ask.
#[derive(Debug, Default)]
pub(crate) struct Custody(Mutex<Figures>);

/// What became of the calls of this process that ended. What is in none of these is pending.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) sent: u64,
    pub(crate) failed: u64,
    pub(crate) dropped: u64,
    pub(crate) spilled: u64,
    /// Calls of earlier processes, which count nowhere else.
    pub(crate) recovered: u64,
    pub(crate) last_error: Option<Error>,
}

impl Custody {
    #[allow(dead_code, reason = "only delivery to other machines is later than it takes")]
    pub(crate) fn update(&self, change: impl FnOnce(&mut Figures)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn figures(&self) -> Figures {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Figures {
    /// Adds these to a report, which has so far what happened before the outlet took the calls.
    pub(super) fn add_to(self, report: &mut SinkReport) {
        report.sent += self.sent;
        report.failed += self.failed;
        report.dropped += self.dropped;
        report.spilled += self.spilled;
        report.recovered += self.recovered;
        report.last_error = self.last_error.or_else(|| report.last_error.take());
    }
}
