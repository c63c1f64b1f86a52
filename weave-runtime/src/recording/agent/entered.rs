//! A region of code that is inside of a span or of a conversation.

use std::marker::PhantomData;

use crate::recording::context::Attached;

/// Makes a span or a conversation current on this thread, until it is dropped. It ends nothing. Made by `enter`.
///
/// Guards are dropped in the reverse order of that in which they were made, as variables are. In async code the guard must
/// not be kept across an `.await`, and cannot in a future that is to be sent: there is `wrap` for that.
#[must_use = "the region ends when the guard is dropped: give it a name"]
pub struct Entered {
    _attached: Option<Attached>,
    /// It belongs to its thread.
    _thread: PhantomData<*const ()>,
}

impl Entered {
    pub(super) fn new(attached: Option<Attached>) -> Self {
        Self { _attached: attached, _thread: PhantomData }
    }
}

impl std::fmt::Debug for Entered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entered").finish_non_exhaustive()
    }
}
