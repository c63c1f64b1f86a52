//! What a record says of agents: its conversation, and what it did as data.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{CallRecord, Kind};
use crate::genai::{Agent, Facts, Llm, Message, Spoken, SubAgent, Tool, Turn};

/// What is known of calls of agents.
impl CallRecord {
    /// The id of the conversation that the call is part of: of those of agents, not of the ops in between.
    ///
    /// ```
    /// use weave::{CallRecord, Turn};
    ///
    /// # let recorder = weave::testing::Recorder::new();
    /// # #[weave::op] fn plain() {}
    /// # recorder.run(plain);
    /// let call: &CallRecord = &recorder.calls()[0];
    /// assert_eq!(call.conversation_id(), None);
    /// assert_eq!(call.turn(), None);
    /// ```
    #[must_use]
    pub fn conversation_id(&self) -> Option<&str> {
        self.facts()?.conversation_id.as_deref()
    }

    /// The name of that conversation.
    #[must_use]
    pub fn conversation_name(&self) -> Option<&str> {
        self.facts()?.conversation_name.as_deref()
    }

    /// The agent: of a turn or a sub-agent who it is, of what is below one who asked for it.
    #[must_use]
    pub fn agent(&self) -> Option<&Agent> {
        Some(&self.facts()?.agent).filter(|agent| **agent != Agent::default())
    }

    /// The model that was asked for, else the one that answered.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        let facts = self.facts()?;
        facts.model.as_deref().or(facts.response_model.as_deref())
    }

    /// Who runs the model, such as `openai`.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.facts()?.provider.as_deref()
    }

    /// The call of a model that this is; `None` for one of another kind.
    ///
    /// Messages are those that were given, else what can be read from the inputs and the output.
    #[must_use]
    pub fn llm(&self) -> Option<Llm> {
        let facts = self.facts_of(Kind::Llm)?.clone();
        let mut llm = Llm::default();
        llm.model = facts.model;
        llm.provider = facts.provider;
        llm.system_instructions = self.said(facts.system_instructions.as_deref());
        llm.input_messages = self.said(facts.input_messages.as_deref());
        llm.output_messages = self.said(facts.output_messages.as_deref());
        llm.tool_definitions = self.said(facts.tool_definitions.as_deref());
        llm.request = facts.request;
        llm.usage = self.usage();
        llm.finish_reasons = facts.finish_reasons;
        llm.response_id = facts.response_id;
        llm.response_model = facts.response_model;
        llm.output_type = facts.output_type;
        llm.time_to_first_chunk = facts.time_to_first_chunk_ns.map(std::time::Duration::from_nanos);
        llm.attributes = self.span_attributes().clone();
        llm.error = self.error().cloned();
        (llm.started_at, llm.ended_at) = (Some(self.started_at()), self.ended_at());
        Some(llm)
    }

    /// The turn that this is, without what was done in it; `None` for a call of another kind.
    #[must_use]
    pub fn turn(&self) -> Option<Turn> {
        let facts = self.facts_of(Kind::Turn)?.clone();
        let mut turn = Turn::default();
        turn.messages = self.spoken(&facts);
        turn.conversation_id = facts.conversation_id;
        turn.conversation_name = facts.conversation_name;
        turn.agent = facts.agent;
        turn.model = facts.model;
        turn.system_instructions = self.said(facts.system_instructions.as_deref());
        turn.output_messages = self.said(facts.output_messages.as_deref());
        turn.include_content = Some(!facts.without_content);
        turn.attributes = self.span_attributes().clone();
        turn.error = self.error().cloned();
        (turn.started_at, turn.ended_at) = (Some(self.started_at()), self.ended_at());
        Some(turn)
    }

    /// The work of a sub-agent that this is, without what was done in it; `None` for a call of another kind.
    #[must_use]
    pub fn sub_agent(&self) -> Option<SubAgent> {
        let facts = self.facts_of(Kind::SubAgent)?.clone();
        let mut agent = SubAgent::default();
        agent.messages = self.spoken(&facts);
        agent.agent = facts.agent;
        agent.model = facts.model;
        agent.system_instructions = self.said(facts.system_instructions.as_deref());
        agent.output_messages = self.said(facts.output_messages.as_deref());
        agent.attributes = self.span_attributes().clone();
        agent.error = self.error().cloned();
        (agent.started_at, agent.ended_at) = (Some(self.started_at()), self.ended_at());
        Some(agent)
    }

    /// The execution of a tool that this is; `None` for a call of another kind.
    ///
    /// ```
    /// #[weave::tool]
    /// fn add(a: i64, b: i64) -> i64 {
    ///     a + b
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| add(1, 2));
    /// let tool = recorder.calls()[0].tool().unwrap();
    /// assert_eq!((tool.name.as_str(), tool.result), ("add", Some(3.into())));
    /// assert_eq!(tool.arguments, Some(serde_json::json!({ "a": 1, "b": 2 })));
    /// ```
    #[must_use]
    pub fn tool(&self) -> Option<Tool> {
        let facts = self.facts_of(Kind::Tool)?.clone();
        let mut tool = Tool::new(facts.tool_name.unwrap_or_else(|| self.op_name().to_owned()));
        tool.call_id = facts.tool_call_id;
        tool.tool_type = facts.tool_type;
        tool.description = facts.tool_description;
        tool.definitions = self.said(facts.tool_definitions.as_deref());
        if !facts.without_content {
            tool.arguments = self.said::<Option<Value>>(facts.tool_arguments.as_deref()).or_else(|| self.arguments());
            tool.result = self.text.output().and_then(|output| self.decode(output, "the output").ok());
        }
        tool.attributes = self.span_attributes().clone();
        tool.error = self.error().cloned();
        (tool.started_at, tool.ended_at) = (Some(self.started_at()), self.ended_at());
        Some(tool)
    }

    /// The inputs as an object. One without members is none of a span that no function was annotated for.
    fn arguments(&self) -> Option<Value> {
        let inputs: Map<String, Value> = self.decode(self.text.inputs(), "the inputs").ok()?;
        let is_function = self.op.module().is_some();
        (is_function || !inputs.is_empty()).then_some(Value::Object(inputs))
    }

    pub(crate) fn facts(&self) -> Option<&Facts> {
        self.details.as_ref()?.agent.as_deref()
    }

    /// The facts of a call of this kind. One that was given nothing has none, which is no other kind.
    fn facts_of(&self, kind: Kind) -> Option<&Facts> {
        (self.kind() == kind).then(|| self.facts().unwrap_or(&NO_FACTS))
    }

    /// What the user said: as it was given, else the argument that has it.
    fn spoken(&self, facts: &Facts) -> Vec<Message> {
        let given: Vec<Message> = self.said(facts.input_messages.as_deref());
        match &facts.user_argument {
            Some(argument) if given.is_empty() => self.input::<Spoken>(argument).unwrap_or_default().0,
            _ => given,
        }
    }

    /// What is said in a text of the facts.
    fn said<T: DeserializeOwned + Default>(&self, json: Option<&RawValue>) -> T {
        json.and_then(|json| self.decode(json.get(), "what was said").ok()).unwrap_or_default()
    }
}

static NO_FACTS: std::sync::LazyLock<Facts> = std::sync::LazyLock::new(Facts::default);
