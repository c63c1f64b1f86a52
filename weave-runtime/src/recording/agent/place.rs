//! Where code is in the work of agents.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::live_conversation::LiveConversation;
use crate::genai::{Agent, Around, Given, Invoker, is_blank};
use crate::id::CallId;
use crate::record::{Extra, Kind};
use crate::recording::call::LiveCall;
use crate::recording::context::{Ambient, Spot};

/// What is around in the work of agents. It goes wherever the current call goes.
pub(crate) struct Place {
    /// Whose turns begin here.
    pub(super) conversation: Option<Arc<LiveConversation>>,
    /// The turns that this is inside of, the innermost last. Whoever keeps one open also keeps it here.
    turns: Vec<Weak<LiveCall>>,
    llm: Option<Weak<LiveCall>>,
    /// The tool that this is directly inside of, as far as agents go.
    tool: Option<CallId>,
    /// Inside of the call of a model or of a tool: where other calls of models start.
    pub(super) aside: Option<Spot>,
    /// What a span that starts here is in. What the span of here is told later counts for those that start after that.
    around: Mutex<Arc<Around>>,
}

impl Place {
    /// Inside of a conversation, where no agent is at work yet.
    pub(super) fn in_conversation(conversation: Arc<LiveConversation>) -> Self {
        let around = Mutex::new(Arc::new(conversation.around()));
        Self { conversation: Some(conversation), turns: Vec::new(), llm: None, tool: None, aside: None, around }
    }

    /// The same place, where the turns of another conversation begin.
    pub(super) fn with_conversation(&self, conversation: Arc<LiveConversation>) -> Self {
        Self {
            conversation: Some(conversation),
            turns: self.turns.clone(),
            llm: self.llm.clone(),
            tool: self.tool,
            aside: self.aside.clone(),
            around: Mutex::new(self.around()),
        }
    }

    /// Inside of a span that starts in `ambient`.
    pub(super) fn inside(call: &Arc<LiveCall>, outer: Option<&Self>, spot: Spot, around: Arc<Around>) -> Self {
        let kind = call.op.kind;
        let (this, is_open) = (Arc::downgrade(call), |turn: &&Weak<LiveCall>| upgraded(turn).is_some());
        let mut turns: Vec<_> =
            outer.into_iter().flat_map(|outer| outer.turns.iter().filter(is_open).cloned()).collect();
        if kind == Kind::Turn {
            turns.push(Weak::clone(&this));
        }
        let outer_aside = outer.and_then(|outer| outer.aside_of(&spot)).cloned();
        Self {
            conversation: outer.and_then(|outer| outer.conversation.clone()),
            turns,
            llm: match kind {
                Kind::Llm => Some(this),
                Kind::Tool => outer.and_then(|outer| outer.llm.clone()),
                _ => None,
            },
            tool: (kind == Kind::Tool).then(|| call.id()),
            aside: matches!(kind, Kind::Llm | Kind::Tool).then(|| outer_aside.unwrap_or(spot)),
            around: Mutex::new(around),
        }
    }

    /// The same place, in this conversation or in none.
    pub(super) fn of_conversation(self, conversation: Option<Arc<LiveConversation>>) -> Self {
        Self { conversation, ..self }
    }

    /// Where the call of a model goes that starts at `spot`, if that is inside of another's or of a tool, and something is
    /// around these.
    pub(super) fn aside_of(&self, spot: &Spot) -> Option<&Spot> {
        let aside = self.aside.as_ref().filter(|aside| aside.ancestry.has_call())?;
        spot.ancestry.nearest.is_agent().then_some(aside)
    }

    /// The innermost turn, while it is open.
    pub(super) fn turn(&self) -> Option<Arc<LiveCall>> {
        upgraded(self.turns.last()?)
    }

    /// The call of a model that this is inside of, while it is open.
    pub(super) fn llm(&self) -> Option<Arc<LiveCall>> {
        upgraded(self.llm.as_ref()?)
    }

    /// The tool that code in `ambient` is directly inside of, no op being between: agents work as tools of others.
    pub(super) fn tool_around(&self, ambient: &Ambient) -> Option<Invoker> {
        let (trace_id, id) = ambient.nearest_call()?;
        (self.tool == Some(id)).then_some(Invoker { trace_id, id })
    }

    /// Whether this is inside of that turn.
    pub(super) fn is_inside(&self, turn: &Arc<LiveCall>) -> bool {
        self.turns.iter().any(|around| std::ptr::eq(around.as_ptr(), Arc::as_ptr(turn)))
    }

    /// What a span that starts here is in.
    pub(super) fn around(&self) -> Arc<Around> {
        Arc::clone(&self.around.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// As [`around`](Self::around), of a span in `ambient`: an op above it is nearer than what the turn was started in.
    pub(super) fn around_in(&self, ambient: &Ambient) -> Arc<Around> {
        let around = self.around();
        if around.invoker.is_none() || ambient.nearest_op().is_none() {
            return around;
        }
        Arc::new(Around { invoker: None, invoking_op: None, ..Around::clone(&around) })
    }

    /// The agent of here is told who it is, which model is asked, or that what is said stays out.
    pub(super) fn tell(&self, agent: &Agent, model: Option<&str>, withholds: bool) {
        if *agent == Agent::default() && model.is_none() && !withholds {
            return;
        }
        let mut around = self.around.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told = led_by(&around, agent, model);
        told.without_content |= withholds;
        *around = Arc::new(told);
    }

    /// Has what is said in a call stay out of its record, where that is asked for.
    pub(in crate::recording) fn veil(&self, mut extra: Option<Box<Extra>>) -> Option<Box<Extra>> {
        let around = self.around();
        if around.without_content {
            extra.get_or_insert_default().agent = Some(Box::new(Given { around, ..Given::default() }));
        }
        extra
    }
}

/// What is below an agent that is in `around`.
pub(super) fn led_by(around: &Around, agent: &Agent, model: Option<&str>) -> Around {
    let mut below = around.clone();
    if let Some(model) = model.filter(|model| !is_blank(model)) {
        below.model = Some(model.into());
    }
    if *agent != Agent::default() {
        let led = agent.clone();
        below.agent = Some(Arc::new(match &around.agent {
            Some(known) => led.or(known),
            None => led,
        }));
    }
    below
}

fn upgraded(call: &Weak<LiveCall>) -> Option<Arc<LiveCall>> {
    call.upgrade().filter(|call| call.is_open())
}
