//! From the record of what an agent did to the name of its span, with the attributes that say it.

use serde_json::Value;

use super::schema::{self, Ending};
use super::{Agent, Dialect, Llm, Message, Part, SubAgent, Tool, Turn, Usage, keys};
use crate::record::{CallRecord, Kind, Status};

/// The output types that Weave's server lets pass.
const OUTPUT_TYPES: [&str; 4] = ["text", "json", "image", "speech"];

/// What the references begin with that Weave gives to objects.
const REF: &str = "weave:///";

/// What the conventions call the operation of a call; `None` for one that is no agent's.
pub(crate) fn operation(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Turn | Kind::SubAgent => "invoke_agent",
        Kind::Llm => "chat",
        Kind::Tool => "execute_tool",
        Kind::Op | Kind::Span => return None,
    })
}

/// The name of the span of a call of an agent: the operation, and on whom, where that is known.
pub(crate) fn span_name(call: &CallRecord) -> Option<String> {
    let operation = operation(call.kind())?;
    let facts = call.facts();
    let whom = match call.kind() {
        Kind::Llm => facts.and_then(|facts| facts.model.as_deref()),
        Kind::Tool => Some(facts.and_then(|facts| facts.tool_name.as_deref()).unwrap_or_else(|| call.op_name())),
        _ => facts.and_then(|facts| facts.agent.name.as_deref()),
    };
    Some(match whom.map(str::trim).filter(|whom| !whom.is_empty()) {
        Some(whom) => format!("{operation} {whom}"),
        None => operation.to_owned(),
    })
}

