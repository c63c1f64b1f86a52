//! One call of a model.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::json::{json, list_weight, text_weight, weight};
use super::turn::{replace, span_methods};
use super::{Message, Part, Request, Usage};
use crate::record::CallError;

/// What is known of one call of a model: to start one with, to add to it, to return from a function under `#[weave::llm]`,
/// or to log one that is over.
///
/// ```
/// use weave::{Llm, Usage};
///
/// let llm = Llm::new("gpt-4o")
///     .provider("openai")
///     .user("Weather in Paris?")
///     .temperature(0.0)
///     .output("It is 21 °C.")
///     .usage(Usage::new(20, 8))
///     .finish_reason("stop");
/// assert_eq!(llm.request.temperature, Some(0.0));
/// assert_eq!(llm.usage.unwrap().output_tokens, Some(8));
/// ```
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Llm {
    /// `gen_ai.request.model`: the model that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `gen_ai.provider.name`, such as `openai` or `anthropic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// `gen_ai.system_instructions`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub system_instructions: Vec<String>,
    /// `gen_ai.input.messages`: what the model was told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub input_messages: Vec<Message>,
    /// `gen_ai.output.messages`: what it answered, a message for each choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub output_messages: Vec<Message>,
    /// What the model thought before it answered: shown as the first part of the last message of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// `gen_ai.tool.definitions`: the tools that the model could ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_definitions: Option<Value>,
    /// The parameters of the request.
    pub request: Request,
    /// Tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// `gen_ai.response.finish_reasons`, one for each choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finish_reasons: Vec<String>,
    /// `gen_ai.response.id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
    /// `gen_ai.response.model`: the model that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_model: Option<String>,
    /// `gen_ai.output.type`: `text`, `json`, `image` or `speech`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_type: Option<String>,
    /// From the start to the first chunk of a streamed answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_to_first_chunk: Option<Duration>,
    /// Further attributes of the span.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
    /// What it failed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<CallError>,
    /// When it began, where that is not when it is started or logged.
    #[serde(skip)]
    pub started_at: Option<SystemTime>,
    /// When it ended, where that is not when it is ended or logged.
    #[serde(skip)]
    pub ended_at: Option<SystemTime>,
}

/// What can tell of a call of a model: implement it for the answers of a client of your own, and a function under
/// `#[weave::llm]` that returns one is understood.
///
/// ```
/// use weave::{Llm, LlmRecord, Usage};
///
/// struct Answer {
///     text: String,
///     tokens: (u64, u64),
/// }
///
/// impl LlmRecord for Answer {
///     fn llm_record(&self) -> Llm {
///         Llm::default().output(self.text.as_str()).usage(Usage::new(self.tokens.0, self.tokens.1))
///     }
/// }
/// # let llm = Answer { text: "yes".into(), tokens: (3, 1) }.llm_record();
/// # assert_eq!(llm.output_messages[0].text(), "yes");
/// ```
pub trait LlmRecord {
    /// What is known of the call by this. What is `None` or empty here is left as it is known otherwise.
    fn llm_record(&self) -> Llm;
}

impl LlmRecord for Llm {
    fn llm_record(&self) -> Llm {
        self.clone()
    }
}

/// What is in another is told as it is.
macro_rules! passed_on {
    ($($pointer:ty),*) => {$(
        impl<T: LlmRecord + ?Sized> LlmRecord for $pointer {
            fn llm_record(&self) -> Llm {
                (**self).llm_record()
            }
        }
    )*};
}

passed_on!(&T, &mut T, Box<T>, std::rc::Rc<T>, std::sync::Arc<T>);

impl<T: LlmRecord> LlmRecord for Option<T> {
    fn llm_record(&self) -> Llm {
        self.as_ref().map(T::llm_record).unwrap_or_default()
    }
}

impl Llm {
    /// A call of this model.
    pub fn new(model: impl Into<String>) -> Self {
        Self { model: Some(model.into()), ..Self::default() }
    }

    /// Who runs the model, such as `openai` or `anthropic`.
    #[must_use]
    pub fn provider(mut self, provider: impl Into<String>) -> Self {
        self.provider = Some(provider.into());
        self
    }

    /// Adds a system instruction.
    #[must_use]
    pub fn system(mut self, instruction: impl Into<String>) -> Self {
        self.system_instructions.push(instruction.into());
        self
    }

    /// Adds a message of the user to the input.
    #[must_use]
    pub fn user(self, text: impl Into<String>) -> Self {
        self.message(Message::user(text))
    }

    /// Adds a message to the input.
    #[must_use]
    pub fn message(mut self, message: impl Into<Message>) -> Self {
        self.input_messages.push(message.into());
        self
    }

    /// Sets the messages of the input.
    #[must_use]
    pub fn messages(mut self, messages: impl IntoIterator<Item = Message>) -> Self {
        self.input_messages = messages.into_iter().collect();
        self
    }

    /// Adds a message of the model to the output.
    #[must_use]
    pub fn output(self, text: impl Into<String>) -> Self {
        self.output_message(Message::assistant(text))
    }

    /// Adds a message to the output.
    #[must_use]
    pub fn output_message(mut self, message: Message) -> Self {
        self.output_messages.push(message);
        self
    }

    /// What the model thought before it answered.
    #[must_use]
    pub fn think(mut self, reasoning: impl Into<String>) -> Self {
        self.reasoning = Some(reasoning.into());
        self
    }

    /// Adds media to the last message of the user in the input, or a message with it where there is none.
    #[must_use]
    pub fn media(mut self, media: impl Into<Part>) -> Self {
        let last = self.input_messages.iter_mut().rev().find(|message| message.role == super::Role::User);
        match last {
            Some(message) => message.parts.push(media.into()),
            None => self.input_messages.push(Message::new(super::Role::User).part(media)),
        }
        self
    }

