//! From a finished turn to the drafts of its spans, such as those of a live one are.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use serde_json::{Map, Value};

use super::outline::{Node, outline};
use super::times::{Interval, intervals};
use crate::genai::{Around, Conversation, Given, Said, Saying, Turn};
use crate::id::{CallId, MaybeCallId, TraceId};
use crate::record::{Draft, Extra, OpRef, Status, Timestamp};
use crate::recording::agent::{LLM, below, name_or, put_common};
use crate::recording::local;

/// The inputs of what has none.
const NO_INPUTS: &str = "{}";

/// What the turns of an import share.
pub(super) struct Shared {
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

impl Shared {
    /// Of this conversation, which has its id.
    pub(super) fn new(conversation: Conversation, scope_attributes: Option<Arc<Map<String, Value>>>) -> Self {
        let around = Around {
            model: conversation.model.as_deref().map(Arc::from),
            agent: Some(Arc::new(conversation.agent.clone())),
            without_content: !conversation.include_content,
            conversation: Some(Arc::new(conversation)),
            invoker: None,
            invoking_op: None,
        };
        Self { around, scope_attributes }
    }

    /// Makes the spans of a turn.
    pub(super) fn logged(&self, mut turn: Turn) -> Logged {
        let trace_id = TraceId::from_int(local::fresh_trace_id());
        let around = Arc::new(self.around(&mut turn));
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
    fn around(&self, turn: &mut Turn) -> Around {
        let mut around = self.around.clone();
        around.without_content |= turn.withholds();
        let (id, name) = (turn.conversation_id.take().filter(|id| !id.is_empty()), &turn.conversation_name);
        if let Some(conversation) = &mut around.conversation {
            let is_other = |own: &Option<String>, common| own.is_some() && own != common;
            if is_other(&id, &conversation.id) || is_other(name, &conversation.name) {
                let own = Arc::make_mut(conversation);
                own.id = id.or(own.id.take());
                own.name = name.clone().or(own.name.take());
            }
        }
        around
    }

    fn draft(&self, trace_id: TraceId, node: Node, times: Interval, span: Span) -> Draft {
        let now = Instant::now();
        let op = OpRef::named(node.kind, name(&node, &span.around));
        let status = if node.common.error.is_some() { Status::Error } else { Status::Success };
        let given = Given { around: span.around, said: node.said, ..Given::default() };
        let mut extra =
            Extra { scope_attributes: self.scope_attributes.clone(), agent: Some(Box::new(given)), ..Extra::default() };
        put_common(&mut extra, node.common);
        (extra.started_at, extra.ended_at) = (Some(times.start), Some(times.end));
        Draft {
            id: span.id,
            trace_id,
            parent_id: span.above,
            op_parent_id: MaybeCallId::NONE,
            agent_parent_id: span.above,
            op,
            status,
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
                let around = left[above].get_or_insert_with(|| inside(&nodes[above], &outer.around));
                (MaybeCallId::some(outer.id), Arc::clone(around))
            }
        };
        spans.push(Span { id: CallId::from_int(local::fresh_id()), above, around });
    }
    spans
}

/// What is around the steps of a turn or of a sub-agent.
fn inside(node: &Node, outer: &Arc<Around>) -> Arc<Around> {
    let (agent, model) = match &node.said {
        Said::Turn(turn) => turn.leads(),
        Said::SubAgent(agent) => agent.leads(),
        Said::Llm(_) | Said::Tool(_) | Said::Nothing => return Arc::clone(outer),
    };
    below(node.kind, Arc::clone(outer), &agent, model)
}

/// As a span is called that is started by a handle.
fn name<'a>(node: &'a Node, around: &'a Around) -> &'a str {
    let kind = node.kind.as_str();
    match &node.said {
        Said::Turn(turn) => {
            let at_hand = around.agent.as_ref().and_then(|agent| agent.name.as_deref());
            name_or(turn.agent.name.as_deref(), name_or(at_hand, kind))
        }
        Said::SubAgent(agent) => name_or(agent.agent.name.as_deref(), kind),
        Said::Tool(tool) => name_or(Some(&tool.name), kind),
        Said::Llm(_) | Said::Nothing => LLM,
    }
}
