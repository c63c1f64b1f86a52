//! What a span of an agent was given on the caller's thread: as it came, to be written in the background.

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Map, Value};

use super::{Agent, Around, Llm, SubAgent, Tool, Turn};
use crate::record::CallError;

/// All that a span was given.
#[derive(Clone, Default, Debug)]
pub(crate) struct Given {
    pub(crate) around: Arc<Around>,
    /// Members of a JSON object: what the options of an annotation say, each under the option's name.
    pub(crate) options: String,
    /// By handles, and by the types of what came back.
    pub(crate) said: Said,
    /// The names of the facts of which only what came back says something.
    pub(crate) by_output: Vec<&'static str>,
    /// Bytes that were added while the span is open.
    pub(crate) added: usize,
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

/// What every span may be given, of which calls that are no agents' have the same.
#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) attributes: Map<String, Value>,
    pub(crate) error: Option<CallError>,
    pub(crate) started_at: Option<SystemTime>,
    pub(crate) ended_at: Option<SystemTime>,
}

/// What can be said of a span.
pub(crate) trait Saying: Default {
    fn into_said(self: Box<Self>) -> Said;
    /// What was said so far of a span of this kind.
    fn from_said(said: Said) -> Box<Self>;
    fn take_common(&mut self) -> Common;
    /// Takes over what `other` says.
    fn add(&mut self, other: Self);
    /// Who works below, and with which model, where this says so.
    fn leads(&self) -> (Agent, Option<&str>);
    /// Whether this asks that what is said stays out.
    fn withholds(&self) -> bool;
}

macro_rules! saying {
    ($($type:ident $leads:expr, $withholds:expr;)*) => {
        $(impl Saying for $type {
            fn into_said(self: Box<Self>) -> Said {
                Said::$type(self)
            }

            fn from_said(said: Said) -> Box<Self> {
                match said {
                    Said::$type(said) => said,
                    _ => Box::default(),
                }
            }

            fn take_common(&mut self) -> Common {
                Common {
                    attributes: std::mem::take(&mut self.attributes),
                    error: self.error.take(),
                    started_at: self.started_at.take(),
                    ended_at: self.ended_at.take(),
                }
            }

            fn add(&mut self, other: Self) {
                self.merge(other);
            }

            fn leads(&self) -> (Agent, Option<&str>) {
                let leads: fn(&Self) -> (Agent, Option<&str>) = $leads;
                leads(self)
            }

            fn withholds(&self) -> bool {
                let withholds: fn(&Self) -> bool = $withholds;
                withholds(self)
            }
        })*
    };
}

saying! {
    Turn |turn| (turn.agent.clone(), turn.model.as_deref()), |turn| turn.include_content == Some(false);
    SubAgent |agent| (agent.agent.clone(), agent.model.as_deref()), |_| false;
    Llm |_| (Agent::default(), None), |_| false;
    Tool |_| (Agent::default(), None), |_| false;
}

impl Said {
    /// Changes what was said, of a span of the kind that `S` is for.
    pub(crate) fn change<S: Saying>(&mut self, change: impl FnOnce(&mut S)) {
        let mut said = S::from_said(std::mem::take(self));
        change(&mut said);
        *self = said.into_said();
    }
}

impl Given {
    /// Whether so many bytes more may be added: until there are `most`. Counted as it is added, not as it is kept: nobody
    /// should wait for all of it to be weighed.
    pub(crate) fn has_room(&mut self, more: usize, most: usize) -> bool {
        let has_room = self.added < most;
        if has_room {
            self.added = self.added.saturating_add(more);
        }
        has_room
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genai::Message;

    fn weight(said: impl Saying) -> usize {
        Given { said: Box::new(said).into_said(), ..Given::default() }.weight()
    }

    #[test]
    fn a_span_weighs_what_it_keeps_whatever_it_keeps_it_as() {
        let long = || "x".repeat(1 << 20);
        let agent = || Agent::new(long()).id(long()).description(long()).version(long());
        let message = || Message::new(long()).named(long()).finish_reason(long()).tool_call(long(), long(), long());
        let turn = Turn::new().agent(agent()).conversation(long()).conversation_name(long()).model(long());
        assert!(weight(turn.system(long()).message(message()).output_message(message())) >= 20 << 20);
        let sub_agent =
            SubAgent::new(agent()).model(long()).system(long()).message(message()).output_message(message());
        assert!(weight(sub_agent) >= 18 << 20);
        let llm = Llm::new(long()).provider(long()).response_id(long()).response_model(long()).output_type(long());
        let llm = llm.finish_reason(long()).stop_sequences([long()]).think(long()).message(message());
        assert!(weight(llm) >= 14 << 20);
        let tool = Tool::new(long()).call_id(long()).tool_type(long()).description(long()).result(long());
        assert!(weight(tool.definitions(long())) >= 6 << 20);
    }
}
