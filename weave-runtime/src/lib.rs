//! The engine of [`weave-rs`](https://docs.rs/weave-rs): use it through that crate.

mod error;
mod id;
mod op;
mod record;
mod sink;
mod value;

pub use error::Error;
pub use id::{CallId, TraceId};
pub use record::{CallError, CallRecord, Event, Kind, Status, Usage};
pub use sink::Sink;

/// What the expansions of the macros name; no part of the API.
#[doc(hidden)]
pub mod __private {
    pub use crate::value::{
        ErrorDebug, ErrorDisplay, ErrorSlot, ErrorType, Limits, Never, Probe, Slot, Split, SplitResult, SplitValue,
        ViaDebug, ViaLock, ViaSerialize, ViaType,
    };
}
