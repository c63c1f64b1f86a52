//! The words of the OpenAI chat-completions protocol, as both ends of it use them.

use serde::{Deserialize, Serialize};

/// One message of a chat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "lowercase")]
pub(crate) enum Message {
    System {
        content: String,
    },
    User {
        content: String,
    },
    Assistant {
        content: Option<String>,
        /// Some servers leave it out, others send null, when the model asks for no tool.
        #[serde(skip_serializing_if = "Option::is_none")]
        tool_calls: Option<Vec<ToolCall>>,
    },
    Tool {
        tool_call_id: String,
        content: String,
    },
}

/// The wish of a model that a tool be called.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ToolCall {
    pub(crate) id: String,
    /// Always `function`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) function: Function,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// JSON as text, written by a model: it may be anything.
    pub(crate) arguments: String,
}

/// What a server answers. Weave reads the tokens of a call from `model` and `usage`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Completion {
    pub(crate) choices: Vec<Choice>,
    pub(crate) usage: Option<Usage>,
    pub(crate) model: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) message: Message,
    pub(crate) finish_reason: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Usage {
    pub(crate) prompt_tokens: usize,
    pub(crate) completion_tokens: usize,
    pub(crate) total_tokens: usize,
}
