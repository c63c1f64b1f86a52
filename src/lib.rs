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

/// Records every call of a function as one turn of a conversation: what a user said, and all that an agent does until it
/// has answered. Takes the options of [`op`](macro@op).
///
/// ```
/// #[weave::turn]
/// fn answer(question: &str) -> String {
///     format!("you asked: {question}")
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| answer("why?"));
/// assert_eq!(recorder.calls()[0].kind(), weave::Kind::Turn);
/// ```
pub use weave_macros::turn;

/// Records every call of a function as a call of a language model. Takes the options of [`op`](macro@op).
///
/// An output that has `model` and `usage`, as the answers of most model APIs do, gives the call its tokens; so does what
/// `accumulate` makes of a stream:
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Completion {
///     model: String,
///     text: String,
///     usage: Tokens,
/// }
///
/// #[derive(serde::Serialize)]
/// struct Tokens {
///     prompt_tokens: u64,
///     completion_tokens: u64,
/// }
///
/// #[weave::llm]
/// fn complete(prompt: &str) -> Completion {
///     let usage = Tokens { prompt_tokens: 3, completion_tokens: 1 };
///     Completion { model: "small".into(), text: "yes".into(), usage }
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| complete("is it so?"));
/// let usage = recorder.calls()[0].usage().unwrap();
/// assert_eq!(usage.total_tokens, Some(4));
/// ```
pub use weave_macros::llm;

/// Records every call of a function as the execution of a tool that a model asked for. Takes the options of
/// [`op`](macro@op).
///
/// ```
/// #[weave::tool]
/// fn add(a: i64, b: i64) -> i64 {
///     a + b
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| add(1, 2));
/// assert_eq!(recorder.tree().outline(), "tool add(a: 1, b: 2) -> 3");
/// ```
pub use weave_macros::tool;

pub use weave_runtime::*;

#[doc(hidden)]
pub use weave_runtime::private as __private;

/// Compiles and runs the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
