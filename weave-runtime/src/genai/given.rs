//! What a span of an agent was given on the caller's thread: as it came, to be written in the background.

use std::sync::Arc;

use super::{Around, Llm, SubAgent, Tool, Turn};

/// All that a span was given.
#[derive(Clone, Default, Debug)]
pub(crate) struct Given {
    pub(crate) around: Arc<Around>,
    /// Members of a JSON object: what the options of an annotation say, each under the option's name.
    pub(crate) options: String,
    /// By handles, and by the types of what came back.
    pub(crate) said: Said,
}

/// What was said by values of our types.
#[derive(Clone, Default, Debug)]
pub(crate) enum Said {
    #[default]
    Nothing,
    Turn(Box<Turn>),
    Llm(Box<Llm>),
    Tool(Box<Tool>),
    SubAgent(Box<SubAgent>),
}

impl Given {
    /// Bytes that this keeps in memory, near enough.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>()
            + self.options.capacity()
            + match &self.said {
                Said::Nothing => 0,
                Said::Turn(turn) => turn.weight(),
                Said::Llm(llm) => llm.weight(),
                Said::Tool(tool) => tool.weight(),
                Said::SubAgent(agent) => agent.weight(),
            }
    }
}
