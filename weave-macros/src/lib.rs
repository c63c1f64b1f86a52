//! The attributes of [`weave-rs`](https://docs.rs/weave-rs): use them through that crate.
