//! Tokens that a call of a model used.

use serde::{Deserialize, Serialize};

/// Tokens used by one model call. A count that was not reported is `None`, which is not zero.
///
/// ```
/// use weave::Usage;
///
/// let usage = Usage::new(20, 8).cache_read(6).reasoning(2);
/// assert_eq!((usage.input_tokens, usage.cache_read_input_tokens), (Some(20), Some(6)));
/// assert_eq!(usage.total_tokens, None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens read by the model, those of its cache included: `gen_ai.usage.input_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens written by the model, those of its reasoning included: `gen_ai.usage.output_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// The total as reported, else the sum of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<u64>,
    /// Of the tokens read, those that came from the provider's cache: `gen_ai.usage.cache_read.input_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_read_input_tokens: Option<u64>,
    /// Of the tokens read, those written to the provider's cache: `gen_ai.usage.cache_creation.input_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_creation_input_tokens: Option<u64>,
    /// Of the tokens written, those of reasoning: `gen_ai.usage.reasoning.output_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<u64>,
}

impl Usage {
    /// So many tokens read, those of a cache included, and so many written.
    #[must_use]
    pub fn new(input_tokens: u64, output_tokens: u64) -> Self {
        Self { input_tokens: Some(input_tokens), output_tokens: Some(output_tokens), ..Self::default() }
    }

    /// The total as the provider reports it.
    #[must_use]
    pub fn total(mut self, tokens: u64) -> Self {
        self.total_tokens = Some(tokens);
        self
    }

    /// Of the tokens read, those that came from the provider's cache.
    #[must_use]
    pub fn cache_read(mut self, tokens: u64) -> Self {
        self.cache_read_input_tokens = Some(tokens);
        self
    }

    /// Of the tokens read, those written to the provider's cache.
    #[must_use]
    pub fn cache_creation(mut self, tokens: u64) -> Self {
        self.cache_creation_input_tokens = Some(tokens);
        self
    }

    /// Of the tokens written, those of reasoning.
    #[must_use]
    pub fn reasoning(mut self, tokens: u64) -> Self {
        self.reasoning_tokens = Some(tokens);
        self
    }

    /// The total as reported, else the sum of what was read and written.
    #[must_use]
    pub fn total_or_sum(&self) -> Option<u64> {
        self.total_tokens.or_else(|| Some(self.input_tokens?.saturating_add(self.output_tokens?)))
    }

    /// Whether the text of an output may tell tokens: a quick look, for most tell none.
    pub(crate) fn may_be_in(output: &str) -> bool {
        output.contains("\"usage\"") && output.contains("\"model\"")
    }
}
