//! Questions about recorded calls as plain data: what a client asks and a store answers.

#![cfg_attr(not(feature = "local"), allow(dead_code, reason = "only the local store answers"))]

mod agents;
mod counts;
mod history;
mod json;
mod surroundings;

use crate::error::Error;
use crate::id::{CallId, TraceId};
use crate::record::{Kind, Status, Timestamp};

pub(crate) use agents::ConversationFilter;
pub use agents::{AgentSummary, ConversationSummary, Durations, TurnSummary};
pub use counts::{OpCount, Totals};
pub(crate) use history::OpFilter;
pub use history::{OpHistory, OpVersion};
pub(crate) use json::JsonMatch;
pub use surroundings::ThreadSummary;
pub(crate) use surroundings::TraceFilter;

/// The order of the calls in an answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Sort {
    /// By start, the latest first.
    NewestFirst,
    /// By start, the earliest first.
    OldestFirst,
    /// By duration, the longest first; those without one, because they run or were interrupted, last.
    LongestFirst,
    /// By duration, the shortest first; those without one last.
    ShortestFirst,
    /// By total tokens of the call itself, the most first; those without tokens last.
    MostTokensFirst,
}

/// Which calls are asked for: those that satisfy every part that is set.
#[derive(Clone, Default, Debug)]
pub(crate) struct Filter {
    pub(crate) trace: Option<TraceId>,
    pub(crate) parent: Option<CallId>,
    pub(crate) roots: bool,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    /// Any of these; all when empty. The same holds for those below, up to the kinds.
    pub(crate) ops: Vec<String>,
    pub(crate) op_identities: Vec<String>,
    pub(crate) op_digests: Vec<String>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) inputs: Vec<JsonMatch>,
    pub(crate) attributes: Vec<JsonMatch>,
    pub(crate) thread: Option<String>,
    pub(crate) conversation: Option<String>,
    /// Any of these, and of those below.
    pub(crate) agents: Vec<String>,
    pub(crate) models: Vec<String>,
    /// Only calls that began a turn.
    pub(crate) turns: bool,
    pub(crate) of_traces: TraceFilter,
    pub(crate) sort: Option<Sort>,
    pub(crate) offset: usize,
    pub(crate) limit: Option<usize>,
    /// Why the question cannot be asked.
    pub(crate) invalid: Option<Error>,
}

impl Filter {
    /// The order asked for, else the one that reads best: what a trace, a conversation or a call did in sequence, anything else from now
    /// backwards.
    pub(crate) fn order(&self) -> Sort {
        self.sort.unwrap_or(if self.is_within() { Sort::OldestFirst } else { Sort::NewestFirst })
    }

    /// True when all calls asked for are of one trace or one conversation.
    pub(crate) fn is_within(&self) -> bool {
        self.trace.is_some() || self.parent.is_some() || self.conversation.is_some()
    }

    /// True when the JSON of a call has to be looked at.
    pub(crate) fn reads_json(&self) -> bool {
        !self.inputs.is_empty() || !self.attributes.is_empty()
    }
}
