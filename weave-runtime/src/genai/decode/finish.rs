//! Why a message ended, where its provider does not say it all.

use crate::genai::finish::conventional;
use crate::genai::{Message, Part};

/// What a provider's reason means for a message. Some say that they stopped where they wait for a tool.
pub(super) fn mapped(reason: &str, message: &Message) -> String {
    let waits_for_tool = || message.parts.iter().any(|part| matches!(part, Part::ToolCall(_)));
    match conventional(reason) {
        "stop" if waits_for_tool() => "tool_call",
        reason => reason,
    }
    .to_owned()
}
