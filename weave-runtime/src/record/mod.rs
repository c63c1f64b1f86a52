//! A call as data: what sinks take, the store keeps and the client returns.

mod agents;
mod contents;
mod draft;
mod identity;
mod json;
mod op;
mod parts;
mod placeholder;
mod rate;
pub(crate) mod summary;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod trace;
mod type_name;

use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

pub(crate) use contents::Contents;
pub(crate) use draft::{BEFORE_ORIGINAL, Draft, Extra, Streamed};
#[allow(unused_imports, reason = "each feature uses its own")]
pub(crate) use json::rfc3339;
pub use op::Op;
#[cfg_attr(not(feature = "local"), allow(unused_imports, reason = "only the store has such"))]
pub(crate) use op::StoredOp;
pub(crate) use op::{Namer, OpRef};
pub use parts::{CallError, Event, Kind, Status, StatusCounts};
pub(crate) use parts::{Details, InThread, Timestamp};
pub(crate) use placeholder::{is_placeholder, short_placeholder};
pub(crate) use rate::Rate;
pub(crate) use text::Text;
pub use trace::{TraceRecord, TraceUpdate};
pub(crate) use type_name::short_type_name;

use crate::error::Error;
pub use crate::genai::Usage;
use crate::id::{CallId, TraceId};

/// One call: what ran, below what, with which inputs, how it ended.
///
/// Inputs and output are kept as the JSON text that was captured; read them typed with [`input`](Self::input) and
/// [`output`](Self::output), or as text with [`inputs_json`](Self::inputs_json) and [`output_json`](Self::output_json).
///
/// `Display` gives one line for people, `Serialize` all of it as JSON for programs.
///
/// ```
/// #[weave::op]
/// fn half(n: u32) -> Result<u32, String> {
///     if n % 2 == 0 { Ok(n / 2) } else { Err(format!("{n} is odd")) }
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| (half(4), half(3)));
///
/// let calls = recorder.calls();
/// assert_eq!(calls[0].op_name(), "half");
/// assert_eq!(calls[0].input::<u32>("n")?, 4);
/// assert_eq!(calls[0].output::<u32>()?, 2);
/// assert_eq!(calls[1].status(), weave::Status::Error);
/// assert_eq!(calls[1].error().unwrap().message, "3 is odd");
/// # Ok::<(), weave::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CallRecord {
    pub(crate) id: CallId,
    pub(crate) trace_id: TraceId,
    pub(crate) parent_id: Option<CallId>,
    pub(crate) op_parent_id: Option<CallId>,
    pub(crate) agent_parent_id: Option<CallId>,
    pub(crate) op: OpRef,
    pub(crate) status: Status,
    pub(crate) partial: bool,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) text: Text,
    pub(crate) details: Option<Box<Details>>,
}

impl CallRecord {
    /// The call's own id.
    #[must_use]
    pub fn id(&self) -> CallId {
        self.id
    }

    /// The id that all calls below one root share.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// The call or foreign span that this one ran in; `None` for a root.
    #[must_use]
    pub fn parent_id(&self) -> Option<CallId> {
        self.parent_id
    }

    /// The nearest op above, past agent and foreign spans.
    #[must_use]
    pub fn op_parent_id(&self) -> Option<CallId> {
        self.op_parent_id
    }

    /// The nearest turn, LLM, tool or sub-agent call above, past ops and foreign spans.
    #[must_use]
    pub fn agent_parent_id(&self) -> Option<CallId> {
        self.agent_parent_id
    }

    /// The name of the function, or the name given instead.
    #[must_use]
    pub fn op_name(&self) -> &str {
        &self.op.name
    }

