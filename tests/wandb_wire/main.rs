//! What Weave is sent, request by request: the scenarios of the Python SDK in Rust, compared with what that sent. What is not
//! the same is in the table of `src/docs/python.md`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod agents;
mod delivery;
mod differences;
mod fixture;
mod generators;
mod metadata;
mod ops;
mod sent;
mod session;
