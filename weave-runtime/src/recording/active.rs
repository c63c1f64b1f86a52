//! A call around a function: what annotations expand to.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use opentelemetry::Context;

use super::call::{Ending, LiveCall};
use super::context::{self, Attached};
use super::local::Quiet;
use crate::record::CallError;
use crate::value::{ErrorSlot, Limits, Slot};

/// A started call, or nothing where nobody listens. Dropped without an end it counts as cancelled.
#[derive(Debug)]
#[must_use]
pub struct Active(Option<Live>);

#[derive(Debug)]
pub(super) struct Live {
    pub(super) call: Arc<LiveCall>,
    /// The context that has the call as its span; `None` once it was given away.
    context: Option<Context>,
}

impl Active {
    #[inline(always)]
    pub(super) fn off() -> Self {
        Self(None)
    }

    pub(super) fn on(call: Arc<LiveCall>) -> Self {
        Self(Some(Live { context: Some(context::with_call(&call)), call }))
    }

    #[inline(always)]
    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Makes the call current until the guard is dropped. Can be done again.
    #[inline]
    pub(super) fn attach(&self) -> Option<Attached> {
        let live = self.0.as_ref()?;
        Some(Attached::new(live.context.clone()?, Some(&live.call)))
    }

    /// Makes the call current until the guard is dropped, once.
    fn attach_once(&mut self) -> Option<Attached> {
        let live = self.0.as_mut()?;
        Some(Attached::new(live.context.take()?, Some(&live.call)))
    }

    pub(super) fn call(&self) -> Option<&Arc<LiveCall>> {
        self.0.as_ref().map(|live| &live.call)
    }

    /// Closes the call as a panic, which goes on unwinding at the caller's.
    #[cold]
    pub(super) fn panicked(&mut self, payload: &(dyn Any + Send)) {
        if let Some(live) = self.0.take() {
            live.call.close(|_| Ending::failed(CallError::from_panic(payload)));
        }
    }

    /// Closes the call in a way that has no output.
    pub(super) fn close(&mut self, ending: Ending) {
        self.close_with(|_, _| ending);
    }

    /// Closes the call with what `write` appends as its output.
    pub(super) fn close_with(&mut self, write: impl FnOnce(&LiveCall, &mut String) -> Ending) {
        if let Some(live) = self.0.take() {
            live.call.close(|out| write(&live.call, out));
        }
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.close(Ending::CANCELLED);
    }
}

/// Runs the body of a function inside its call.
#[inline(always)]
pub fn run<R>(active: &mut Active, body: impl FnOnce() -> R) -> R {
    if active.is_on() { run_on(active, body) } else { body() }
}

fn run_on<R>(active: &mut Active, body: impl FnOnce() -> R) -> R {
    let attached = active.attach_once();
    let outcome = catch_unwind(AssertUnwindSafe(body));
    drop(attached);
    outcome.unwrap_or_else(|payload| {
        active.panicked(&*payload);
        resume_unwind(payload)
    })
}

/// Ends a call that returned; `describe` writes what it returned.
#[inline(always)]
pub fn finish(mut active: Active, mut describe: impl FnMut(&mut Outcome<'_>)) {
    if let Some(live) = active.0.take() {
        finish_on(&live, &mut describe);
    }
}

#[inline(never)]
fn finish_on(live: &Live, describe: &mut dyn FnMut(&mut Outcome<'_>)) {
    let limits = &live.call.lane.recorder.bounds.value;
    live.call.close(|text| {
        let start = text.len();
        let mut outcome = Outcome::new(text, limits);
        let _quiet = Quiet::enter();
        if catch_unwind(AssertUnwindSafe(|| describe(&mut outcome))).is_err() {
            outcome.text.truncate(start);
        }
        outcome.into_ending()
    });
}

/// What a call that ends is told about its result.
#[derive(Debug)]
pub struct Outcome<'a> {
    text: &'a mut String,
    limits: &'a Limits,
    error: Option<CallError>,
}

impl<'a> Outcome<'a> {
    /// The place of the output.
    pub fn output(&mut self) -> Slot<'_> {
        Slot::new(self.text, self.limits)
    }

    /// The place of the error; the call then counts as failed.
    pub fn error(&mut self) -> ErrorSlot<'_> {
        ErrorSlot::new(&mut self.error, self.limits)
    }

    /// Leaves the output out.
    pub fn skip_output(&mut self) {}

    pub(super) fn new(text: &'a mut String, limits: &'a Limits) -> Self {
        Self { text, limits, error: None }
    }

    pub(super) fn into_ending(self) -> Ending {
        self.error.map_or(Ending::SUCCESS, Ending::failed)
    }
}

/// Makes the call current until dropped, where the body must stay in its function. Its output is not recorded.
#[inline(always)]
pub fn guard(mut active: Active) -> Guard {
    let attached = active.attach_once();
    Guard { attached, panicking: active.is_on() && std::thread::panicking(), active }
}

/// See [`guard`].
#[must_use]
pub struct Guard {
    attached: Option<Attached>,
    /// Whether the thread was unwinding already when the call began.
    panicking: bool,
    active: Active,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.active.is_on() {
            drop(self.attached.take());
            self.active.close(if std::thread::panicking() && !self.panicking {
                // The payload is on its way to whoever catches it: only the fact is known here.
                Ending::failed(CallError::panicked())
            } else {
                Ending::SUCCESS
            });
        }
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").field("active", &self.active).finish_non_exhaustive()
    }
}
