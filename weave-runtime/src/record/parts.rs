//! The parts of a call record.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::TraceUpdate;
use crate::genai::{Facts, Usage};
use crate::id::CallId;

/// How a call ended, or that it has not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// Still open.
    Running,
    /// Returned, with anything but an `Err`.
    Success,
    /// Returned an `Err`, or panicked.
    Error,
    /// A future that was dropped before it was complete.
    Cancelled,
    /// The process ended inside the call. Seen when the store is opened again.
    Interrupted,
}

/// Which annotation, or other source, a call comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A function annotated with `#[weave::op]`, or a manual call.
    Op,
    /// One turn of a conversation, `#[weave::turn]`.
    Turn,
    /// A call of a model, `#[weave::llm]`.
    Llm,
    /// A call of a tool by a model, `#[weave::tool]`.
    Tool,
    /// The work of an agent for another, `#[weave::turn(subagent = "..")]`.
    SubAgent,
    /// A span of other OpenTelemetry instrumentation, brought by [`otel::processor`](crate::otel::processor).
    Span,
}

macro_rules! texts {
    ($type:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $type {
            /// The name in lower case, as it is stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            #[allow(dead_code, reason = "only the store reads names")]
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

texts!(Status {
    Running = "running",
    Success = "success",
    Error = "error",
    Cancelled = "cancelled",
    Interrupted = "interrupted",
});

texts!(Kind { Op = "op", Turn = "turn", Llm = "llm", Tool = "tool", SubAgent = "sub_agent", Span = "span" });

impl Kind {
    /// True for the spans of agents, which Weave keeps apart from ops.
    pub(crate) const fn is_agent(self) -> bool {
        matches!(self, Self::Turn | Self::Llm | Self::Tool | Self::SubAgent)
    }
}

/// What a call failed with.
///
/// Displays itself as `type: message`, for people: the type without its modules.
///
/// ```
/// #[weave::op]
/// fn days(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
///     Ok(text.parse()?)
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| days("three"));
///
/// let calls = recorder.calls();
/// let error = calls[0].error().unwrap();
/// assert_eq!(error.kind, "alloc::boxed::Box<dyn core::error::Error>");
/// assert_eq!(error.to_string(), "Box<dyn Error>: invalid digit found in string");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallError {
    /// The type of the `Err` as Rust names it, or `panic`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The error as it displays itself, or the text of the panic.
    pub message: String,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.message.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{}", super::short_type_name(&self.kind), self.message)
    }
}

/// The longest text of a panic that is kept, in characters.
const LONGEST_PANIC: usize = 16 * 1024;

impl CallError {
    /// A panic by what was thrown.
    pub(crate) fn from_panic(payload: &(dyn Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&'static str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("a value that is not text");
        let message = match text.char_indices().nth(LONGEST_PANIC) {
            None => text.to_owned(),
            Some((end, _)) => format!("{}… [cut: {} bytes]", &text[..end], text.len()),
        };
        Self { kind: "panic".to_owned(), message }
    }

    /// A panic that was seen passing, without what was thrown.
    pub(crate) fn panicked() -> Self {
        Self { kind: "panic".to_owned(), message: "the thread panicked".to_owned() }
    }
}

/// Something that happened at one moment of a call.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Event {
    /// What happened.
    pub name: String,
    /// When.
    pub at: SystemTime,
    /// With which details.
    pub attributes: Map<String, Value>,
}

impl Event {
    /// The name of the event that stands for a link to another span, which its attributes `trace_id` and `span_id` name.
    pub(crate) const LINK: &str = "link";
}

/// How many calls ended well, how many failed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StatusCounts {
    /// Calls that returned, or were cancelled.
    pub success: u64,
    /// Calls that failed.
    pub error: u64,
}

impl StatusCounts {
    /// One call of this status; none while it is not known how it ended.
    pub(crate) const fn of(status: Status) -> Self {
        match status {
            Status::Success | Status::Cancelled => Self { success: 1, error: 0 },
            Status::Error => Self { success: 0, error: 1 },
            Status::Running | Status::Interrupted => Self { success: 0, error: 0 },
        }
    }

    /// Those of both.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self { success: self.success.saturating_add(other.success), error: self.error.saturating_add(other.error) }
    }

    pub(crate) const fn is_zero(self) -> bool {
        self.success == 0 && self.error == 0
    }
}

/// Nanoseconds since the Unix epoch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Timestamp(pub(crate) i64);

impl Timestamp {
    pub(crate) fn to_system_time(self) -> SystemTime {
        let nanos = Duration::from_nanos(self.0.unsigned_abs());
        let time = if self.0 < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(nanos)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(nanos)
        };
        time.unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// This many nanoseconds later.
    pub(crate) fn after(self, nanos: u64) -> Self {
        Self(self.0.saturating_add_unsigned(nanos))
    }

    /// This many nanoseconds earlier.
    pub(crate) fn before(self, nanos: u64) -> Self {
        Self(self.0.saturating_sub_unsigned(nanos))
    }

    pub(crate) fn from_system_time(time: SystemTime) -> Self {
        let nanos = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self(nanos(after)),
            Err(before) => Self(-nanos(before.duration())),
        }
    }
}

/// What few calls have: kept apart so that the record of a plain call stays small.
#[derive(Clone, Default, Debug)]
pub(crate) struct Details {
    pub(crate) display_name: Option<String>,
    pub(crate) error: Option<CallError>,
    pub(crate) attributes: Map<String, Value>,
    pub(crate) span_attributes: Map<String, Value>,
    pub(crate) summary: Map<String, Value>,
    pub(crate) usage: Option<Usage>,
    pub(crate) events: Vec<Event>,
    pub(crate) contents: Option<Arc<super::Contents>>,
    /// The descendants.
    pub(crate) below: StatusCounts,
    pub(crate) thread: Option<InThread>,
    pub(crate) trace: Option<Box<TraceUpdate>>,
    pub(crate) agent: Option<Box<Facts>>,
}

/// A call's place in a conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct InThread {
    pub(crate) id: Arc<str>,
    /// None for what surrounds turns, as foreign spans do.
    pub(crate) turn: Option<CallId>,
}

impl Details {
    pub(crate) fn is_empty(&self) -> bool {
        self.display_name.is_none()
            && self.error.is_none()
            && self.attributes.is_empty()
            && self.span_attributes.is_empty()
            && self.summary.is_empty()
            && self.usage.is_none()
            && self.events.is_empty()
            && self.contents.is_none()
            && self.below.is_zero()
            && self.thread.is_none()
            && self.trace.is_none()
            && self.agent.is_none()
    }
}
