//! The engine of [`weave-rs`](https://docs.rs/weave-rs): use it through that crate.

mod client;
#[cfg(feature = "console")]
mod console;
#[cfg(not(feature = "console"))]
#[path = "console/disabled.rs"]
mod console;
mod error;
mod id;
mod op;
mod query;
mod record;
mod sink;
#[cfg(feature = "local")]
mod store;
#[cfg(not(feature = "local"))]
#[path = "store/disabled.rs"]
mod store;
mod tree;
mod value;

pub use client::{BlockingClient, Calls, Client};
pub use error::Error;
pub use id::{CallId, TraceId};
pub use query::{OpCount, Sort};
pub use record::{CallError, CallRecord, Event, Kind, Status, Usage};
pub use sink::Sink;
pub use tree::{CallTree, TreeStyle};

/// What the expansions of the macros name; no part of the API.
#[doc(hidden)]
pub mod __private {
    pub use crate::value::{
        ErrorDebug, ErrorDisplay, ErrorSlot, ErrorType, Limits, Never, Probe, Slot, Split, SplitResult, SplitValue,
        ViaDebug, ViaLock, ViaSerialize, ViaType,
    };
}
