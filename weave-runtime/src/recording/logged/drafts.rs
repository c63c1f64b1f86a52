//! From a finished turn to the drafts of its spans, such as those of a live one are.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use serde_json::{Map, Value};

use super::outline::{Node, outline};
use super::times::{Interval, intervals};
use crate::genai::{Agent, Around, Conversation, Given, Said, Turn};
use crate::id::{CallId, MaybeCallId, TraceId};
use crate::record::{Draft, Extra, Kind, OpRef, Status, Timestamp};
use crate::recording::local;

/// The inputs of what has none.
const NO_INPUTS: &str = "{}";

/// What the turns of an import have in common.
pub(super) struct Common {
    /// What turns are in that say nothing else.
    around: Around,
    /// Attributes of the scopes around.
    scope_attributes: Option<Arc<Map<String, Value>>>,
}

/// The spans of a turn, to be recorded.
pub(super) struct Logged {
    pub(super) trace_id: TraceId,
    pub(super) root: CallId,
    /// Each before the one that it is in, which sums it up.
    pub(super) drafts: Vec<Draft>,
}

impl Common {
    /// Of this conversation, which has its id.
    pub(super) fn new(conversation: Conversation, scope_attributes: Option<Arc<Map<String, Value>>>) -> Self {
        let around = Around {
            model: conversation.model.as_deref().map(Arc::from),
            agent: Some(Arc::new(conversation.agent.clone())),
            without_content: !conversation.include_content,
            conversation: Some(Arc::new(conversation)),
            invoker: None,
        };
        Self { around, scope_attributes }
    }

    /// Makes the spans of a turn.
    pub(super) fn logged(&self, turn: Turn) -> Logged {
        let trace_id = TraceId::from_int(local::fresh_trace_id());
        let around = Arc::new(self.around(&turn));
        let nodes = outline(turn);
        let intervals = intervals(&nodes, Timestamp::from_system_time(SystemTime::now()));
        let spans = spans(&nodes, &around);
        let root = spans.first().map_or(CallId::from_int(0), |span| span.id);
        let mut drafts = Vec::with_capacity(nodes.len());
        // Those that what comes next may be inside of.
        let mut open: Vec<(usize, Draft)> = Vec::new();
        for (at, ((node, times), span)) in nodes.into_iter().zip(intervals).zip(spans).enumerate() {
            while let Some((_, done)) = open.pop_if(|(above, _)| Some(*above) != node.above) {
                drafts.push(done);
            }
            open.push((at, self.draft(trace_id, node, times, span)));
        }
        drafts.extend(open.into_iter().rev().map(|(_, done)| done));
        Logged { trace_id, root, drafts }
    }

    /// What the turn is in. What it says itself is stronger than what its conversation says.
    fn around(&self, turn: &Turn) -> Around {
        let mut around = self.around.clone();
        if let Some(include) = turn.include_content {
            around.without_content = !include;
        }
        if let Some(conversation) = &mut around.conversation {
            let is_other = |own: &Option<String>, common| own.is_some() && own != common;
            if is_other(&turn.conversation_id, &conversation.id)
                || is_other(&turn.conversation_name, &conversation.name)
            {
                let own = Arc::make_mut(conversation);
                own.id = turn.conversation_id.clone().or(own.id.take());
                own.name = turn.conversation_name.clone().or(own.name.take());
            }
        }
        around
    }

    fn draft(&self, trace_id: TraceId, node: Node, times: Interval, span: Span) -> Draft {
        let now = Instant::now();
        let op = OpRef::named(node.kind, op_name(&node, &span.around));
        let conversation = span.around.conversation.as_ref();
        let span_attributes = conversation.map(|conversation| conversation.attributes.clone()).unwrap_or_default();
        let extra = Extra {
            scope_attributes: self.scope_attributes.clone(),
            span_attributes,
            started_at: Some(times.start),
            ended_at: Some(times.end),
            agent: Some(Box::new(Given { around: span.around, options: String::new(), said: node.said })),
            ..Extra::default()
        };
        Draft {
            id: span.id,
            trace_id,
            parent_id: span.above,
            op_parent_id: MaybeCallId::NONE,
            agent_parent_id: span.above,
            op,
            status: if node.has_error { Status::Error } else { Status::Success },
            partial: false,
            agent_is_nearer: node.above.is_some(),
            started: now,
            ended: Some(now),
            text: NO_INPUTS.to_owned(),
            copied: 0,
            inputs: NO_INPUTS.len(),
            extra: Some(Box::new(extra)),
        }
    }
}

/// Where a span is.
struct Span {
    id: CallId,
    above: MaybeCallId,
    around: Arc<Around>,
}

fn spans(nodes: &[Node], around: &Arc<Around>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::with_capacity(nodes.len());
    // What each leaves to those inside of it, made for the first of them.
    let mut left: Vec<Option<Arc<Around>>> = vec![None; nodes.len()];
    for node in nodes {
        let (above, around) = match node.above {
            None => (MaybeCallId::NONE, Arc::clone(around)),
            Some(above) => {
                let outer = &spans[above];
                let around = left[above].get_or_insert_with(|| Arc::new(inside(&nodes[above].said, &outer.around)));
                (MaybeCallId::some(outer.id), Arc::clone(around))
            }
        };
        spans.push(Span { id: CallId::from_int(local::fresh_id()), above, around });
    }
    spans
}

/// What is around the steps of a turn or of a sub-agent.
fn inside(said: &Said, outer: &Around) -> Around {
    let (agent, model) = match said {
        Said::Turn(turn) => (turn.agent.clone().or(outer.agent.as_deref().unwrap_or(&Agent::default())), &turn.model),
        Said::SubAgent(sub_agent) => (sub_agent.agent.clone(), &sub_agent.model),
        Said::Nothing | Said::Llm(_) | Said::Tool(_) => return outer.clone(),
    };
    let model = model.as_deref().map(Arc::from).or_else(|| outer.model.clone());
    Around { agent: Some(Arc::new(agent)), model, ..outer.clone() }
}

/// As a span is called that is started by a handle.
fn op_name(node: &Node, around: &Around) -> String {
    let name = match &node.said {
        Said::Turn(turn) => turn.agent.name.as_deref().or_else(|| around.agent.as_ref()?.name.as_deref()),
        Said::SubAgent(agent) => agent.agent.name.as_deref(),
        Said::Tool(tool) => Some(tool.name.as_str()),
        Said::Llm(_) | Said::Nothing => None,
    };
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let fallback = match node.kind {
        Kind::Llm => "chat",
        kind => kind.as_str(),
    };
    name.unwrap_or(fallback).to_owned()
}
