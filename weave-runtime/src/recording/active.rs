//! A call around a function: what annotations expand to.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use opentelemetry::Context;
use serde::Serialize;

use super::call::{Ending, LiveCall};
use super::context::{self, Attached};
use super::future::Seat;
use super::local::Quiet;
use super::understood;
use crate::genai::Llm;
use crate::record::{BEFORE_ORIGINAL, CallError, Kind, Usage};
use crate::value::{self, ErrorSlot, Limits, Slot};

/// A started call, or nothing where nobody listens. Dropped without an end it counts as cancelled.
#[derive(Debug)]
#[must_use]
pub struct Active(Option<Arc<LiveCall>>);

impl Active {
    #[inline(always)]
    pub(super) fn off() -> Self {
        Self(None)
    }

    #[inline(always)]
    pub(super) fn on(call: Arc<LiveCall>) -> Self {
        Self(Some(call))
    }

    #[inline(always)]
    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    #[inline]
    pub(super) fn call(&self) -> Option<&Arc<LiveCall>> {
        self.0.as_ref()
    }

    /// The thread's context with the call in it.
    #[inline]
    pub(super) fn context(&self) -> Option<Context> {
        self.0.as_ref().map(context::with_call)
    }

    /// Makes the call current until the guard is dropped.
    #[inline]
    fn attach(&self) -> Option<Attached> {
        Some(Attached::new(self.context()?, self.call()))
    }

    /// Closes the call with what `write` appends as its output.
    pub(super) fn close(&mut self, write: impl FnOnce(&LiveCall, &mut String) -> Ending) {
        if let Some(call) = self.0.take() {
            call.close(|out| write(&call, out));
        }
    }

    /// Closes the call as a panic, which goes on unwinding at the caller's.
    #[cold]
    pub(super) fn panicked(&mut self, payload: &(dyn std::any::Any + Send)) {
        self.close(|_, _| Ending::failed(CallError::from_panic(payload)));
    }

