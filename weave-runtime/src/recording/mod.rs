//! Recording: from an annotated function to a draft on a thread's lane.

mod absent;
mod accumulate;
mod active;
mod agent;
mod ancestry;
mod answer;
mod batch;
mod call;
mod carried;
mod context;
mod fold;
mod folder;
mod follow;
mod followed_future;
pub(crate) mod foreign;
mod future;
mod global;
mod handle;
mod hint;
mod hold;
mod in_context;
mod innermost;
mod iterator;
mod json;
mod lane;
mod local;
mod logged;
mod manual;
mod mode;
mod propagate;
mod quota;
mod reboxed;
mod recorder;
mod region;
mod remote;
mod sampling;
mod scope;
mod span;
mod start;
mod stream;
mod tally;
#[cfg(feature = "tokio")]
mod tasks;
pub mod thread;
mod trace;
mod turn;
mod understood;
mod unseen;

pub use active::{Active, Guard, Outcome, diverge, guard, reshape, run, run_into, run_then};
pub use agent::{
    Entered, OpenConversation, OpenLlm, OpenSubAgent, OpenTool, OpenTurn, current_conversation, current_llm,
    current_turn, end_conversation, end_llm, end_turn, start_conversation, start_llm, start_session, start_subagent,
    start_tool, start_turn,
};
pub use carried::{CarrierKnown, CarrierUnknown, carry};
pub use fold::{Impossible, Unfit};
pub use folder::{FoldFits, FoldMisfits, fold, of_iterator, of_stream};
pub use follow::{
    WayFuture, WayIterator, WayKnown, WayStream, WayValue, follow_future, follow_future_deep, follow_iterator,
    follow_stream,
};
pub use future::{Enter, enter, enter_into, enter_then};
pub(crate) use global::{install, is_listening, listen, uninstall, unlisten};
pub use global::{is_enabled, set_enabled};
pub use handle::{Call, call, call_async, current_call};
pub use hint::{hinted, hinted_future};
pub use in_context::InContext;
pub(crate) use json::members;
pub(crate) use lane::Lane;
pub(crate) use local::Quiet;
pub use logged::{LogResult, Logging, log_conversation, log_session, log_turn};
pub use manual::{OpenCall, start_call};
pub use mode::{Listed, Skipped, Uncollected};
pub use propagate::{Context, InCurrentCall, bind};
pub(crate) use quota::Share;
pub(crate) use recorder::{Admitted, Bounds, Recorder};
pub use region::{Scope, scope};
pub use remote::Carrier;
pub(crate) use sampling::Sampling;
pub(crate) use scope::Surroundings;
pub use start::Inputs;
pub use stream::CallStream;
#[cfg(feature = "tokio")]
pub use tasks::{JoinSet, spawn, spawn_blocking, spawn_local};
pub use trace::{Trace, current_trace};
pub use understood::{FoldTellsLlm, FoldTellsNothing, TellsLlm, TellsNothing};
#[allow(unused_imports, reason = "only delivery to other machines uses libraries that are traced")]
pub(crate) use unseen::unseen;
