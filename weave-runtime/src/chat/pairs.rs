//! Which execution of a tool answers which question for one.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::genai::{Llm, Message, Part, Tool, ToolCall};
use crate::id::CallId;
use crate::record::CallRecord;

/// What is known of the tools of one agent.
#[derive(Default)]
pub(super) struct Pairs {
    /// The calls of models, decoded once.
    llms: HashMap<CallId, Llm>,
    tools: HashMap<CallId, Tool>,
    /// By the call that executed it, what a model asked for.
    asked: HashMap<CallId, ToolCall>,
    /// Questions that were executed, by the call of the model and their number in its answer.
    executed: HashSet<(CallId, usize)>,
    /// What models were told of results, by the id of the call.
    told: HashMap<String, Value>,
}

impl Pairs {
    /// Pairs among the calls of one agent, in their order.
    pub(super) fn of(calls: &[&CallRecord]) -> Self {
        let mut pairs = Self::default();
        for call in calls {
            if let Some(llm) = call.llm() {
                pairs.hear(&llm.input_messages);
                pairs.llms.insert(call.id(), llm);
            } else if let Some(tool) = call.tool() {
                pairs.tools.insert(call.id(), tool);
            }
        }
        for (at, call) in calls.iter().enumerate() {
            let asked = pairs.llms.get(&call.id()).map(tool_calls).unwrap_or_default();
            for (number, asked) in asked.into_iter().enumerate() {
                if let Some(tool) = pairs.execution(&asked, calls, at) {
                    pairs.asked.insert(tool, asked);
                    pairs.executed.insert((call.id(), number));
                }
            }
        }
        pairs
    }

    /// Of those that no other question found: the one with the id; else the next one without an id that has the name.
    fn execution(&self, asked: &ToolCall, calls: &[&CallRecord], asked_at: usize) -> Option<CallId> {
        let free = |call: &&&CallRecord| !self.asked.contains_key(&call.id());
        let tool = |call: &CallRecord| self.tools.get(&call.id());
        let has_id = |call: &&&CallRecord| tool(call).is_some_and(|tool| tool.call_id == asked.id);
        let by_id = asked.id.as_ref().and_then(|_| calls.iter().filter(free).find(has_id));
        let has_name =
            |call: &&&CallRecord| tool(call).is_some_and(|tool| tool.call_id.is_none() && tool.name == asked.name);
        by_id.or_else(|| calls.iter().skip(asked_at).filter(free).find(has_name)).map(|call| call.id())
    }

    fn hear(&mut self, messages: &[Message]) {
        for part in messages.iter().flat_map(|message| &message.parts) {
            if let Part::ToolResponse(answer) = part
                && let Some(id) = &answer.id
            {
                self.told.entry(id.clone()).or_insert_with(|| answer.response.clone());
            }
        }
    }

    pub(super) fn llm(&self, id: CallId) -> Option<&Llm> {
        self.llms.get(&id)
    }

    pub(super) fn tool(&self, id: CallId) -> Option<&Tool> {
        self.tools.get(&id)
    }

    /// What a model asked for that this call executed.
    pub(super) fn asked(&self, execution: CallId) -> Option<&ToolCall> {
        self.asked.get(&execution)
    }

    /// What a call of a model asked for of which no execution was recorded, with what came of it.
    pub(super) fn unexecuted(&self, llm: CallId) -> Vec<(ToolCall, Option<Value>)> {
        let asked = self.llms.get(&llm).map(tool_calls).unwrap_or_default();
        let open = asked.into_iter().enumerate().filter(|(number, _)| !self.executed.contains(&(llm, *number)));
        let told = |call: &ToolCall| self.told.get(call.id.as_ref()?).cloned();
        open.map(|(_, call)| (told(&call), call)).map(|(told, call)| (call, told)).collect()
    }
}

fn tool_calls(llm: &Llm) -> Vec<ToolCall> {
    llm.output_messages.iter().flat_map(Message::tool_calls).cloned().collect()
}
