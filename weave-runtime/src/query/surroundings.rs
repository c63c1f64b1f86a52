//! Questions about what calls are part of: threads of conversation, traces.

use std::time::SystemTime;

use super::JsonMatch;
use crate::record::TraceUpdate;

/// A thread of conversation: a row of [`Client::threads`](crate::Client::threads).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ThreadSummary {
    /// Its id, as [`Scope::thread`](crate::Scope::thread) was given it.
    pub id: String,
    /// How many turns it has.
    pub turns: u64,
    /// How many calls it has, those of the turns included.
    pub calls: u64,
    /// When its first call began.
    pub first: SystemTime,
    /// When its last call ended, or began if none has ended since.
    pub last: SystemTime,
}

/// Which traces are asked for, by what their calls said of them. Every part has to be satisfied.
#[derive(Clone, Default, Debug)]
pub(crate) struct TraceFilter {
    pub(crate) name: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) metadata: Vec<JsonMatch>,
}

impl TraceFilter {
    /// True when all traces are asked for, also those of which nothing was said.
    pub(crate) fn is_empty(&self) -> bool {
        self.name.is_none() && self.tags.is_empty() && self.metadata.is_empty()
    }

    /// Whether a trace of which this was said is one of those asked for.
    pub(crate) fn accepts(&self, trace: &TraceUpdate) -> bool {
        self.name.as_ref().is_none_or(|name| trace.name.as_ref() == Some(name))
            && self.tags.iter().all(|tag| trace.tags.contains(tag))
            && self.metadata.iter().all(|wanted| wanted.holds_in_object(&trace.metadata))
    }
}
