//! What agents do, as data: conversations, turns, calls of models and tools, the messages between them.

mod agent;
mod around;
mod conversation;
pub(crate) mod decode;
mod facts;
mod given;
mod json;
pub(crate) mod keys;
mod llm;
mod message;
mod modality;
mod part;
mod request;
mod role;
mod sub_agent;
mod tool;
mod turn;
mod usage;

pub use agent::Agent;
pub(crate) use around::{Around, Invoker};
pub use conversation::Conversation;
pub(crate) use facts::Facts;
pub(crate) use given::{Given, Said};
pub use llm::{Llm, LlmRecord};
pub use message::Message;
pub use modality::Modality;
pub use part::{Part, ToolCall, ToolResponse};
pub use request::Request;
pub use role::Role;
pub use sub_agent::SubAgent;
pub use tool::Tool;
pub use turn::{Step, Turn};
pub use usage::Usage;
