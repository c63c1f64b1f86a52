//! Values as bounded JSON text: capturing them from Rust, and taking secrets out of them.

/// The key of the marker that stands where a value was cut.
pub(crate) const CUT_KEY: &str = "weave.cut";
