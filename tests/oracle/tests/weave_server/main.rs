//! What Weave's own server makes of what it is sent, read back by its queries: the same as what the local store recorded.
//!
//! Needs the server: `scripts/test-weave-server` starts it and runs these.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, also in what it calls"
)]

mod agents;
mod links;
mod many;
mod media;
mod odd;
mod ops;
mod outcomes;
mod same;
mod server;
mod values;
mod world;
