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
