//! What the span of an agent has from what it is in.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Agent, Conversation};
use crate::id::{CallId, TraceId};

/// What a span of an agent takes over from its conversation, from the turn and from what that was started in.
#[derive(Clone, Default, Debug)]
pub(crate) struct Around {
    /// With its id.
    pub(crate) conversation: Option<Arc<Conversation>>,
    /// That of the turn, for what names none.
    pub(crate) model: Option<Arc<str>>,
    /// Who works here: the nearest turn's or sub-agent's.
    pub(crate) agent: Option<Arc<Agent>>,
    /// The call outside of the trace that the turn was started in: an op or a tool.
    pub(crate) invoker: Option<Invoker>,
    /// The nearest op there, which Weave tells spans of agents apart from.
    pub(crate) invoking_op: Option<Invoker>,
    /// Whether what is said is not recorded.
    pub(crate) without_content: bool,
}

/// A call of another trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Invoker {
    pub(crate) trace_id: TraceId,
    pub(crate) id: CallId,
}
