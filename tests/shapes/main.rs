//! Every shape of function that Rust allows: what is recorded of it, and that it stays what it was.

mod streams;
