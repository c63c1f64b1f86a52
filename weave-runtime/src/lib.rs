//! The engine of [`weave-rs`](https://docs.rs/weave-rs): use it through that crate.

#[cfg(feature = "console")]
mod console;
#[cfg(not(feature = "console"))]
#[path = "console/disabled.rs"]
mod console;
mod error;
mod id;
mod op;
mod record;
mod sink;
mod tree;
mod value;

pub use console::Console;
pub use error::Error;
pub use id::{CallId, TraceId};
pub use record::{CallError, CallRecord, Event, Kind, Status, Usage};
pub use sink::Sink;
pub use tree::{CallTree, TreeStyle};
