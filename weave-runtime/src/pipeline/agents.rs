//! From what a span of an agent was given to the facts that its record has.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;

use super::sources::{self, Sources};
use crate::genai::{Facts, Given, Llm, Message, Options, Part, Said, SubAgent, Tool, Turn, is_blank};
use crate::record::{CallError, CallRecord, Details, Kind, Text};
use crate::value::{self, Limits};

/// The type of a tool that is a function of the program's own.
const FUNCTION: &str = "function";

/// What becomes of it.
struct Settled {
    facts: Facts,
    /// Arguments and result of a tool, in the place of inputs and output.
    inputs: Option<String>,
    output: Option<String>,
    sources: Sources,
}

/// Writes what was given, messages within these limits. `find` completes it by what can be found in inputs and output, before
/// these are left out where content is not recorded.
pub(super) fn settle<T>(
    given: Given,
    record: &mut CallRecord,
    details: &mut Details,
    limits: &Limits,
    find: impl FnOnce(&mut CallRecord, &mut Details) -> T,
) -> (T, Sources) {
    let around = Arc::clone(&given.around);
    let Settled { facts, inputs, output, sources } = settled(record, given, details, limits);
    if inputs.is_some() || output.is_some() {
        let text = &record.text;
        record.text =
            Text::join(inputs.as_deref().unwrap_or_else(|| text.inputs()), output.as_deref().or_else(|| text.output()));
    }
    if record.kind().is_agent() {
        details.agent = Some(Box::new(facts));
    }
    let found = find(record, details);
    if let Some(facts) =
        details.agent.as_deref_mut().filter(|facts| facts.model.is_none() && record.kind() != Kind::Tool)
    {
        facts.model = around.model.as_deref().filter(|model| !is_blank(model)).map(str::to_owned);
    }
    if around.without_content {
        leave_out(record, details);
        return (found, Sources::default());
    }
    (found, sources)
}

/// Leaves out all that is said, of a call in a conversation whose content is not recorded.
fn leave_out(record: &mut CallRecord, details: &mut Details) {
    record.text = Text::join("{}", None);
    if let Some(facts) = details.agent.as_deref_mut() {
        // What a tool is, is not said by anybody; what a model is told of tools is.
        let definitions = facts.tool_definitions.take().filter(|_| record.kind() == Kind::Tool);
        facts.said_mut().into_iter().for_each(|said| *said = None);
        facts.tool_definitions = definitions;
    }
}

/// The facts. Errors, tokens and attributes go to the details.
fn settled(record: &CallRecord, given: Given, details: &mut Details, limits: &Limits) -> Settled {
    let (kind, around) = (record.kind(), Arc::clone(&given.around));
    let mut facts = Facts {
        invoker: around.invoker,
        invoking_op: around.invoking_op,
        without_content: around.without_content,
        ..Facts::default()
    };
    if let Some(conversation) = &around.conversation {
        facts.conversation_id.clone_from(&conversation.id);
        facts.conversation_name.clone_from(&conversation.name);
    }
    let mut settled = Settled { facts, inputs: None, output: None, sources: Sources::default() };
    match settled.said(record, given) {
        Said::Nothing => {}
        Said::Turn(turn) => settled.put_turn(*turn, details, limits),
        Said::Llm(llm) => settled.put_llm(*llm, details, limits),
        Said::Tool(tool) => settled.put_tool(*tool, details, limits),
        Said::SubAgent(agent) => settled.put_sub_agent(*agent, details, limits),
    }
    let facts = &mut settled.facts;
    if let Some(agent) = &around.agent {
        // A sub-agent is another: it has nothing of who asks for it.
        let is_same = !matches!(kind, Kind::SubAgent);
        if is_same {
            facts.agent = std::mem::take(&mut facts.agent).or(agent);
        }
    }
    facts.agent = std::mem::take(&mut facts.agent).named();
    facts.model = facts.model.take().filter(|model| !is_blank(model));
    if kind == Kind::Tool {
        settled.put_function(record);
    }
    settled.facts.texts_mut().for_each(|(_, text)| shorten(text, limits.bytes));
    if let Some(conversation) = around.conversation.as_ref().filter(|_| kind.is_agent()) {
        // Weaker than the span's own.
        for (key, value) in &conversation.attributes {
            details.span_attributes.entry(key.as_str()).or_insert_with(|| value.clone());
        }
    }
    settled
}

impl Settled {
    /// What was said by our types, over what the options of the annotation say.
    fn said(&mut self, record: &CallRecord, given: Given) -> Said {
        let Given { options, said, by_output, .. } = given;
        let mut options = Options::read(&options);
        let sources = sources::add_arguments(&mut options, record, &said);
        self.sources = sources.with_output(by_output);
        self.facts.user_argument = sources::user_argument(record);
        options.below(record.kind(), said)
    }