/// Says what an agent did. A call that is none of an agent's says its tokens, if it knows any.
pub(crate) fn put(call: &CallRecord, dialect: Dialect, put: impl FnMut(&'static str, Value)) {
    let mut to = To { put, dialect };
    if let Some(usage) = call.usage() {
        to.usage(usage);
    }
    let Some(operation) = operation(call.kind()) else { return };
    to.text(keys::OPERATION_NAME, operation);
    to.some(keys::CONVERSATION_ID, call.conversation_id());
    to.parent_call(call);
    let broken = call.is_partial() || !matches!(call.status(), Status::Success | Status::Running);
    if let Some(turn) = call.turn() {
        to.turn(turn, broken);
    }
    if let Some(agent) = call.sub_agent() {
        to.sub_agent(call, agent, broken);
    }
    if let Some(llm) = call.llm() {
        to.llm(llm, broken);
    }
    if let Some(tool) = call.tool() {
        to.tool(call, tool);
    }
}

/// Where attributes go.
struct To<P> {
    put: P,
    dialect: Dialect,
}

impl<P: FnMut(&'static str, Value)> To<P> {
    fn text(&mut self, key: &'static str, text: &str) {
        (self.put)(key, text.into());
    }

    fn some<T: Into<Value>>(&mut self, key: &'static str, value: Option<T>) {
        if let Some(value) = value {
            (self.put)(key, value.into());
        }
    }

    fn texts(&mut self, key: &'static str, texts: Vec<String>) {
        self.some(key, (!texts.is_empty()).then_some(texts));
    }

    /// A text as it is, any other value as JSON. Null is none.
    fn text_or_json(&mut self, key: &'static str, value: Option<Value>, json: Option<&str>) {
        match value {
            Some(Value::String(text)) => self.text(key, &text),
            Some(Value::Null) | None => {}
            Some(value) => self.some(key, Some(json.map_or_else(|| value.to_string(), str::to_owned))),
        }
    }

    fn is_weave(&self) -> bool {
        self.dialect == Dialect::Weave
    }

    /// The op that this was called by, which Weave keeps apart from what agents do.
    fn parent_call(&mut self, call: &CallRecord) {
        let above = call.op_parent_id().map(|id| (call.trace_id(), id));
        let invoker = || call.facts()?.invoking_op.map(|invoker| (invoker.trace_id, invoker.id));
        if let Some((trace_id, id)) = above.or_else(invoker) {
            self.text(keys::PARENT_CALL_TRACE, &trace_id.to_string());
            self.text(keys::PARENT_CALL_ID, &id.to_string());
        }
    }

    fn conversation_name(&mut self, name: Option<String>) {
        let key = if self.is_weave() { keys::CONVERSATION_NAME } else { keys::WEAVE_CONVERSATION_NAME };
        self.some(key, name);
    }

    fn agent(&mut self, agent: Agent) {
        self.some(keys::AGENT_NAME, agent.name);
        self.some(keys::AGENT_ID, agent.id);
        self.some(keys::AGENT_DESCRIPTION, agent.description);
        self.some(keys::AGENT_VERSION, agent.version);
    }

    fn turn(&mut self, turn: Turn, broken: bool) {
        self.conversation_name(turn.conversation_name);
        self.agent(turn.agent);
        self.some(keys::REQUEST_MODEL, turn.model);
        self.some(keys::SYSTEM_INSTRUCTIONS, schema::system_instructions(&turn.system_instructions));
        self.messages(&turn.messages, &turn.output_messages, &Ending { reasons: &[], broken });
    }

    fn sub_agent(&mut self, call: &CallRecord, agent: SubAgent, broken: bool) {
        self.conversation_name(call.conversation_name().map(str::to_owned));
        self.agent(agent.agent);
        self.some(keys::REQUEST_MODEL, agent.model);
        self.some(keys::SYSTEM_INSTRUCTIONS, schema::system_instructions(&agent.system_instructions));
        self.messages(&agent.messages, &agent.output_messages, &Ending { reasons: &[], broken });
    }

    fn llm(&mut self, llm: Llm, broken: bool) {
        let (known, request) = (llm.output_type.as_deref(), llm.request);
        let known = known.is_none_or(|output_type| OUTPUT_TYPES.contains(&output_type));
        let output_type = llm.output_type.filter(|_| known || !self.is_weave());
        let ending = Ending { reasons: &llm.finish_reasons, broken };
        self.messages(&llm.input_messages, &llm.output_messages, &ending);
        self.some(keys::SYSTEM_INSTRUCTIONS, schema::system_instructions(&llm.system_instructions));
        self.some(keys::TOOL_DEFINITIONS, llm.tool_definitions.and_then(schema::tool_definitions));
        self.some(keys::PROVIDER_NAME, llm.provider);
        self.some(keys::REQUEST_MODEL, llm.model);
        self.some(keys::TEMPERATURE, request.temperature);
        self.some(keys::TOP_P, request.top_p);
        self.some(keys::TOP_K, request.top_k);
        self.some(keys::FREQUENCY_PENALTY, request.frequency_penalty);
        self.some(keys::PRESENCE_PENALTY, request.presence_penalty);
        self.some(keys::SEED, request.seed);
        self.some(keys::MAX_TOKENS, request.max_tokens);
        self.some(keys::CHOICE_COUNT, request.choice_count);
        self.texts(keys::STOP_SEQUENCES, request.stop_sequences);
        self.some(keys::STREAM, request.stream);
        self.some(keys::RESPONSE_ID, llm.response_id);
        self.some(keys::RESPONSE_MODEL, llm.response_model);
        self.texts(keys::FINISH_REASONS, llm.finish_reasons);
        self.some(keys::TIME_TO_FIRST_CHUNK, llm.time_to_first_chunk.map(|time| time.as_secs_f64()));
        self.some(keys::OUTPUT_TYPE, output_type);
    }

    fn tool(&mut self, call: &CallRecord, tool: Tool) {
        self.text(keys::TOOL_NAME, &tool.name);
        self.some(keys::TOOL_TYPE, tool.tool_type);
        self.some(keys::TOOL_DESCRIPTION, tool.description);
        self.some(keys::TOOL_CALL_ID, tool.call_id);
        // As they were recorded, in the order that they have there.
        let inputs = tool.arguments.as_ref().filter(|arguments| arguments.is_object()).map(|_| call.inputs_json());
        self.text_or_json(keys::TOOL_CALL_ARGUMENTS, tool.arguments, inputs);
        self.text_or_json(keys::TOOL_CALL_RESULT, tool.result, call.output_json());
        self.some(keys::TOOL_DEFINITIONS, tool.definitions.and_then(schema::tool_definitions));
    }

    fn usage(&mut self, usage: Usage) {
        self.some(keys::INPUT_TOKENS, usage.input_tokens);
        self.some(keys::OUTPUT_TOKENS, usage.output_tokens);
        self.some(keys::CACHE_READ_TOKENS, usage.cache_read_input_tokens);
        self.some(keys::CACHE_CREATION_TOKENS, usage.cache_creation_input_tokens);
        self.some(keys::REASONING_TOKENS, usage.reasoning_tokens);
        if self.is_weave() {
            self.some(keys::CACHE_WRITE_TOKENS, usage.cache_creation_input_tokens);
            self.some(keys::TOTAL_TOKENS, usage.total_tokens);
        }
    }

    fn messages(&mut self, inputs: &[Message], outputs: &[Message], ending: &Ending<'_>) {
        self.some(keys::INPUT_MESSAGES, schema::input_messages(inputs));
        self.some(keys::OUTPUT_MESSAGES, schema::output_messages(outputs, ending));
        if self.is_weave() {
            self.found_in_messages(inputs.iter().chain(outputs).flat_map(|message| &message.parts));
        }
    }

    /// What Weave has columns of its own for.
    fn found_in_messages<'a>(&mut self, parts: impl Iterator<Item = &'a Part>) {
        let (mut refs, mut summary) = (Vec::new(), None);
        for part in parts {
            match part {
                Part::Uri { uri, .. } if uri.starts_with(REF) => refs.push(uri.clone()),
                Part::Compaction(text) => summary = Some(text.as_str()),
                _ => {}
            }
        }
        self.texts(keys::CONTENT_REFS, refs);
        self.some(keys::COMPACTION_SUMMARY, summary);
    }
}
