//! Values as bounded JSON text: capturing them from Rust, and taking secrets out of them.

mod capture;
mod hook;
mod json;
mod merge;
mod plain;
mod probe;
mod redact;
mod scan;
mod text;
mod writer;

pub(crate) use capture::write;
pub(crate) use hook::Hook;
pub(crate) use merge::merge;
pub(crate) use plain::{describe_error, write_outcome, write_str, write_type_name};
pub use probe::{
    ErrorDebug, ErrorDisplay, ErrorSlot, ErrorType, Never, Probe, Slot, Split, SplitResult, SplitValue, ViaDebug,
    ViaLock, ViaSerialize, ViaType,
};
pub(crate) use redact::Redactor;

/// The key of the marker that stands where a value was cut.
pub(crate) const CUT_KEY: &str = "weave.cut";

/// The key of the placeholder of a value that could not be captured.
pub(crate) const ERROR_KEY: &str = "weave.error";

/// The deepest nesting recorded, whatever the limits say: serde_json reads back no more than 128 levels.
pub(crate) const MAX_DEPTH: usize = 64;

/// How much of one value is recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of JSON text. What is longer is cut there; the marks that say so come on top.
    pub bytes: usize,
    /// Levels of nesting, at most 64. What is deeper is left out, and what is beside it kept.
    pub depth: usize,
    /// Bytes of stack that the value's own `Serialize` or `Debug` may take before it is stopped.
    pub stack: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: MAX_DEPTH, stack: 256 << 10 }
    }
}