    /// What is known of the function that the call ran: which one it is, in which version, where it stands.
    ///
    /// ```
    /// #[weave::op]
    /// fn double(n: u32) -> u32 {
    ///     n * 2
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| double(4));
    /// let calls = recorder.calls();
    /// let op = calls[0].op();
    /// assert!(op.identity().ends_with("double"));
    /// assert_eq!(op.digest().map(str::len), Some(43));
    /// assert!(op.line().is_some());
    /// ```
    #[must_use]
    pub fn op(&self) -> &Op {
        &self.op
    }

    /// What to show for this call: the display name when it has one, else the op's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.display_name().unwrap_or(&self.op.name)
    }

    /// The name given to this call alone, at most 1,024 characters.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.details.as_ref()?.display_name.as_deref()
    }

    /// Which of the annotations made the call, or that it is a span of others.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.op.kind
    }

    /// How the call ended, or that it has not.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// True for a stream or iterator that was dropped before its end: the output is what it had given.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// When the call began.
    #[must_use]
    pub fn started_at(&self) -> SystemTime {
        self.started_at.to_system_time()
    }

    /// When the call ended; `None` while it runs, and for one that was interrupted.
    #[must_use]
    pub fn ended_at(&self) -> Option<SystemTime> {
        self.ended_at.map(Timestamp::to_system_time)
    }

    /// How long the call took; `None` as for [`ended_at`](Self::ended_at).
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        let nanos = self.ended_at?.0.saturating_sub(self.started_at.0);
        Some(Duration::from_nanos(nanos.try_into().unwrap_or(0)))
    }

    /// What the call failed with.
    #[must_use]
    pub fn error(&self) -> Option<&CallError> {
        self.details.as_ref()?.error.as_ref()
    }

    /// The inputs as the text of a JSON object. For [`Content`](crate::Content) a reference stands there.
    #[must_use]
    pub fn inputs_json(&self) -> &str {
        self.whole().inputs()
    }

    /// One input by the name of the argument.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such input, [`is_decode`](Error::is_decode) when it is not
    /// a `T` (also when it was cut because it was too large).
    pub fn input<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        let inputs: std::collections::BTreeMap<String, &RawValue> = decode(self.text.inputs(), "the inputs")?;
        let Some(value) = inputs.get(name) else {
            let names: Vec<&str> = inputs.keys().map(String::as_str).collect();
            return Err(Error::not_found(format!(
                "call {} of {} has no input {name:?}: it has {}",
                self.id,
                self.op_name(),
                if names.is_empty() { "none".to_owned() } else { names.join(", ") }
            )));
        };
        self.decode(value.get(), &format!("input {name:?}"))
    }

    /// The output as JSON text; `None` while the call runs and where no output was recorded. For
    /// [`Content`](crate::Content) a reference stands there.
    #[must_use]
    pub fn output_json(&self) -> Option<&str> {
        self.whole().output()
    }

    /// The output.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when no output was recorded (the call failed, still runs, or skips its
    /// output), [`is_decode`](Error::is_decode) when it is not a `T` (also when it was cut because it was too large).
    pub fn output<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let Some(json) = self.text.output() else {
            return Err(Error::not_found(format!(
                "call {} of {} has no output: its status is {}",
                self.id,
                self.op_name(),
                self.status
            )));
        };
        self.decode(json, "the output")
    }

    /// The attributes that the call started with: those of the client, the op, the scopes around and the call, merged.
    #[must_use]
    pub fn attributes(&self) -> &Map<String, Value> {
        &self.details.as_ref().unwrap_or(&NO_DETAILS).attributes
    }

    /// Attributes set on the span while it ran, by [`Call::set_attribute`](crate::Call::set_attribute) or through
    /// OpenTelemetry.
    #[must_use]
    pub fn span_attributes(&self) -> &Map<String, Value> {
        &self.details.as_ref().unwrap_or(&NO_DETAILS).span_attributes
    }

    /// What the call and those below it sum up to: `status_counts`; `usage` by model where it is known; what was given
    /// by [`Call::merge_summary`](crate::Call::merge_summary).
    ///
    /// Summed up when the call ends, so calls that end later than the one they are below are not in it. Numbers are added
    /// at every depth, lists joined. A call whose own output tells `usage` counts it when nothing below did: what only
    /// passes on a model's answer must not count it again.
    ///
    /// ```
    /// #[weave::op]
    /// fn judge(text: &str) -> Result<(), String> {
    ///     weave::current_call().merge_summary("judged", 1);
    ///     if text.is_empty() { Err("nothing to judge".to_owned()) } else { Ok(()) }
    /// }
    ///
    /// #[weave::op]
    /// fn review() {
    ///     let _ = (judge("good"), judge(""));
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(review);
    /// let summary = recorder.calls()[0].summary();
    /// assert_eq!(summary["status_counts"], serde_json::json!({ "success": 2, "error": 1 }));
    /// assert_eq!(summary["judged"], 2);
    /// ```
    #[must_use]
    pub fn summary(&self) -> Map<String, Value> {
        let mut all = self.summary_beside_counts().clone();
        let counts = self.status_counts();
        if !counts.is_zero() {
            let counts = [("success".to_owned(), counts.success.into()), ("error".to_owned(), counts.error.into())];
            all.insert(summary::STATUS_COUNTS.to_owned(), Value::Object(Map::from_iter(counts)));
        }
        all
    }

    /// The summary as it is kept: the counts follow from what else is known.
    pub(crate) fn summary_beside_counts(&self) -> &Map<String, Value> {
        &self.details.as_ref().unwrap_or(&NO_DETAILS).summary
    }

    /// How this call and those below it ended. A call that still runs counts nothing yet.
    #[must_use]
    pub fn status_counts(&self) -> StatusCounts {
        StatusCounts::of(self.status)
            .and(self.details.as_ref().map_or(StatusCounts::default(), |details| details.below))
    }

    /// Tokens used by this call itself, not by its children; `None` where those told their own.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.details.as_ref()?.usage
    }

    /// The thread of conversation that the call is part of. See [`Scope::thread`](crate::Scope::thread).
    #[must_use]
    pub fn thread_id(&self) -> Option<&str> {
        Some(&*self.details.as_ref()?.thread.as_ref()?.id)
    }

    /// The call that began the turn of its thread that this one is part of: this one, if it [is a turn](Self::is_turn). A
    /// foreign span around turns is part of none.
    #[must_use]
    pub fn turn_id(&self) -> Option<CallId> {
        self.details.as_ref()?.thread.as_ref()?.turn
    }

    /// Whether the call began a turn of its thread.
    #[must_use]
    pub fn is_turn(&self) -> bool {
        self.turn_id() == Some(self.id)
    }

    /// What the call said of its trace, by [`current_trace`](crate::current_trace). What all calls said together is in the
    /// [`TraceRecord`].
    #[must_use]
    pub fn trace_update(&self) -> Option<&TraceUpdate> {
        self.details.as_ref()?.trace.as_deref()
    }

    /// What happened during the call, in order.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        self.details.as_ref().map_or(&[], |details| &details.events)
    }
}

static NO_DETAILS: std::sync::LazyLock<Box<Details>> = std::sync::LazyLock::new(Box::default);

fn decode<'a, T: serde::Deserialize<'a>>(json: &'a str, what: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|error| {
        let cut = if json.contains(crate::value::CUT_KEY) { " (the value was cut when it was recorded)" } else { "" };
        Error::decode(format!("{what} is no {}: {error}{cut}", std::any::type_name::<T>())).because(error)
    })
}
