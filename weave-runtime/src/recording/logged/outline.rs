//! A turn laid flat: its spans in the order in which they began, each with the place of the one above.

use crate::genai::{Common, Said, Saying, Step, Turn};
use crate::record::{Kind, Timestamp};

/// A span that is to be recorded.
pub(super) struct Node {
    /// The place of the span above; none of the turn itself.
    pub(super) above: Option<usize>,
    pub(super) kind: Kind,
    pub(super) common: Common,
    pub(super) said: Said,
}

impl Node {
    fn new<S: Saying>(above: Option<usize>, kind: Kind, mut said: Box<S>) -> Self {
        Self { above, kind, common: said.take_common(), said: said.into_said() }
    }

    pub(super) fn started(&self) -> Option<Timestamp> {
        self.common.started_at.map(Timestamp::from_system_time)
    }

    pub(super) fn ended(&self) -> Option<Timestamp> {
        self.common.ended_at.map(Timestamp::from_system_time)
    }
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

fn of_turn(mut turn: Turn) -> (Node, Vec<Step>) {
    let steps = std::mem::take(&mut turn.steps);
    (Node::new(None, Kind::Turn, Box::new(turn)), steps)
}

fn of_step(above: usize, step: Step) -> (Node, Vec<Step>) {
    let above = Some(above);
    match step {
        Step::Llm(llm) => (Node::new(above, Kind::Llm, llm), Vec::new()),
        Step::Tool(tool) => (Node::new(above, Kind::Tool, tool), Vec::new()),
        Step::SubAgent(mut agent) => {
            let steps = std::mem::take(&mut agent.steps);
            (Node::new(above, Kind::SubAgent, agent), steps)
        }
    }
}
