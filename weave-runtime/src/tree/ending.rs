//! How a call ended, in one word.

use crate::record::{CallError, CallRecord, Status};

/// What is said of the end of a call.
pub(super) struct Ending<'a> {
    /// One column.
    pub(super) mark: &'static str,
    /// Empty for a success, which goes without saying.
    pub(super) word: &'static str,
    /// The text of the error or panic.
    pub(super) message: &'a str,
}

impl<'a> Ending<'a> {
    pub(super) fn of(call: &'a CallRecord) -> Self {
        let error = call.error().filter(|_| call.status == Status::Error);
        let (mark, word) = match call.status {
            Status::Running => ("…", "running"),
            Status::Success => ("✓", ""),
            Status::Error if error.is_some_and(is_panic) => ("✗", "panicked"),
            Status::Error => ("✗", "failed"),
            Status::Cancelled => ("⊘", "cancelled"),
            Status::Interrupted => ("!", "interrupted"),
        };
        Self { mark, word, message: error.map_or("", |error| &error.message) }
    }
}

fn is_panic(error: &CallError) -> bool {
    error.kind == "panic"
}