    /// What a tool that is a function has of it.
    fn put_function(&mut self, record: &CallRecord) {
        let facts = &mut self.facts;
        if facts.tool_description.is_none() {
            facts.tool_description = record.op.description.map(str::to_owned);
        }
        if facts.tool_type.is_none() && record.op.module().is_some() {
            facts.tool_type = Some(FUNCTION.to_owned());
        }
    }

    fn put_turn(&mut self, turn: Turn, details: &mut Details, limits: &Limits) {
        let facts = &mut self.facts;
        // It stays in the conversation that it was started in.
        facts.conversation_id = facts.conversation_id.take().or(turn.conversation_id);
        facts.conversation_name = turn.conversation_name.or(facts.conversation_name.take());
        facts.agent = turn.agent;
        facts.model = turn.model;
        facts.system_instructions = list(&turn.system_instructions, limits);
        facts.input_messages = list(&turn.messages, limits);
        facts.output_messages = list(&turn.output_messages, limits);
        add(details, turn.attributes, turn.error);
    }

    fn put_sub_agent(&mut self, agent: SubAgent, details: &mut Details, limits: &Limits) {
        let facts = &mut self.facts;
        facts.agent = agent.agent;
        facts.model = agent.model;
        facts.system_instructions = list(&agent.system_instructions, limits);
        facts.input_messages = list(&agent.messages, limits);
        facts.output_messages = list(&agent.output_messages, limits);
        add(details, agent.attributes, agent.error);
    }

    fn put_llm(&mut self, mut llm: Llm, details: &mut Details, limits: &Limits) {
        if let Some(reasoning) = llm.reasoning.take() {
            put_reasoning(&mut llm.output_messages, reasoning);
        }
        let facts = &mut self.facts;
        facts.model = llm.model;
        facts.provider = llm.provider;
        facts.request = llm.request;
        facts.finish_reasons = llm.finish_reasons;
        facts.response_id = llm.response_id;
        facts.response_model = llm.response_model;
        facts.output_type = llm.output_type;
        facts.time_to_first_chunk_ns = llm.time_to_first_chunk.and_then(|time| time.as_nanos().try_into().ok());
        facts.system_instructions = list(&llm.system_instructions, limits);
        facts.input_messages = list(&llm.input_messages, limits);
        facts.output_messages = list(&llm.output_messages, limits);
        facts.tool_definitions = llm.tool_definitions.as_ref().and_then(|definitions| raw(definitions, limits));
        details.usage = llm.usage.or(details.usage);
        add(details, llm.attributes, llm.error);
    }

    fn put_tool(&mut self, tool: Tool, details: &mut Details, limits: &Limits) {
        let facts = &mut self.facts;
        facts.tool_name = Some(tool.name).filter(|name| !name.is_empty());
        facts.tool_type = tool.tool_type;
        facts.tool_call_id = tool.call_id;
        facts.tool_description = tool.description;
        facts.tool_definitions = tool.definitions.as_ref().and_then(|definitions| raw(definitions, limits));
        match tool.arguments {
            Some(arguments) if arguments.is_object() => self.inputs = Some(written(&arguments, limits)),
            Some(arguments) => facts.tool_arguments = raw(&arguments, limits),
            None => {}
        }
        self.output = tool.result.as_ref().map(|result| written(result, limits));
        add(details, tool.attributes, tool.error);
    }
}

fn add(details: &mut Details, attributes: serde_json::Map<String, serde_json::Value>, error: Option<CallError>) {
    details.span_attributes.extend(attributes);
    details.error = details.error.take().or(error);
}

/// Cuts a name as a value is cut, at so many bytes.
fn shorten(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate((0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
        text.push('…');
    }
}

/// Reasoning stands first in the last message of the model, unless that has some (WIRE e.14).
fn put_reasoning(messages: &mut Vec<Message>, reasoning: String) {
    let has_role = |message: &&mut Message| message.role == crate::genai::Role::Assistant;
    match messages.iter_mut().rev().find(has_role) {
        Some(message) if message.parts.iter().any(|part| matches!(part, Part::Reasoning(_))) => {}
        Some(message) => message.parts.insert(0, Part::Reasoning(reasoning)),
        None => messages.push(Message::assistant("").part(Part::Reasoning(reasoning))),
    }
}

pub(super) fn list<T: Serialize>(items: &[T], limits: &Limits) -> Option<Box<RawValue>> {
    if items.is_empty() { None } else { raw(&items, limits) }
}

pub(super) fn raw(value: &impl Serialize, limits: &Limits) -> Option<Box<RawValue>> {
    RawValue::from_string(written(value, limits)).ok()
}

fn written(value: &impl Serialize, limits: &Limits) -> String {
    let mut text = String::new();
    value::write(&mut text, value, limits);
    text
}
