//! A call that is opened by hand, around code that cannot be annotated.

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;

use super::active::{Active, Outcome, run};
use super::call::{Ending, LiveCall, Role};
use super::context::{Ambient, Attached};
use super::future::enter;
use super::global;
use super::handle::{Call, follow};
use super::lane::Lane;
use super::local::Quiet;
use super::start::{Captured, ambient, begin, begin_unsampled, lane_in};
use super::stream::CallStream;
use crate::record::OpRef;
use crate::record::{CallError, Kind, Timestamp};
use crate::value::{self, Limits};

/// Starts a call named `op` by hand, below the current call.
///
/// Close it with [`finish`](OpenCall::finish) or [`fail`](OpenCall::fail); or give it the work with
/// [`run`](OpenCall::run), [`wrap`](OpenCall::wrap) and their `try_` forms, which close it as an annotated function
/// would be.
///
/// ```
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let call = weave::start_call("parse").input("text", "1 2 3");
///     let numbers: Vec<u32> = "1 2 3".split(' ').flat_map(str::parse).collect();
///     call.finish(&numbers);
/// });
/// assert_eq!(recorder.tree().outline(), "parse(text: \"1 2 3\") -> [1,2,3]");
/// ```
pub fn start_call(op: impl Into<String>) -> OpenCall {
    if !global::is_listening() {
        return OpenCall::off();
    }
    OpenCall::start(op.into(), |ambient| ambient)
}

/// A call opened by [`start_call`], until it is closed. Dropped before that, it ends as a success without output, or as
/// failed when the thread began to panic meanwhile.
#[derive(Debug)]
#[must_use = "a call ends when it is dropped: keep it until the work is done"]
pub struct OpenCall {
    call: Option<Arc<LiveCall>>,
    panicking: bool,
}

impl OpenCall {
    pub(super) fn off() -> Self {
        Self { call: None, panicking: false }
    }

    fn start(op: String, adjust: impl FnOnce(Ambient) -> Ambient) -> Self {
        let call = ambient().map(adjust).and_then(|mut ambient| {
            let mut lane = lane_in(&ambient)?;
            let role = Role::find(&mut ambient, &mut lane, None);
            Some(open(OpRef::named(Kind::Op, op), &mut ambient, lane, role))
        });
        Self { call, panicking: std::thread::panicking() }
    }

    /// The call, where it is recorded.
    fn recorded(&self) -> Option<&Arc<LiveCall>> {
        self.call.as_ref().filter(|call| call.is_recorded())
    }

    pub(super) fn below(parent: &Arc<LiveCall>, op: String) -> Self {
        if parent.lane.recorder.is_closed() || !global::is_listening() {
            return Self::off();
        }
        let _followed = follow(parent);
        let (span, ancestry) = (Some(parent.span.clone()), parent.above.ancestry);
        Self::start(op, |ambient| Ambient { span, ancestry, ..ambient })
    }

    /// Makes the call a root of its own trace. Calls that are below it already keep the old one. In a trace that is not
    /// sampled ask for it first: what the call was given before is not there.
    pub fn root(mut self) -> Self {
        if let Some(call) = &mut self.call {
            *call = uprooted(call);
        }
        self
    }

    /// Records an input.
    pub fn input(self, name: &str, value: impl Serialize) -> Self {
        if let Some(call) = self.recorded() {
            call.add_input(name, |out| write(out, &value, &call.lane.recorder.bounds.value));
        }
        self
    }

    /// Gives the call an attribute, stronger than those of the scopes around and of the client.
    pub fn attribute(self, key: &str, value: impl Serialize) -> Self {
        if let Some(call) = self.recorded() {
            call.add_attribute(key, |out| write(out, &value, &call.lane.recorder.bounds.attribute));
        }
        self
    }

    /// Names this call.
    pub fn display_name(self, name: impl Into<String>) -> Self {
        self.handle().set_display_name(name);
        self
    }

