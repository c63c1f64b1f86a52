//! Recording: from an annotated function to a draft on a thread's lane.

mod active;
mod call;
mod context;
mod future;
mod global;
mod handle;
mod lane;
mod local;
mod manual;
mod propagate;
mod recorder;
mod region;
mod scope;
mod span;
mod start;
mod stream;
#[cfg(feature = "tokio")]
mod tasks;

pub use active::{Active, Guard, Outcome, diverge, guard, run};
pub use future::{Enter, InContext, enter};
pub(crate) use global::{install, listen, uninstall, unlisten};
pub use handle::{Call, call, call_async, current_call};
pub(crate) use lane::Lane;
pub(crate) use local::Quiet;
pub use manual::{OpenCall, start_call};
pub use propagate::{Context, InCurrentCall, bind};
pub(crate) use recorder::{Bounds, Recorder};
pub use region::{Scope, scope};
pub(crate) use scope::Surroundings;
pub use start::{Inputs, start};
pub use stream::CallStream;
#[cfg(feature = "tokio")]
pub use tasks::{JoinSet, spawn, spawn_blocking};
