//! What a model was asked to do beside its messages.

use serde::{Deserialize, Serialize};

/// The parameters of a request to a model. What is `None` was not given; zero is a value.
///
/// ```
/// let llm = weave::Llm::new("gpt-4o").temperature(0.0).max_tokens(500);
/// assert_eq!((llm.request.temperature, llm.request.max_tokens), (Some(0.0), Some(500)));
/// assert_eq!(llm.request.top_p, None);
/// ```
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Request {
    /// `gen_ai.request.temperature`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// `gen_ai.request.top_p`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// `gen_ai.request.top_k`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<f64>,
    /// `gen_ai.request.frequency_penalty`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// `gen_ai.request.presence_penalty`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// `gen_ai.request.seed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// `gen_ai.request.max_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// `gen_ai.request.choice.count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice_count: Option<u64>,
    /// `gen_ai.request.stop_sequences`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop_sequences: Vec<String>,
    /// `gen_ai.request.stream`: whether the answer was asked for as a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
}

impl Request {
    /// What this one says, and where it says nothing, what `other` says.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            temperature: self.temperature.or(other.temperature),
            top_p: self.top_p.or(other.top_p),
            top_k: self.top_k.or(other.top_k),
            frequency_penalty: self.frequency_penalty.or(other.frequency_penalty),
            presence_penalty: self.presence_penalty.or(other.presence_penalty),
            seed: self.seed.or(other.seed),
            max_tokens: self.max_tokens.or(other.max_tokens),
            choice_count: self.choice_count.or(other.choice_count),
            stop_sequences: if self.stop_sequences.is_empty() { other.stop_sequences } else { self.stop_sequences },
            stream: self.stream.or(other.stream),
        }
    }
}
