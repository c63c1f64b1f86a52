#![doc = include_str!("docs/crate.md")]

// So that the annotations work in this crate's own examples and tests as they do in yours.
extern crate self as weave;

pub mod guide;

#[doc = include_str!("docs/op.md")]
#[doc = include_str!("docs/shapes.md")]
#[doc = include_str!("docs/methods.md")]
#[doc = include_str!("docs/streams.md")]
#[doc = include_str!("docs/calls.md")]
pub use weave_macros::op;

#[doc = include_str!("docs/turn.md")]
pub use weave_macros::turn;

#[doc = include_str!("docs/llm.md")]
pub use weave_macros::llm;

#[doc = include_str!("docs/tool.md")]
pub use weave_macros::tool;

pub use weave_runtime::*;

#[doc(hidden)]
pub use weave_runtime::private as __private;

/// Compiles and runs the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
