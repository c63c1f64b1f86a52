//! What the soak, the kills and their backend share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod backend;
mod figures;
mod spans;
mod taken;
mod workload;

pub use backend::{Backend, serve};
pub use figures::{Latencies, Table, peak_memory};
pub use taken::ids;
pub use workload::{Journal, Made, destination, make_calls};
