//! What Weave is sent, request by request: the scenarios of the Python SDK in Rust, compared with what that sent. What is not
//! the same is in the table of `src/docs/python.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod agents;
mod conversations;
mod delivery;
mod differences;
mod fixture;
mod generators;
mod metadata;
mod ops;
#[path = "../it/python_agents/scenarios.rs"]
mod scenarios;
mod sent;
mod session;
#[allow(dead_code, reason = "the table is looked at where it is written")]
#[path = "../it/python_agents/differences.rs"]
mod span_differences;
