//! Threads of conversation: to which one a call belongs, and to which turn of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::call::Role;
use super::local;
use crate::id::MaybeCallId;
use crate::record::InThread;

/// Where a thread of conversation begins, or one of its turns, or where there is no thread.
#[derive(Debug)]
pub(crate) struct Boundary {
    /// That of the scope: tells the turns that began inside of it from those around.
    number: u32,
    pub(super) thread: Option<Arc<str>>,
    /// The turn that is going on; none directly inside of the scope.
    pub(super) turn: MaybeCallId,
}

impl Boundary {
    pub(super) fn new(thread: Option<Arc<str>>) -> Arc<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Arc::new(Self { number: NEXT.fetch_add(1, Ordering::Relaxed), thread, turn: MaybeCallId::NONE })
    }

    /// An id for a thread that has none.
    pub(super) fn fresh_id() -> Arc<str> {
        format!("{:032x}", local::fresh_trace_id()).into()
    }

    /// What a call that starts here is in: the turn that is going on, or else the one that it begins, which it then has to
    /// tell those below.
    #[cold]
    pub(super) fn entered(self: &Arc<Self>, call: MaybeCallId, role: &mut Role) -> Arc<Self> {
        if self.thread.is_none() || self.turn != MaybeCallId::NONE {
            return Arc::clone(self);
        }
        if *role == Role::Recorded {
            *role = Role::Steering;
        }
        Arc::new(Self { number: self.number, thread: self.thread.clone(), turn: call })
    }

    /// The same scope, with no turn going on.
    pub(super) fn left(&self) -> Arc<Self> {
        Arc::new(Self { number: self.number, thread: self.thread.clone(), turn: MaybeCallId::NONE })
    }

    /// What is recorded of it with a call that is in it.
    pub(super) fn in_thread(&self) -> Option<InThread> {
        Some(InThread { id: self.thread.clone()?, turn: self.turn.get() })
    }

    /// Whether a call that is in this leads others into it from where they are now. Another scope there is nearer to them.
    pub(super) fn leads_from(&self, here: Option<&Self>) -> bool {
        here.is_none_or(|here| here.number == self.number && here.turn != self.turn)
    }
}
