//! Work of ours that must not come back as calls to be delivered.

use opentelemetry::Context;

use super::local::Quiet;

/// Does work of our own in which nothing is recorded: no call, and no span by whoever traces the libraries that it uses.
#[allow(dead_code, reason = "only delivery to other machines uses libraries that are traced")]
pub(crate) fn unseen<R>(work: impl FnOnce() -> R) -> R {
    let _quiet = Quiet::enter();
    let _suppressed = Context::enter_telemetry_suppressed_scope();
    work()
}
