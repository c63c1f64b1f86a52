//! The engine of [`weave-rs`](https://docs.rs/weave-rs): use it through that crate.

mod amount;
mod chat;
mod client;
mod config;
#[cfg(feature = "console")]
mod console;
#[cfg(not(feature = "console"))]
#[path = "console/disabled.rs"]
mod console;
mod diagnostics;
mod error;
mod genai;
mod id;
mod init;
mod local_sink;
#[cfg(feature = "otlp")]
mod net;
pub mod otel;
#[cfg(feature = "otlp")]
mod otlp;
#[cfg(not(feature = "otlp"))]
#[path = "otlp/disabled.rs"]
mod otlp;
mod pipeline;
#[doc(hidden)]
pub mod private;
mod query;
mod record;
mod recording;
#[cfg(feature = "otlp")]
mod remote;
mod secret;
mod sink;
mod span;
#[cfg(feature = "local")]
mod store;
#[cfg(not(feature = "local"))]
#[path = "store/disabled.rs"]
mod store;
pub mod testing;
mod tree;
mod value;
#[cfg(feature = "wandb")]
mod wandb;
#[cfg(not(feature = "wandb"))]
#[path = "wandb/disabled.rs"]
mod wandb;

pub use chat::{Chat, ChatAgent, ChatError, ChatItem, ChatMessage, ChatTurn, ToolUse};
pub use client::{BlockingClient, Calls, Client, Conversations, Ops};
pub use config::{Builder, OtlpProtocol};
pub use console::Console;
pub use error::Error;
pub use genai::{
    Agent, Conversation, Llm, LlmRecord, Message, Modality, Part, Request, Role, Step, SubAgent, Tool, ToolCall,
    ToolResponse, Turn,
};
pub use id::{CallId, TraceId};
pub use init::{Guard, builder, client, flush, health, init, shutdown};
pub use pipeline::{FlushReport, Health, SinkReport};
pub use query::{
    AgentSummary, ConversationSummary, Durations, OpCount, OpHistory, OpVersion, Sort, ThreadSummary, Totals,
    TurnSummary,
};
pub use record::{CallError, CallRecord, Event, Kind, Op, Status, StatusCounts, TraceRecord, TraceUpdate, Usage};
pub use recording::{
    Call, CallStream, Carrier, Context, Entered, InContext, InCurrentCall, LogResult, Logging, OpenCall,
    OpenConversation, OpenLlm, OpenSubAgent, OpenTool, OpenTurn, Scope, Trace, bind, call, call_async, current_call,
    current_conversation, current_llm, current_trace, current_turn, end_conversation, end_llm, end_turn, is_enabled,
    log_conversation, log_session, log_turn, scope, set_enabled, start_call, start_conversation, start_llm,
    start_session, start_subagent, start_tool, start_turn, thread,
};
#[cfg(feature = "tokio")]
pub use recording::{JoinSet, spawn, spawn_blocking, spawn_local};
pub use sink::Sink;
pub use tree::{CallTree, TreeStyle};
pub use value::{Content, Markdown};