    /// The tools that the model could ask for.
    #[must_use]
    pub fn tool_definitions(mut self, definitions: impl Serialize) -> Self {
        self.tool_definitions = Some(json(&definitions));
        self
    }

    /// All parameters of the request.
    #[must_use]
    pub fn request(mut self, request: Request) -> Self {
        self.request = request;
        self
    }

    /// Parameter of the request.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.request.temperature = Some(temperature);
        self
    }

    /// Parameter of the request.
    #[must_use]
    pub fn top_p(mut self, top_p: f64) -> Self {
        self.request.top_p = Some(top_p);
        self
    }

    /// Parameter of the request.
    #[must_use]
    pub fn top_k(mut self, top_k: f64) -> Self {
        self.request.top_k = Some(top_k);
        self
    }

    /// Parameter of the request.
    #[must_use]
    pub fn max_tokens(mut self, tokens: u64) -> Self {
        self.request.max_tokens = Some(tokens);
        self
    }

    /// Parameter of the request.
    #[must_use]
    pub fn frequency_penalty(mut self, penalty: f64) -> Self {
        self.request.frequency_penalty = Some(penalty);
        self
    }

    /// Parameter of the request.
    #[must_use]
    pub fn presence_penalty(mut self, penalty: f64) -> Self {
        self.request.presence_penalty = Some(penalty);
        self
    }

    /// Parameter of the request.
    #[must_use]
    pub fn seed(mut self, seed: i64) -> Self {
        self.request.seed = Some(seed);
        self
    }

    /// Parameter of the request: how many answers.
    #[must_use]
    pub fn choice_count(mut self, count: u64) -> Self {
        self.request.choice_count = Some(count);
        self
    }

    /// Parameter of the request.
    #[must_use]
    pub fn stop_sequences<S: Into<String>>(mut self, sequences: impl IntoIterator<Item = S>) -> Self {
        self.request.stop_sequences = sequences.into_iter().map(Into::into).collect();
        self
    }

    /// Parameter of the request: whether the answer comes as a stream.
    #[must_use]
    pub fn stream(mut self, stream: bool) -> Self {
        self.request.stream = Some(stream);
        self
    }

    /// Tokens.
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = Some(usage);
        self
    }

    /// Adds why a choice ended, such as `stop` or `length`.
    #[must_use]
    pub fn finish_reason(mut self, reason: impl Into<String>) -> Self {
        self.finish_reasons.push(reason.into());
        self
    }

    /// The id of the answer.
    #[must_use]
    pub fn response_id(mut self, id: impl Into<String>) -> Self {
        self.response_id = Some(id.into());
        self
    }

    /// The model that answered.
    #[must_use]
    pub fn response_model(mut self, model: impl Into<String>) -> Self {
        self.response_model = Some(model.into());
        self
    }

    /// What was asked for: `text`, `json`, `image` or `speech`.
    #[must_use]
    pub fn output_type(mut self, output_type: impl Into<String>) -> Self {
        self.output_type = Some(output_type.into());
        self
    }

    /// From the start to the first chunk of a streamed answer.
    #[must_use]
    pub fn time_to_first_chunk(mut self, time: Duration) -> Self {
        self.time_to_first_chunk = Some(time);
        self
    }

    /// The same without what was said.
    pub(crate) fn without_content(self) -> Self {
        Self {
            system_instructions: Vec::new(),
            input_messages: Vec::new(),
            output_messages: Vec::new(),
            reasoning: None,
            tool_definitions: None,
            attributes: Map::new(),
            ..self
        }
    }

    /// Takes over what `other` says.
    pub(crate) fn merge(&mut self, other: Self) {
        self.model = other.model.or(self.model.take());
        self.provider = other.provider.or(self.provider.take());
        replace(&mut self.system_instructions, other.system_instructions);
        replace(&mut self.input_messages, other.input_messages);
        replace(&mut self.output_messages, other.output_messages);
        self.reasoning = other.reasoning.or(self.reasoning.take());
        self.tool_definitions = other.tool_definitions.or(self.tool_definitions.take());
        self.request = other.request.or(std::mem::take(&mut self.request));
        self.usage = other.usage.or(self.usage);
        replace(&mut self.finish_reasons, other.finish_reasons);
        self.response_id = other.response_id.or(self.response_id.take());
        self.response_model = other.response_model.or(self.response_model.take());
        self.output_type = other.output_type.or(self.output_type.take());
        self.time_to_first_chunk = other.time_to_first_chunk.or(self.time_to_first_chunk);
        self.attributes.extend(other.attributes);
        self.error = other.error.or(self.error.take());
        self.started_at = other.started_at.or(self.started_at);
        self.ended_at = other.ended_at.or(self.ended_at);
    }

    pub(crate) fn weight(&self) -> usize {
        let messages = self.input_messages.iter().chain(&self.output_messages).map(Message::weight);
        let texts = [&self.model, &self.provider, &self.reasoning, &self.response_id, &self.response_model];
        let lists = [&self.system_instructions, &self.finish_reasons, &self.request.stop_sequences];
        let definitions = self.tool_definitions.as_ref().map_or(0, weight);
        let texts = text_weight(texts) + text_weight([&self.output_type]) + list_weight(lists);
        size_of::<Self>() + messages.sum::<usize>() + texts + definitions
    }
}

span_methods!(Llm);

impl From<&str> for Llm {
    fn from(model: &str) -> Self {
        Self::new(model)
    }
}

impl From<String> for Llm {
    fn from(model: String) -> Self {
        Self::new(model)
    }
}
