//! Why a model ended, in the words of the GenAI conventions.

/// What the conventions call a provider's reason. One that nobody knows stays as it is.
pub(crate) fn conventional(reason: &str) -> &str {
    match reason {
        "stop" | "STOP" | "end_turn" | "stop_sequence" | "completed" | "complete" | "COMPLETE" | "eos" => "stop",
        "length"
        | "max_tokens"
        | "MAX_TOKENS"
        | "max_output_tokens"
        | "model_length"
        | "model_context_window_exceeded" => "length",
        "content_filter"
        | "refusal"
        | "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "guardrail_intervened" => "content_filter",
        "tool_call" | "tool_calls" | "tool_use" | "function_call" => "tool_call",
        "error" | "failed" | "ERROR" | "MALFORMED_FUNCTION_CALL" => "error",
        other => other,
    }
}
