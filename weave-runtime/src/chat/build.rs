//! From calls to what was said and done.

use std::collections::BTreeMap;

use super::pairs::Pairs;
use super::{Chat, ChatAgent, ChatError, ChatItem, ChatMessage, ChatTurn, ToolUse, agents};
use crate::amount;
use crate::genai::{Agent, Message, Part, Role};
use crate::id::TraceId;
use crate::record::{CallRecord, Kind, Usage};
use crate::tree::CallTree;

/// Agents in agents beyond this are left out.
const MOST_LEVELS: usize = 200;

pub(super) fn build(calls: impl IntoIterator<Item = CallRecord>) -> Chat {
    let mut traces: BTreeMap<TraceId, Vec<CallRecord>> = BTreeMap::new();
    for call in calls {
        traces.entry(call.trace_id()).or_default().push(call);
    }
    let mut turns: Vec<ChatTurn> = traces.into_values().flat_map(turns).collect();
    turns.sort_by_key(|turn| turn.started_at);
    Chat { turns }
}

/// The turns in one trace. What is in none of them, beside one, is left out.
fn turns(calls: Vec<CallRecord>) -> Vec<ChatTurn> {
    let tree = CallTree::new(calls);
    let roots = agents::roots(&tree);
    let found: Vec<_> =
        roots.iter().filter(|call| agents::is_agent(call)).map(|call| turn(&tree, call, &[*call])).collect();
    match roots.first() {
        Some(first) if found.is_empty() => vec![turn(&tree, first, &roots)],
        _ => found,
    }
}

/// A turn: one call that is it, or calls of models and tools that belong to none.
fn turn(tree: &CallTree, top: &CallRecord, tops: &[&CallRecord]) -> ChatTurn {
    let mut scene = Scene { tree, usage: Usage::default() };
    let items = if agents::is_agent(top) { scene.agent(top, 0) } else { scene.of_nobody(tops) };
    ChatTurn {
        trace_id: top.trace_id(),
        id: top.id(),
        conversation_id: top.conversation_id().map(str::to_owned),
        agent: top.agent().cloned().unwrap_or_default(),
        status: top.status(),
        started_at: top.started_at(),
        duration: top.duration(),
        usage: scene.usage,
        items,
    }
}

struct Scene<'a> {
    tree: &'a CallTree,
    usage: Usage,
}

/// The agent whose calls are told of.
struct Cast<'a> {
    name: Option<&'a str>,
    pairs: Pairs,
    level: usize,
}

impl<'a> Scene<'a> {
    /// What an agent was told, did and answered.
    fn agent(&mut self, call: &'a CallRecord, level: usize) -> Vec<ChatItem> {
        let below = agents::below(self.tree, call);
        let cast = self.cast(call.agent(), &agents::own(self.tree, &below), level);
        let (told, answered) = said(call);
        let mut items = Vec::new();
        let asked = last_of_user(&told).cloned().or_else(|| self.asked_below(&below, &cast));
        items.extend(asked.map(|message| message_item(call, None, message)));
        items.extend(self.items(&below, &cast));
        for message in answered.into_iter().filter(|message| !is_said(&items, message)).collect::<Vec<_>>() {
            items.extend(spoken(call, cast.name, &message));
        }
        self.count(call);
        items.extend(error_item(call, &items));
        items
    }