    /// Closes the call with what `describe` says of its result.
    #[inline(never)]
    pub(super) fn finish(&mut self, describe: &mut dyn FnMut(&mut Outcome<'_>)) {
        self.close(|call, text| {
            let start = text.len();
            let limits = &call.lane.recorder.bounds.value;
            let mut outcome = Outcome::whole(text, limits);
            outcome.is_model = call.op.kind == Kind::Llm;
            let _quiet = Quiet::enter();
            match catch_unwind(AssertUnwindSafe(|| describe(&mut outcome))) {
                Ok(()) => outcome.complete(start),
                Err(_) => outcome.text.truncate(start),
            }
            let ending = outcome.error.map_or(Ending::SUCCESS, Ending::failed);
            Ending { llm: outcome.llm, ..ending }
        });
    }
}

impl Drop for Active {
    #[inline]
    fn drop(&mut self) {
        if self.is_on() {
            self.close(|_, _| Ending::CANCELLED);
        }
    }
}

/// Runs the body of a function inside its call; `describe` writes what it returned.
#[inline(always)]
pub fn run<R>(active: Active, body: impl FnOnce() -> R, mut describe: impl FnMut(&R, &mut Outcome<'_>)) -> R {
    if active.is_on() {
        run_on(active, body, &mut describe)
    } else {
        std::mem::forget(active);
        body()
    }
}

/// Runs a body that never returns inside its call.
#[inline(always)]
pub fn diverge<R>(active: Active, body: impl FnOnce() -> R) -> R {
    run(active, body, |_, _| {})
}

/// Runs the body of a function inside its call, and gives both to `conclude`, which says when the call ends. `conclude`
/// leaves the value as it is where nobody listens, so that it is not asked then.
#[inline(always)]
pub fn run_then<R>(active: Active, body: impl FnOnce() -> R, conclude: impl FnOnce(Seat, R) -> R) -> R {
    if active.is_on() {
        let (seat, returned) = run_open(active, body);
        conclude(seat, returned)
    } else {
        std::mem::forget(active);
        body()
    }
}

/// As [`run_then`], where `conclude` makes another value of the one that was returned.
#[inline(always)]
pub fn run_into<R, T>(active: Active, body: impl FnOnce() -> R, conclude: impl FnOnce(Seat, R) -> T) -> T {
    let (seat, returned) = if active.is_on() { run_open(active, body) } else { (Seat::unsettled(active), body()) };
    conclude(seat, returned)
}

/// Runs a body inside a call that stays open when it returns.
fn run_open<R>(mut active: Active, body: impl FnOnce() -> R) -> (Seat, R) {
    let attached = active.attach();
    let returned = catch_unwind(AssertUnwindSafe(body));
    drop(attached);
    match returned {
        Ok(returned) => (Seat::unsettled(active), returned),
        Err(payload) => {
            active.panicked(&*payload);
            resume_unwind(payload)
        }
    }
}

fn run_on<R>(mut active: Active, body: impl FnOnce() -> R, describe: &mut dyn FnMut(&R, &mut Outcome<'_>)) -> R {
    let attached = active.attach();
    let returned = catch_unwind(AssertUnwindSafe(body));
    drop(attached);
    match returned {
        Ok(returned) => {
            active.finish(&mut |outcome| describe(&returned, outcome));
            returned
        }
        Err(payload) => {
            active.panicked(&*payload);
            resume_unwind(payload)
        }
    }
}

/// What a call that ends is told about its result.
#[derive(Debug)]
pub struct Outcome<'a> {
    text: &'a mut String,
    limits: &'a Limits,
    error_limits: &'a Limits,
    error: Option<CallError>,
    llm: Option<Box<Llm>>,
    skipped: bool,
    reshaped: bool,
    /// Whether this is the output of a call, not one of its items.
    is_whole: bool,
    /// Whether a model answered.
    is_model: bool,
}

impl<'a> Outcome<'a> {
    /// An outcome that is appended to `text`, within limits of its own and others for its error.
    pub(super) fn within(text: &'a mut String, limits: &'a Limits, error_limits: &'a Limits) -> Self {
        Self {
            text,
            limits,
            error_limits,
            error: None,
            llm: None,
            skipped: false,
            reshaped: false,
            is_whole: false,
            is_model: false,
        }
    }

    /// The outcome of a call.
    #[inline]
    fn whole(text: &'a mut String, limits: &'a Limits) -> Self {
        Self { is_whole: true, ..Self::within(text, limits, limits) }
    }

    /// The error, if that is what it came to.
    pub(super) fn into_error(self) -> Option<CallError> {
        self.error
    }

    /// The place of the output.
    pub fn output(&mut self) -> Slot<'_> {
        Slot::new(self.text, self.limits)
    }

    /// Records what the function given as `output` makes of the value. Where that panics, nothing of the value may show.
    /// What `original` captures of the value counts for its tokens, and for what else a model says of its answer.
    pub fn reshaped<T: Serialize>(&mut self, original: impl FnOnce(Slot<'_>), reshape: impl FnOnce() -> T) {
        self.reshaped = true;
        let start = self.text.len();
        let done = value::contain(|| {
            let reshaped = reshape();
            value::write(self.text, &reshaped, self.limits);
        });
        if !done {
            self.text.truncate(start);
            value::write_placeholder(self.text, value::OUTPUT_PANICKED);
        }
        if self.is_whole {
            let mut before = String::new();
            original(Slot::new(&mut before, &self.limits.without_content()));
            if self.is_model || Usage::may_be_in(&before) {
                self.text.push(BEFORE_ORIGINAL);
                self.text.push_str(&before);
            }
        }
    }

    /// Notes what the output tells of the call of a model; of one that is reshaped, not what was said.
    pub(super) fn note_llm(&mut self, record: impl FnOnce() -> Llm) {
        if self.is_whole {
            let told = understood::ask(record);
            self.llm = if self.reshaped { told.map(|llm| Box::new(llm.without_content())) } else { told };
        }
    }

    /// Leaves the output out.
    pub fn skip_output(&mut self) {
        self.skipped = true;
    }

    /// A success that gave neither value nor error is the `None` of an `Option<Result<..>>`: its output is null.
    fn complete(&mut self, start: usize) {
        if self.text.len() == start && self.error.is_none() && !self.skipped {
            self.text.push_str("null");
        }
    }

    /// Appends an output, or gives the error that stands in its place.
    pub(super) fn write(&mut self, write: impl FnOnce(&mut String, &Limits) -> Option<CallError>) {
        self.error = write(self.text, self.limits);
    }

    /// The place of the error; the call then counts as failed.
    pub fn error(&mut self) -> ErrorSlot<'_> {
        ErrorSlot::new(&mut self.error, self.error_limits)
    }
}

/// Calls a function given as `output`, giving a closure the type that it needs.
pub fn reshape<'a, V: ?Sized, T>(value: &'a V, function: impl FnOnce(&'a V) -> T) -> T {
    function(value)
}

/// Makes the call current until dropped, where the body must stay in its function. Its output is not recorded.
#[inline(always)]
pub fn guard(active: Active) -> Guard {
    let attached = active.attach();
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
            // The payload of a panic is on its way to whoever catches it: only the fact is known here.
            let panicked = std::thread::panicking() && !self.panicking;
            self.active.close(|_, _| if panicked { Ending::failed(CallError::panicked()) } else { Ending::SUCCESS });
        }
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").field("active", &self.active).finish_non_exhaustive()
    }
}
