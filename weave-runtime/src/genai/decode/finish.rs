//! Why an answer ended, in the words of the GenAI conventions.

use crate::genai::{Message, Part};

/// What a provider's reason means for a message: `stop`, `length`, `content_filter`, `tool_call` or `error`; one that is not
/// known stays as it is.
pub(super) fn mapped(reason: &str, message: &Message) -> String {
    let mapped = match reason.to_ascii_lowercase().as_str() {
        "stop" | "end_turn" | "stop_sequence" | "completed" | "complete" | "eos" => "stop",
        "length" | "max_tokens" | "max_output_tokens" | "model_length" | "model_context_window_exceeded" => "length",
        "content_filter" | "safety" | "recitation" | "blocklist" | "prohibited_content" | "spii" | "refusal"
        | "image_safety" => "content_filter",
        "tool_call" | "tool_calls" | "tool_use" | "function_call" => "tool_call",
        "error" | "failed" | "cancelled" | "malformed_function_call" => "error",
        _ => reason,
    };
    // Some providers say that they stopped where they wait for a tool.
    if mapped == "stop" && waits_for_tool(message) { "tool_call".to_owned() } else { mapped.to_owned() }
}

fn waits_for_tool(message: &Message) -> bool {
    message.parts.iter().any(|part| matches!(part, Part::ToolCall(_)))
}
