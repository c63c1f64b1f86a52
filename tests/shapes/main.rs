//! Every shape of function that Rust allows: what is recorded of it, and that it stays what it was.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::type_complexity,
    reason = "helpers outside of #[test] functions fail tests too, and the shapes are what they are"
)]

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
