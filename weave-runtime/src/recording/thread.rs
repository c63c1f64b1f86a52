//! Threads of conversation: to which one a call belongs, and to which turn of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::call::Ancestry;
use super::local;
use crate::id::MaybeCallId;

/// Where a thread of conversation begins, or where there is none.
#[derive(Debug)]
pub(crate) struct Boundary {
    /// Tells turns that began inside from those around. Never zero.
    number: u32,
    pub(super) thread: Option<Arc<str>>,
}

impl Boundary {
    pub(super) fn new(thread: Option<Arc<str>>) -> Arc<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        Arc::new(Self { number: NEXT.fetch_add(1, Ordering::Relaxed).max(1), thread })
    }

    /// An id for a thread that has none.
    pub(super) fn fresh_id() -> Arc<str> {
        format!("{:032x}", local::fresh_trace_id()).into()
    }
}

impl Ancestry {
    /// What a call inside of a boundary leaves to those below it: the turn that it is in, or else begins.
    pub(super) fn in_thread(self, boundary: &Boundary, id: MaybeCallId) -> Self {
        if self.boundary == boundary.number { self } else { Self { boundary: boundary.number, turn: id, ..self } }
    }
}
