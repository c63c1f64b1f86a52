//! What is known of a call of a model by the JSON of its API.

use serde::Serialize;
use serde_json::{Map, Value};

use super::json::json;
use super::{Llm, decode};

impl Llm {
    /// What the request to a model's API says, for calls that are recorded by hand: messages, system instructions, parameters,
    /// tools. Requests of OpenAI, Anthropic, Gemini, Ollama and those that speak like them are understood; what is not says
    /// nothing.
    ///
    /// ```
    /// use serde_json::json;
    /// use weave::Llm;
    ///
    /// let body = json!({ "model": "gpt-4o", "temperature": 0.2, "messages": [{ "role": "user", "content": "Hello" }] });
    /// let llm = Llm::from_request(&body).provider("openai");
    /// assert_eq!(llm.model.as_deref(), Some("gpt-4o"));
    /// assert_eq!(llm.input_messages[0].text(), "Hello");
    /// ```
    pub fn from_request(request: &impl Serialize) -> Self {
        let inputs = Map::from_iter([("request".to_owned(), json(request))]);
        decode::request(&inputs)
    }

    /// What the answer of a model's API says, for calls that are recorded by hand: messages, tokens, why it ended, the id, the
    /// model that answered. A list is taken for the chunks of a stream. What is understood is told in
    /// [`guide::answers`](https://docs.rs/weave-rs/latest/weave/guide/answers/index.html); what is not says nothing.
    ///
    /// ```
    /// use serde_json::json;
    /// use weave::{Llm, Usage};
    ///
    /// # let recorder = weave::testing::Recorder::new();
    /// # recorder.run(|| {
    /// let llm = weave::start_llm("llama3.2");
    /// let answer = json!({
    ///     "model": "llama3.2", "message": { "role": "assistant", "content": "Hi!" },
    ///     "done": true, "done_reason": "stop", "prompt_eval_count": 9, "eval_count": 2
    /// });
    /// llm.record(Llm::from_response(&answer)).end();
    /// # });
    /// # let calls = recorder.calls();
    /// assert_eq!(calls[0].usage(), Some(Usage::new(9, 2).total(11)));
    /// assert_eq!(calls[0].llm().unwrap().output_messages[0].text(), "Hi!");
    /// ```
    pub fn from_response(response: &impl Serialize) -> Self {
        match json(response) {
            Value::Null => Self::default(),
            response => decode::answer(&response).unwrap_or_default(),
        }
    }
}
