//! What a record says of agents: its conversation, and what it did as data.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{CallRecord, Kind, is_placeholder};
use crate::genai::{Agent, Facts, Llm, Message, Spoken, SubAgent, Told, Tool, Turn, decode};

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
    ///
    /// ```
    /// use serde_json::{Value, json};
    ///
    /// #[weave::llm]
    /// fn complete(model: &str, prompt: &str) -> Value {
    ///     let message = json!({ "role": "assistant", "content": "It is 21 °C." });
    ///     let choice = json!({ "index": 0, "message": message, "finish_reason": "stop" });
    ///     json!({ "id": "c-1", "model": "gpt-4o", "choices": [choice], "usage": { "prompt_tokens": 12, "completion_tokens": 7 } })
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| complete("gpt-4o", "Weather in Paris?"));
    /// let llm = recorder.calls()[0].llm().unwrap();
    /// assert_eq!(llm.input_messages[0].text(), "Weather in Paris?");
    /// assert_eq!(llm.output_messages[0].text(), "It is 21 °C.");
    /// assert_eq!(llm.usage.unwrap().input_tokens, Some(12));
    /// ```
    #[must_use]
    pub fn llm(&self) -> Option<Llm> {
        let facts = self.facts_of(Kind::Llm)?.clone();
        let asked = self.requested(&facts).unwrap_or_default();
        Some(Llm {
            model: facts.model,
            provider: facts.provider,
            system_instructions: self.said(facts.system_instructions.as_deref(), || asked.system_instructions),
            input_messages: self.messages(facts.input_messages.as_deref(), || {
                let told = facts.user_argument.as_deref().and_then(|name| self.input::<Told>(name).ok());
                told.map_or(asked.input_messages, |told| told.0)
            }),
            output_messages: self.messages(facts.output_messages.as_deref(), || {
                let answer = self.decoded_output(decode::any_answer);
                let reasoned = |message| ended(message, &facts.finish_reasons);
                answer.into_iter().flat_map(|llm| llm.output_messages).map(reasoned).collect()
            }),
            tool_definitions: self.said(facts.tool_definitions.as_deref(), || asked.tool_definitions),
            request: facts.request,
            usage: self.usage(),
            finish_reasons: facts.finish_reasons,
            response_id: facts.response_id,
            response_model: facts.response_model,
            output_type: facts.output_type,
            time_to_first_chunk: facts.time_to_first_chunk_ns.map(std::time::Duration::from_nanos),
            attributes: self.span_attributes().clone(),
            error: self.error().cloned(),
            started_at: Some(self.started_at()),
            ended_at: self.ended_at(),
            ..Llm::default()
        })
    }

    /// The turn that this is, without what was done in it; `None` for a call of another kind.
    #[must_use]
    pub fn turn(&self) -> Option<Turn> {
        let facts = self.facts_of(Kind::Turn)?.clone();
        Some(Turn {
            system_instructions: self.said(facts.system_instructions.as_deref(), Vec::new),
            messages: self.messages(facts.input_messages.as_deref(), || self.asked(&facts)),
            output_messages: self.messages(facts.output_messages.as_deref(), || self.answered()),
            include_content: Some(!facts.without_content),
            conversation_id: facts.conversation_id,
            conversation_name: facts.conversation_name,
            agent: facts.agent,
            model: facts.model,
            attributes: self.span_attributes().clone(),
            error: self.error().cloned(),
            started_at: Some(self.started_at()),
            ended_at: self.ended_at(),
            ..Turn::default()
        })
    }

    /// The work of a sub-agent that this is, without what was done in it; `None` for a call of another kind.
    #[must_use]
    pub fn sub_agent(&self) -> Option<SubAgent> {
        let facts = self.facts_of(Kind::SubAgent)?.clone();
        Some(SubAgent {
            system_instructions: self.said(facts.system_instructions.as_deref(), Vec::new),
            messages: self.messages(facts.input_messages.as_deref(), || self.asked(&facts)),
            output_messages: self.messages(facts.output_messages.as_deref(), || self.answered()),
            agent: facts.agent,
            model: facts.model,
            attributes: self.span_attributes().clone(),
            error: self.error().cloned(),
            started_at: Some(self.started_at()),
            ended_at: self.ended_at(),
            ..SubAgent::default()
        })
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
        tool.definitions = self.said(facts.tool_definitions.as_deref(), || None);
        if !facts.without_content {
            tool.arguments = self.said(facts.tool_arguments.as_deref(), || self.arguments());
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

    /// What is said in a text of the facts, or elsewhere where there is none.
    fn said<T: DeserializeOwned>(&self, json: Option<&RawValue>, elsewhere: impl FnOnce() -> T) -> T {
        json.and_then(|json| self.decode(json.get(), "what was said").ok()).unwrap_or_else(elsewhere)
    }

    /// The messages in a text of the facts, or elsewhere where there is none. What was cut there is no message.
    fn messages(&self, json: Option<&RawValue>, elsewhere: impl FnOnce() -> Vec<Message>) -> Vec<Message> {
        let read = |json: &RawValue| self.decode_with(json.get(), |said: &Value| Some(decode::messages(said)));
        json.and_then(read).unwrap_or_else(elsewhere)
    }

    /// What the inputs say that a model was asked, where that was not given.
    fn requested(&self, facts: &Facts) -> Option<Llm> {
        let said = [&facts.input_messages, &facts.system_instructions, &facts.tool_definitions];
        said.into_iter().any(Option::is_none).then_some(())?;
        self.decode_with(self.text.inputs(), |inputs| inputs.as_object().map(decode::request))
    }

    /// Of an output of which only the type is known nobody said anything.
    fn decoded_output<T>(&self, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        self.decode_with(self.text.output().filter(|output| !is_placeholder(output))?, read)
    }

    /// What a turn was asked: the argument that has it.
    fn asked(&self, facts: &Facts) -> Vec<Message> {
        let argument = facts.user_argument.as_deref();
        argument.and_then(|name| self.input::<Spoken>(name).ok()).unwrap_or_default().0
    }

    /// What a turn answered: text, else what a model would have said so, else all of it.
    fn answered(&self) -> Vec<Message> {
        let said = |output: &Value| match output {
            Value::Null => None,
            Value::String(text) => Some(vec![Message::assistant(text.as_str())]),
            other => {
                let answer = decode::answer(other).map(|llm| llm.output_messages);
                let found = answer.filter(|messages| !messages.is_empty());
                Some(found.unwrap_or_else(|| vec![Message::assistant(other.to_string())]))
            }
        };
        self.decoded_output(said).unwrap_or_default()
    }
}

/// A message of an answer with the reason for which it ended, where only the whole answer says it.
fn ended(mut message: Message, reasons: &[String]) -> Message {
    let broken = || reasons.first().filter(|reason| *reason == "error").cloned();
    message.finish_reason = message.finish_reason.take().or_else(broken);
    message
}

static NO_FACTS: std::sync::LazyLock<Facts> = std::sync::LazyLock::new(Facts::default);
