//! Every shape of function that Rust allows: what is recorded of it, and that it stays what it was.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::type_complexity, reason = "what async-trait makes is written out")]

mod accumulated;
mod attributes;
mod futures_out;
mod iterators;
mod names;
mod same;
mod sizes;
mod streams;
mod streams_end;
mod traits;
