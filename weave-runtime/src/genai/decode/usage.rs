//! Tokens, by the names that providers give them.

use super::json::{Object, count, object};
use crate::genai::Usage;

/// The counts that an object has; `None` when it has none. What is not reported stays unknown.
pub(crate) fn usage(counts: &Object) -> Option<Usage> {
    let details = |keys: &[&str], key: &str| object(counts, keys).and_then(|details| count(details, &[key]));
    let input_details = &["prompt_tokens_details", "input_tokens_details"];
    let output_details = &["completion_tokens_details", "output_tokens_details"];

    // Where these two stand beside the others, the input is what came from no cache.
    let read = count(counts, &["cache_read_input_tokens", "cacheReadInputTokens"]);
    let creation = count(counts, &["cache_creation_input_tokens", "cacheWriteInputTokens"]);
    // Where it is that of a prompt, as of proxies that speak like OpenAI, it is all.
    let outside = match count(counts, &["prompt_tokens"]) {
        Some(_) => 0,
        None => read.unwrap_or(0).saturating_add(creation.unwrap_or(0)),
    };
    // Tools that the provider ran are told apart from the prompt, and thoughts from the answer.
    let tools = count(counts, &["toolUsePromptTokenCount"]).unwrap_or(0);
    let thoughts = count(counts, &["thoughtsTokenCount"]);

    let input =
        count(counts, &["prompt_tokens", "input_tokens", "inputTokens", "promptTokenCount", "prompt_eval_count"]);
    let output =
        count(counts, &["output_tokens", "completion_tokens", "outputTokens", "candidatesTokenCount", "eval_count"]);
    let input_tokens = input.map(|input| input.saturating_add(outside).saturating_add(tools));
    let output_tokens = match (output, thoughts) {
        (None, None) => None,
        (output, thoughts) => Some(output.unwrap_or(0).saturating_add(thoughts.unwrap_or(0))),
    };
    let total_tokens = count(counts, &["total_tokens", "totalTokens", "totalTokenCount"]);
    let usage = Usage {
        input_tokens,
        output_tokens,
        total_tokens,
        cache_read_input_tokens: read
            .or_else(|| details(input_details, "cached_tokens"))
            .or_else(|| count(counts, &["cachedContentTokenCount", "prompt_cache_hit_tokens"])),
        cache_creation_input_tokens: creation,
        reasoning_tokens: details(output_details, "reasoning_tokens").or(thoughts),
    };
    let usage = Usage { total_tokens: usage.total_or_sum(), ..usage };
    (usage != Usage::default()).then_some(usage)
}
