//! A turn laid flat: its spans in the order in which they began, each with the place of the one above.

use crate::genai::{Said, Step, Turn};
use crate::record::{Kind, Timestamp};

/// A span that is to be recorded.
pub(super) struct Node {
    /// The place of the span above; none of the turn itself.
    pub(super) above: Option<usize>,
    pub(super) kind: Kind,
    pub(super) said: Said,
    pub(super) has_error: bool,
    pub(super) started: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
}

/// The spans of a turn: first itself, each step before those inside of it. Without recursion, however deep agents are nested.
pub(super) fn outline(turn: Turn) -> Vec<Node> {
    let (root, steps) = of_turn(turn);
    let mut nodes = vec![root];
    let mut open = vec![(0, steps.into_iter())];
    while let Some((above, steps)) = open.last_mut() {
        let Some(step) = steps.next() else {
            open.pop();
            continue;
        };
        let (node, inside) = of_step(*above, step);
        nodes.push(node);
        if !inside.is_empty() {
            open.push((nodes.len() - 1, inside.into_iter()));
        }
    }
    nodes
}

/// The span of one of the types that have these fields, with its steps taken out.
macro_rules! node {
    ($span:expr, $above:expr, $kind:ident) => {
        Node {
            above: $above,
            kind: Kind::$kind,
            has_error: $span.error.is_some(),
            started: $span.started_at.map(Timestamp::from_system_time),
            ended: $span.ended_at.map(Timestamp::from_system_time),
            said: Said::$kind($span),
        }
    };
}

fn of_turn(mut turn: Turn) -> (Node, Vec<Step>) {
    let steps = std::mem::take(&mut turn.steps);
    let turn = Box::new(turn);
    (node!(turn, None, Turn), steps)
}

fn of_step(above: usize, step: Step) -> (Node, Vec<Step>) {
    match step {
        Step::Llm(llm) => (node!(llm, Some(above), Llm), Vec::new()),
        Step::Tool(tool) => (node!(tool, Some(above), Tool), Vec::new()),
        Step::SubAgent(mut agent) => {
            let steps = std::mem::take(&mut agent.steps);
            (node!(agent, Some(above), SubAgent), steps)
        }
    }
}
