//! Questions about what agents did: conversations, their turns, the agents themselves.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::amount;
use crate::id::{CallId, TraceId};
use crate::record::{Status, Timestamp, Usage};

/// Which conversations are asked for.
#[derive(Clone, Default, Debug)]
pub(crate) struct ConversationFilter {
    /// Any of these; all when empty.
    pub(crate) agents: Vec<String>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) offset: usize,
    pub(crate) limit: Option<usize>,
}

/// A conversation: an answer of [`Client::conversations`](crate::Client::conversations).
///
/// It is all traces that have a call with its id, so what it counts has the ops in its turns, too.
///
/// Displays itself as `chat-7 "Weather" 2 turns, 9 calls, 1,240 tokens`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ConversationSummary {
    /// By which its turns are known to be of one conversation.
    pub id: String,
    /// Its name, as it was given last.
    pub name: Option<String>,
    /// The names of the agents in it, in the order in which they appeared.
    pub agents: Vec<String>,
    /// The models that were asked, in the order in which they appeared.
    pub models: Vec<String>,
    /// How many turns it has.
    pub turns: u64,
    /// How many calls it has, those of the turns included.
    pub calls: u64,
    /// How many of them are calls of models.
    pub llm_calls: u64,
    /// How many of them are executions of tools.
    pub tool_calls: u64,
    /// How many of them ended in an error or panic.
    pub errors: u64,
    /// The tokens that they used, added up. What none of them told is `None`.
    pub usage: Usage,
    /// When it began.
    pub first: SystemTime,
    /// When something happened in it last: the last end, or start of what has not ended.
    pub last: SystemTime,
    /// What its turns took, added up.
    pub duration: Duration,
}

/// One turn of a conversation: an answer of [`Client::turns`](crate::Client::turns).
///
/// Displays itself as `helper: "Weather in Paris?" -> "It is 21 °C." 5 calls, 35 tokens`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct TurnSummary {
    /// The trace that it is in, most often alone.
    pub trace_id: TraceId,
    /// The call that is the turn. Where only calls of models or tools were recorded of one, the first of these.
    pub id: CallId,
    /// The name of the agent that answered.
    pub agent: Option<String>,
    /// How the turn ended, or that it has not.
    pub status: Status,
    /// When it began.
    pub started_at: SystemTime,
    /// How long it took; `None` while it runs.
    pub duration: Option<Duration>,
    /// The beginning of what the user said last, in one line; `None` where content was not recorded.
    pub asked: Option<String>,
    /// The beginning of what was answered last, in one line.
    pub answered: Option<String>,
    /// The models that were asked, in the order in which they appeared.
    pub models: Vec<String>,
    /// How many calls it has, itself included.
    pub calls: u64,
    /// How many of them are calls of models.
    pub llm_calls: u64,
    /// How many of them are executions of tools.
    pub tool_calls: u64,
    /// How many of them ended in an error or panic.
    pub errors: u64,
    /// The tokens that they used, added up. What none of them told is `None`.
    pub usage: Usage,
}

/// An agent, by its name: an answer of [`Client::agents`](crate::Client::agents).
///
/// Displays itself as `helper 12 invocations, 5 conversations, 1,240 tokens`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct AgentSummary {
    /// Its name.
    pub name: String,
    /// The versions that were seen, in the order in which they appeared.
    pub versions: Vec<String>,
    /// How often it was asked: its turns, and its work for other agents.
    pub invocations: u64,
    /// How many of these ended in an error or panic.
    pub failed: u64,
    /// In how many conversations.
    pub conversations: u64,
    /// How many calls of models it made.
    pub llm_calls: u64,
    /// How many executions of tools it asked for.
    pub tool_calls: u64,
    /// How many of its calls ended in an error or panic, the failed invocations included.
    pub errors: u64,
    /// The tokens that it used, added up. What no call told is `None`.
    pub usage: Usage,
    /// How long the invocations took that have ended.
    pub durations: Durations,
    /// When it was first asked.
    pub first: SystemTime,
    /// When it was last asked.
    pub last: SystemTime,
}

/// How long several things took.
///
/// ```
/// let durations = weave::Durations::default();
/// assert_eq!(durations.total, std::time::Duration::ZERO);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct Durations {
    /// All together.
    pub total: Duration,
    /// On average.
    pub mean: Duration,
    /// The median: half of them took no longer.
    pub p50: Duration,
    /// 95 of 100 took no longer.
    pub p95: Duration,
    /// The longest.
    pub max: Duration,
}

impl Durations {
    /// Those of these, in any order.
    pub(crate) fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        let total = all.iter().fold(Duration::ZERO, |sum, one| sum.saturating_add(*one));
        // The smallest that so many are not above.
        let percentile = |share: usize| {
            let rank = (all.len() * share).div_ceil(100);
            all.get(rank.saturating_sub(1)).copied().unwrap_or_default()
        };
        let mean = u32::try_from(all.len()).ok().and_then(|count| total.checked_div(count)).unwrap_or_default();
        Self { total, mean, p50: percentile(50), p95: percentile(95), max: percentile(100) }
    }
}

impl fmt::Display for ConversationSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        if let Some(name) = &self.name {
            write!(f, " {name:?}")?;
        }
        write!(f, " {}", amount::counted(self.turns, "turn"))?;
        write_amounts(f, &[(self.calls, "call"), (self.errors, "error")], self.usage)
    }
}

impl fmt::Display for TurnSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.agent.as_deref().unwrap_or("turn"))?;
        if let Some(asked) = &self.asked {
            write!(f, ": {asked:?}")?;
        }
        if let Some(answered) = &self.answered {
            write!(f, " -> {answered:?}")?;
        }
        write!(f, " {}", amount::counted(self.calls, "call"))?;
        write_amounts(f, &[(self.errors, "error")], self.usage)
    }
}

impl fmt::Display for AgentSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, amount::counted(self.invocations, "invocation"))?;
        write_amounts(f, &[(self.conversations, "conversation"), (self.failed, "failure")], self.usage)
    }
}

/// What there is any of, each behind a comma.
fn write_amounts(f: &mut fmt::Formatter<'_>, counts: &[(u64, &str)], usage: Usage) -> fmt::Result {
    let tokens = (amount::total(usage).unwrap_or(0), "token");
    for (count, unit) in counts.iter().chain([&tokens]).filter(|(count, _)| *count > 0) {
        write!(f, ", {}", amount::counted(*count, unit))?;
    }
    Ok(())
}
