//! Functions of the user's that a client keeps.

use std::fmt;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::record::CallRecord;

/// A function that many threads may call.
pub(crate) struct Hook<F: ?Sized>(Arc<F>);

/// Sees a value under its path.
pub(crate) type RedactHook = Hook<dyn Fn(&str, &mut Value) + Send + Sync>;

/// Reshapes the inputs of a call.
pub(crate) type InputsHook = Hook<dyn Fn(&CallRecord, &mut Map<String, Value>) + Send + Sync>;

/// Reshapes the output of a call.
pub(crate) type OutputHook = Hook<dyn Fn(&CallRecord, &mut Value) + Send + Sync>;

/// The functions that a client was given, in the order in which they see a call.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Hooks {
    pub(crate) inputs: Option<InputsHook>,
    pub(crate) output: Option<OutputHook>,
    pub(crate) redact: Option<RedactHook>,
}

impl<F: ?Sized> Hook<F> {
    pub(crate) fn new(function: Arc<F>) -> Self {
        Self(function)
    }
}

impl<F: ?Sized> Clone for Hook<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F: ?Sized> Deref for Hook<F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.0
    }
}

impl<F: ?Sized> PartialEq for Hook<F> {
    /// Functions cannot be compared: only the very same one is equal.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<F: ?Sized> fmt::Debug for Hook<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// Runs code of the user's; `false` when it panicked.
pub(crate) fn contain(run: impl FnOnce()) -> bool {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(()) => true,
        Err(payload) => {
            // Its destructor is the user's too, and might panic again.
            std::mem::forget(payload);
            false
        }
    }
}
