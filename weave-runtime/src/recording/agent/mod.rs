//! The work of agents as it goes on: conversations, and the spans of turns, calls of models, tools and sub-agents.

mod annotated;
mod begin;
mod conversation;
mod current;
mod entered;
mod live_conversation;
mod llm;
mod methods;
mod open_span;
mod place;
mod sub_agent;
mod tool;
mod turn;
mod worker;

pub(super) use annotated::start;
pub(super) use begin::{below, put_common};
pub use conversation::{OpenConversation, start_conversation, start_session};
pub use current::{
    current_conversation, current_llm, current_turn, end_conversation, end_llm, end_turn, start_llm, start_subagent,
    start_tool, start_turn,
};
pub use entered::Entered;
pub(super) use live_conversation::Conversations;
pub(super) use llm::NAME as LLM;
pub use llm::OpenLlm;
pub(super) use open_span::name_or;
pub(crate) use place::Place;
pub use sub_agent::OpenSubAgent;
pub use tool::OpenTool;
pub use turn::OpenTurn;