    /// Calls of models and tools that are in no turn.
    fn of_nobody(&mut self, tops: &[&'a CallRecord]) -> Vec<ChatItem> {
        let cast = self.cast(tops.first().and_then(|call| call.agent()), &agents::own(self.tree, tops), 0);
        let asked = self.asked_below(tops, &cast).zip(tops.first());
        let mut items: Vec<ChatItem> =
            asked.map(|(message, call)| message_item(call, None, message)).into_iter().collect();
        items.extend(self.items(tops, &cast));
        items
    }

    fn cast(&self, agent: Option<&'a Agent>, calls: &[&CallRecord], level: usize) -> Cast<'a> {
        Cast { name: agent.and_then(|agent| agent.name.as_deref()), pairs: Pairs::of(calls), level }
    }

    /// What the first model that was told something by a user was told last.
    fn asked_below(&self, tops: &[&CallRecord], cast: &Cast<'_>) -> Option<Message> {
        let calls = agents::own(self.tree, tops);
        let mut llms = calls.into_iter().filter_map(|call| cast.pairs.llm(call.id()));
        llms.find_map(|llm| last_of_user(&llm.input_messages).cloned())
    }

    fn items(&mut self, calls: &[&'a CallRecord], cast: &Cast<'_>) -> Vec<ChatItem> {
        let mut items = Vec::new();
        for call in calls {
            match call.kind() {
                Kind::Llm => items.extend(self.llm(call, cast)),
                Kind::Tool => items.push(ChatItem::Tool(self.tool(call, cast))),
                _ if cast.level < MOST_LEVELS => items.push(ChatItem::SubAgent(self.sub_agent(call, cast.level + 1))),
                _ => {}
            }
        }
        items
    }

    /// What a model said and asked for. What it does meanwhile comes after that if it asked for it.
    fn llm(&mut self, call: &'a CallRecord, cast: &Cast<'_>) -> Vec<ChatItem> {
        self.count(call);
        let inside = self.items(&agents::below(self.tree, call), cast);
        let mut own = Vec::new();
        let answers = cast.pairs.llm(call.id()).map(|llm| llm.output_messages.clone()).unwrap_or_default();
        let asks = answers.iter().any(|answer| answer.tool_calls().next().is_some());
        for answer in answers.iter().filter(|answer| !is_said(&inside, answer)) {
            own.extend(spoken(call, cast.name, answer));
        }
        own.extend(cast.pairs.unexecuted(call.id()).into_iter().map(|(asked, result)| {
            ChatItem::Tool(ToolUse {
                id: None,
                call_id: asked.id,
                name: asked.name,
                arguments: given(asked.arguments),
                result,
                error: None,
                duration: None,
                items: Vec::new(),
            })
        }));
        let mut items = if asks { [own, inside].concat() } else { [inside, own].concat() };
        items.extend(error_item(call, &items));
        items
    }

    fn tool(&mut self, call: &'a CallRecord, cast: &Cast<'_>) -> ToolUse {
        self.count(call);
        let items = self.items(&agents::below(self.tree, call), cast);
        let tool = cast.pairs.tool(call.id()).cloned().unwrap_or_default();
        let asked = cast.pairs.asked(call.id());
        ToolUse {
            id: Some(call.id()),
            call_id: tool.call_id.or_else(|| asked?.id.clone()),
            name: tool.name,
            arguments: tool.arguments.or_else(|| given(asked?.arguments.clone())),
            result: tool.result.filter(|result| !result.is_null()),
            error: tool.error,
            duration: call.duration(),
            items,
        }
    }

    fn sub_agent(&mut self, call: &'a CallRecord, level: usize) -> ChatAgent {
        ChatAgent {
            id: call.id(),
            agent: call.agent().cloned().unwrap_or_else(|| Agent::new(call.op_name())),
            status: call.status(),
            duration: call.duration(),
            items: self.agent(call, level),
        }
    }

    fn count(&mut self, call: &CallRecord) {
        amount::add(&mut self.usage, call.usage().unwrap_or_default());
    }
}

fn said(call: &CallRecord) -> (Vec<Message>, Vec<Message>) {
    let turn = call.turn().map(|turn| (turn.messages, turn.output_messages));
    turn.or_else(|| call.sub_agent().map(|agent| (agent.messages, agent.output_messages))).unwrap_or_default()
}

fn last_of_user(messages: &[Message]) -> Option<&Message> {
    messages.iter().rev().find(|message| message.role == Role::User && !message.parts.is_empty())
}

fn given(arguments: serde_json::Value) -> Option<serde_json::Value> {
    Some(arguments).filter(|arguments| !arguments.is_null())
}

fn message_item(call: &CallRecord, agent: Option<&str>, message: Message) -> ChatItem {
    ChatItem::Message(ChatMessage { id: call.id(), agent: agent.map(str::to_owned), message })
}

/// What is said in an answer beside the tools that it asks for; `None` when that is nothing.
fn spoken(call: &CallRecord, agent: Option<&str>, answer: &Message) -> Option<ChatItem> {
    let mut message = answer.clone();
    message.parts.retain(|part| !matches!(part, Part::ToolCall(_)));
    (!message.parts.is_empty()).then(|| message_item(call, agent.or(Some("assistant")), message))
}

/// Whether the same was said already. An answer without text says nothing of its own.
fn is_said(items: &[ChatItem], answer: &Message) -> bool {
    let text = |message: &Message| message.text().split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = text(answer);
    let is_same = |item: &ChatItem| match item {
        ChatItem::Message(known) => known.agent.is_some() && text(&known.message) == wanted,
        _ => false,
    };
    !wanted.is_empty() && items.iter().any(is_same)
}

/// What a call failed with, unless that was just said by what is inside of it.
fn error_item(call: &CallRecord, inside: &[ChatItem]) -> Option<ChatItem> {
    let error = call.error()?.clone();
    let known = match inside.last() {
        Some(ChatItem::Error(last)) => Some(&last.error.message),
        Some(ChatItem::Tool(tool)) => tool.error.as_ref().map(|error| &error.message),
        _ => None,
    };
    let is_known = known == Some(&error.message);
    (!is_known).then(|| ChatItem::Error(ChatError { id: call.id(), name: call.name().to_owned(), error }))
}
