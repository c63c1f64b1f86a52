//! Every shape of function that Rust allows: what is recorded of it, and that it stays what it was.

mod accumulated;
mod attributes;
mod futures_out;
mod iterators;
mod same;
mod sizes;
mod streams;
mod streams_end;
mod traits;