    /// Says when the call started, for what happened before: to be given before the call ends.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// let began = SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_164_645);
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| {
    ///     let call = weave::start_call("import").started_at(began).ended_at(began + Duration::from_secs(2));
    ///     call.input("rows", 3).finish("imported");
    /// });
    /// let call = &recorder.calls()[0];
    /// assert_eq!((call.started_at(), call.duration()), (began, Some(Duration::from_secs(2))));
    /// ```
    pub fn started_at(self, time: SystemTime) -> Self {
        if let Some(call) = &self.call {
            call.set_started_at(Timestamp::from_system_time(time));
        }
        self
    }

    /// Says when the call ended, in place of when that is recorded. It ends as without: by
    /// [`finish`](Self::finish), [`fail`](Self::fail), or when it is dropped. An end before the start counts as the start.
    pub fn ended_at(self, time: SystemTime) -> Self {
        if let Some(call) = &self.call {
            call.set_ended_at(Timestamp::from_system_time(time));
        }
        self
    }

    /// A handle on the call, for its ids, its summary and its children.
    #[must_use]
    pub fn handle(&self) -> Call {
        Call::new(self.call.clone())
    }

    /// Runs `body` with this call as the current one and leaves it open.
    pub fn in_scope<R>(&self, body: impl FnOnce() -> R) -> R {
        self.handle().in_scope(body)
    }

    /// Closes the call as a success with `output`.
    pub fn finish(mut self, output: impl Serialize) {
        if let Some(call) = self.call.take() {
            call.close(|out| {
                write(out, &output, &call.lane.recorder.bounds.value);
                Ending::SUCCESS
            });
        }
    }

    /// Closes the call as failed. The error is recorded with its type's name.
    pub fn fail<E: std::fmt::Display + ?Sized>(mut self, error: &E) {
        if let Some(call) = self.call.take() {
            call.close(|_| failure(&call, error));
        }
    }

    /// Runs `body` inside the call and closes it with what comes back: a panic is recorded, and goes on. An `Err` whose
    /// error can be serialised counts as failed; for other errors there is [`try_run`](Self::try_run).
    ///
    /// ```
    /// let recorder = weave::testing::Recorder::new();
    /// let sum = recorder.run(|| weave::start_call("sum").input("n", 3).run(|| 1 + 2 + 3));
    /// assert_eq!(sum, 6);
    /// assert_eq!(recorder.tree().outline(), "sum(n: 3) -> 6");
    /// ```
    pub fn run<R: Serialize>(self, body: impl FnOnce() -> R) -> R {
        let _followed = self.follow();
        run(self.into_active(), body, describe_value)
    }

    /// As [`run`](Self::run), for a `Result` with any error that can be displayed.
    ///
    /// ```
    /// let recorder = weave::testing::Recorder::new();
    /// let n = recorder.run(|| weave::start_call("parse").try_run(|| "x".parse::<u32>()));
    /// assert!(n.is_err());
    /// assert_eq!(recorder.calls()[0].error().unwrap().message, "invalid digit found in string");
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `body`.
    pub fn try_run<T: Serialize, E: std::fmt::Display>(self, body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let _followed = self.follow();
        run(self.into_active(), body, describe_result)
    }

    /// Polls `future` inside the call, and closes it with what comes back as [`run`](Self::run) does. Dropped before
    /// it is complete, the call is cancelled.
    pub fn wrap<F: Future<Output: Serialize>>(self, future: F) -> impl Future<Output = F::Output> {
        let _followed = self.follow();
        enter(self.into_active(), future, describe_value)
    }

    /// As [`wrap`](Self::wrap), for a `Result` with any error that can be displayed.
    ///
    /// # Errors
    ///
    /// Those of `future`.
    pub fn try_wrap<T: Serialize, E: std::fmt::Display>(
        self,
        future: impl Future<Output = Result<T, E>>,
    ) -> impl Future<Output = Result<T, E>> {
        let _followed = self.follow();
        enter(self.into_active(), future, describe_result)
    }

    /// Follows `stream` until it ends: the call is current while it is polled, its output is the list of the items, cut
    /// where that grows past the limit of a value. Dropped before its end it is a success with
    /// [`is_partial`](crate::CallRecord::is_partial).
    pub fn wrap_stream<S: futures_core::Stream<Item: Serialize>>(self, stream: S) -> CallStream<S> {
        let _followed = self.follow();
        CallStream::new(self.into_active(), stream)
    }

    fn into_active(mut self) -> Active {
        self.call.take().map_or_else(Active::off, Active::on)
    }

    fn follow(&self) -> Option<Attached> {
        self.call.as_deref().and_then(follow)
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            let panicked = std::thread::panicking() && !self.panicking;
            call.close(|_| if panicked { Ending::failed(CallError::panicked()) } else { Ending::SUCCESS });
        }
    }
}

fn open(op: OpRef, ambient: &mut Ambient, lane: Arc<Lane>, role: Role) -> Arc<LiveCall> {
    match role {
        Role::Recorded | Role::Steering => {
            begin(op, ambient, lane, role, Captured { inputs: "{}".to_owned(), ..Captured::default() })
        }
        Role::Unsampled | Role::Below => begin_unsampled(op, ambient, lane, role),
    }
}

/// The same call as the root of a trace of its own, for which it is decided anew whether it is recorded.
fn uprooted(call: &Arc<LiveCall>) -> Arc<LiveCall> {
    let surroundings = Ambient::read().surroundings;
    let mut ambient = Ambient { surroundings: surroundings.clone(), ..Ambient::default() };
    let mut lane = Arc::clone(&call.lane);
    let role = Role::of_first(&mut ambient, &mut lane, None);
    let boundary = call.boundary.as_ref().map(|boundary| boundary.left());
    let (inputs, extra) = call.withdraw();
    let root = if role == Role::Unsampled {
        LiveCall::unsampled(call.op.clone(), &mut ambient, lane, role, boundary.as_ref())
    } else {
        let inputs = if inputs.is_empty() { "{}".to_owned() } else { inputs };
        LiveCall::begin(call.op.clone(), &mut ambient, lane, role, boundary.as_ref(), inputs, extra)
    };
    if let Some(place) = call.agents.get() {
        root.put_in(place);
    }
    if let Some(surroundings) = surroundings {
        surroundings.show_instead(call, &root);
    }
    root
}

fn write(out: &mut String, value: &impl Serialize, limits: &Limits) {
    let _quiet = Quiet::enter();
    value::write(out, value, limits);
}

fn failure<E: std::fmt::Display + ?Sized>(call: &LiveCall, error: &E) -> Ending {
    let _quiet = Quiet::enter();
    Ending::failed(value::describe_error(error, &call.lane.recorder.bounds.value))
}

fn describe_value<R: Serialize>(result: &R, outcome: &mut Outcome<'_>) {
    outcome.write(|out, limits| value::write_outcome(out, result, limits));
}

fn describe_result<T: Serialize, E: std::fmt::Display>(result: &Result<T, E>, outcome: &mut Outcome<'_>) {
    outcome.write(|out, limits| match result {
        Ok(value) => {
            value::write(out, value, limits);
            None
        }
        Err(error) => Some(value::describe_error(error, limits)),
    });
}
