//! A handle on a call of a model that goes on.

use super::methods::span_handle;
use super::open_span::OpenSpan;
use crate::genai::{Llm, Message, Part, Usage};

/// What calls of models are named that are started by hand.
pub(in crate::recording) const NAME: &str = "chat";

/// A call of a model, while it goes on. Made by [`OpenTurn::start_llm`](crate::OpenTurn::start_llm) and
/// [`start_llm`](crate::start_llm). It ends as an [`OpenTurn`](crate::OpenTurn) does.
///
/// ```
/// use weave::{Llm, Usage};
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let llm = weave::start_llm(Llm::new("gpt-4o").provider("openai").user("Weather in Paris?"));
///     for text in ["It is ", "21 °C."] {
///         // As the chunks of the answer come in.
///         llm.chunk();
///     }
///     llm.output("It is 21 °C.").usage(Usage::new(20, 8)).finish_reason("stop");
/// });
/// let llm = recorder.calls()[0].llm().unwrap();
/// assert_eq!(llm.output_messages[0].text(), "It is 21 °C.");
/// assert!(llm.time_to_first_chunk.is_some());
/// ```
#[derive(Clone, Debug)]
#[must_use = "the call ends when its last handle is dropped: keep it until the answer is there"]
pub struct OpenLlm(pub(super) OpenSpan);

span_handle!(OpenLlm, Llm);

impl OpenLlm {
    /// Adds a message of the user to the input.
    pub fn user(&self, text: impl Into<String>) -> &Self {
        self.message(Message::user(text))
    }

    /// Adds a message to the input.
    pub fn message(&self, message: impl Into<Message>) -> &Self {
        let message = message.into();
        self.say(message.weight(), |llm| llm.input_messages.push(message))
    }

    /// What the model thought before it answered, in place of what was said of that before.
    pub fn think(&self, reasoning: impl Into<String>) -> &Self {
        let reasoning = reasoning.into();
        self.say(0, |llm| llm.reasoning = Some(reasoning))
    }

    /// Adds a message of the model to the output.
    pub fn output(&self, text: impl Into<String>) -> &Self {
        self.output_message(Message::assistant(text))
    }

    /// Adds a message to the output.
    pub fn output_message(&self, message: Message) -> &Self {
        self.say(message.weight(), |llm| llm.output_messages.push(message))
    }

    /// Tokens, in place of those that were said before.
    pub fn usage(&self, usage: Usage) -> &Self {
        self.say(0, |llm| llm.usage = Some(usage))
    }

    /// Adds why a choice ended, such as `stop` or `length`.
    pub fn finish_reason(&self, reason: impl Into<String>) -> &Self {
        let reason = reason.into();
        self.say(size_of::<String>() + reason.len(), |llm| llm.finish_reasons.push(reason))
    }

    /// Adds media to the last message of the user in the input, or a message with it where there is none.
    ///
    /// ```
    /// use weave::Content;
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| {
    ///     let llm = weave::start_llm("gpt-4o");
    ///     llm.user("What is this?").media(Content::from_bytes([1, 2, 3], "image/png"));
    /// });
    /// let llm = recorder.calls()[0].llm().unwrap();
    /// assert_eq!(llm.input_messages[0].parts.len(), 2);
    /// ```
    pub fn media(&self, media: impl Into<Part>) -> &Self {
        let media = media.into();
        self.say(media.weight(), |llm| *llm = std::mem::take(llm).media(media))
    }

    /// A chunk of the answer came in. The first one tells the time that it took.
    pub fn chunk(&self) -> &Self {
        let Some(call) = self.0.recorded() else { return self };
        let time = call.elapsed();
        self.say(0, |llm| _ = llm.time_to_first_chunk.get_or_insert(time))
    }

    fn say(&self, more: usize, change: impl FnOnce(&mut Llm)) -> &Self {
        self.0.say(more, change);
        self
    }
}
