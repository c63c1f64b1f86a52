//! What agents did before: finished turns, recorded as those are that one sees.

mod drafts;
mod logging;
mod outline;
#[cfg(test)]
mod tests;
mod times;

use std::sync::Arc;

use drafts::{Logged, Shared};
pub use logging::Logging;

use super::global;
use super::start;
use super::turn::Boundary;
use crate::genai::{Conversation, Turn};
use crate::id::{CallId, TraceId};

/// Records a turn that is over, with its steps: what was said, which models and tools were called, when.
///
/// It becomes the same spans as a turn that is [started](crate::start_turn) and ended: itself the root of a trace of its own,
/// its steps below it, those of a sub-agent below that. Times may be of any year. Where none is given, a span goes from the
/// first start to the last end of what is inside of it; else it takes no time, and is put where the step before it ended,
/// or the span above began. Of a turn without any times it is now. An end before its start counts as the start.
///
/// Give it the conversation's id by [`Turn::conversation`]; without, one is made. Nothing else is taken from what runs here,
/// apart from the attributes of the scopes around.
///
/// The calls are recorded when there is room for them: `.await` what this returns, or call its [`wait`](Logging::wait).
/// What happened before is always recorded, whatever the sample rate. Where nothing is recorded, because
/// [`init`](crate::init) was not called or recording is off, the result is the conversation's id with no span.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use weave::{Llm, Tool, Turn, Usage};
///
/// let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_164_640 + seconds);
/// let turn = Turn::new()
///     .conversation("chat-7")
///     .agent("helper")
///     .user("Weather in Paris?")
///     .step(Llm::new("gpt-4o").usage(Usage::new(20, 8)).started_at(at(0)).ended_at(at(2)))
///     .step(Tool::new("get_weather").arguments([("city", "Paris")]).result("21 °C").started_at(at(2)).ended_at(at(3)))
///     .output("It is 21 °C in Paris.");
///
/// let recorder = weave::testing::Recorder::new();
/// let result = recorder.run(|| weave::log_turn(turn).wait())?;
/// assert_eq!((result.conversation_id.as_str(), result.span_count), ("chat-7", 3));
///
/// let calls = recorder.calls();
/// assert_eq!(calls[0].id(), result.root_span_ids[0]);
/// assert_eq!((calls[0].started_at(), calls[0].duration()), (at(0), Some(Duration::from_secs(3))));
/// # Ok::<(), weave::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`log_conversation`].
pub fn log_turn(turn: impl Into<Turn>) -> Logging {
    let turn = turn.into();
    let mut conversation = Conversation::new();
    conversation.id.clone_from(&turn.conversation_id);
    conversation.name.clone_from(&turn.conversation_name);
    conversation.turns.push(turn);
    log(conversation)
}

/// Records the turns of a conversation, each as [`log_turn`] does.
///
/// What a turn says of the agent, the model or whether content is recorded is stronger than what the conversation says; so
/// are the attributes of a span. Each turn is a trace of its own, also where the conversation
/// [continues](Conversation::continue_parent_trace) that around. Turns are all that is recorded: a conversation without any
/// leaves nothing but its id in the result.
///
/// # Many turns
///
/// Nothing is lost to a full queue: where there is no room, this waits until the sinks have made some, as long as they do.
/// It does not block: other tasks go on, and calls that are made meanwhile have their own room. The spans of one turn go
/// in together or not at all. A turn that is larger than all the room there is goes in alone.
///
/// ```
/// use weave::{Conversation, Turn};
///
/// # let dir = tempfile::tempdir()?;
/// let weave = weave::builder("my-project").dir(dir.path()).queue_calls(100).init()?;
/// let turns = (0..500).map(|n| Turn::from(format!("question {n}")).output("answer"));
/// let mut conversation = Conversation::new().id("chat-7").agent("helper");
/// conversation.turns.extend(turns);
///
/// let result = weave::log_conversation(conversation).wait()?;
/// assert_eq!((result.trace_ids.len(), result.span_count), (500, 500));
/// weave.flush().into_result()?;
/// assert_eq!(weave.client().blocking().calls().op("helper").count()?, 500);
/// # weave.shutdown().into_result()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// What it returns gives [`is_timeout`](crate::Error::is_timeout) when the sinks made no room for as long as
/// [`flush_timeout`](crate::Builder::flush_timeout), and [`is_delivery`](crate::Error::is_delivery) when recording was ended
/// meanwhile. The message says how many turns went in. The others count as dropped.
pub fn log_conversation(conversation: impl Into<Conversation>) -> Logging {
    log(conversation.into())
}

/// Another name of [`log_conversation`].
///
/// # Errors
///
/// Those of [`log_conversation`].
#[doc(alias = "log_conversation")]
pub fn log_session(session: impl Into<Conversation>) -> Logging {
    log_conversation(session)
}

/// What was recorded of turns that were logged.
///
/// ```
/// use weave::{Llm, Turn};
///
/// let recorder = weave::testing::Recorder::new();
/// let turn = Turn::from("Hi").conversation("chat-7").step(Llm::new("gpt-4o").output("Hello!"));
/// let result = recorder.run(|| weave::log_turn(turn).wait())?;
/// assert_eq!((result.conversation_id.as_str(), result.span_count), ("chat-7", 2));
/// assert_eq!(recorder.trace(result.trace_ids[0]).calls()[0].id(), result.root_span_ids[0]);
/// # Ok::<(), weave::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct LogResult {
    /// The id of the conversation, given or made.
    pub conversation_id: String,
    /// The trace of each turn.
    pub trace_ids: Vec<TraceId>,
    /// The id of each turn.
    pub root_span_ids: Vec<CallId>,
    /// How many spans there are in all turns; none where nothing is recorded.
    pub span_count: usize,
}

impl LogResult {
    fn add(&mut self, turn: &Logged, spans: usize) {
        self.trace_ids.push(turn.trace_id);
        self.root_span_ids.push(turn.root);
        self.span_count += spans;
    }
}

fn log(mut conversation: Conversation) -> Logging {
    let turns = std::mem::take(&mut conversation.turns);
    conversation.id = conversation.id.filter(|id| !id.is_empty());
    let id = conversation.id.get_or_insert_with(|| Boundary::fresh_id().to_string()).clone();
    if !global::is_listening() {
        return Logging::nothing(id);
    }
    let Some(ambient) = start::ambient() else { return Logging::nothing(id) };
    let Some(lane) = start::lane_in(&ambient) else { return Logging::nothing(id) };
    let attributes = ambient.surroundings.as_ref().and_then(|surroundings| surroundings.attributes.clone());
    Logging::begin(Arc::clone(&lane.recorder), Shared::new(conversation, attributes), turns, id)
}
