//! Values as bounded JSON text: capturing them from Rust, and taking secrets out of them.

mod blob;
mod capture;
mod content;
mod encoded;
mod hook;
mod json;
mod mark;
mod markdown;
mod merge;
mod plain;
mod probe;
mod redact;
mod reshape;
mod scan;
mod showing;
mod taken;
mod text;
mod writer;

pub(crate) use blob::{Blob, Digest};
pub(crate) use capture::write;
pub use content::Content;
#[allow(unused_imports, reason = "each feature uses its own")]
pub(crate) use content::media::extension as extension_of;
pub(crate) use content::media::{UNKNOWN as UNKNOWN_TYPE, of_bytes as mime_type_of};
pub(crate) use content::{Inline, Lookup, reading};
pub(crate) use encoded::{Encoded, LONG, restore, take_out};
pub(crate) use hook::{Hook, Hooks, contain};
pub(crate) use mark::{Card, Mark};
pub(crate) use mark::{each as each_mark, may_be_in as may_have_marks, replace as replace_marks};
pub use markdown::Markdown;
pub(crate) use merge::merge;
pub(crate) use plain::{describe_error, write_outcome, write_placeholder, write_str, write_type_name};
pub use probe::{
    ErrorDebug, ErrorDisplay, ErrorSlot, ErrorType, Never, Probe, Slot, Split, SplitResult, SplitValue, ViaDebug,
    ViaLock, ViaSerialize, ViaType,
};
pub(crate) use redact::Redactor;
pub(crate) use reshape::{reshape_object, reshape_value};
pub(crate) use showing::Showing;
pub(crate) use taken::{Holdings, What, forget_taken, has_taken};

/// The key of the marker that stands where a value was cut.
pub(crate) const CUT_KEY: &str = "weave.cut";

/// The key of the placeholder of a value that could not be captured.
pub(crate) const ERROR_KEY: &str = "weave.error";

/// What stands where the function given as `output` panicked.
pub(crate) const OUTPUT_PANICKED: &str = "the function given as `output` panicked";
/// The keys of the marked objects in which values stand that are more than JSON.
pub(crate) const CONTENT_KEY: &str = "weave.content";
pub(crate) const BASE64_KEY: &str = "weave.base64";
pub(crate) const MARKDOWN_KEY: &str = "weave.markdown";

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
    /// Bytes of one [`Content`], beside the JSON; zero where none is kept.
    pub content: usize,
}

impl Limits {
    /// The same limits where there is no call to hold content.
    pub(crate) fn without_content(self) -> Self {
        Self { content: 0, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: MAX_DEPTH, stack: 256 << 10, content: 16 << 20 }
    }
}
