//! The one way in which this library speaks of its own troubles.

use std::collections::HashMap;
use std::panic::catch_unwind;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// By which users filter what is said here.
const TARGET: &str = "weave";

/// Once per cause in this time.
const QUIET: Duration = Duration::from_secs(60);

/// Causes remembered: they are a fixed few, apart from names of sinks and ops.
const REMEMBERED: usize = 1_000;

static LAST: Mutex<Option<HashMap<String, Instant>>> = Mutex::new(None);

/// Warns through `tracing`, or through `log` when only that is listening, at most once a minute for each cause. When
/// neither listens, a cause is written to stderr once in the life of the process.
pub(crate) fn warn(cause: &str, message: &str) {
    let Some(first) = due(cause) else { return };
    // A subscriber or logger that panics must not end the thread that recording needs.
    let heard = catch_unwind(|| tell(message)).unwrap_or(true);
    if first && !heard {
        to_stderr(&format!("weave: {message}"));
    }
}

/// Says through `tracing` or `log` what is good to know and no trouble.
#[allow(dead_code, reason = "only delivery to other machines has such news")]
pub(crate) fn inform(message: &str) {
    let _ = catch_unwind(|| {
        if tracing::event_enabled!(target: TARGET, tracing::Level::INFO) {
            tracing::info!(target: TARGET, "{message}");
        } else {
            log::info!(target: TARGET, "{message}");
        }
    });
}

/// `false` when nobody listens on this thread: a subscriber may be set for other threads only, or for errors only.
fn tell(message: &str) -> bool {
    if tracing::event_enabled!(target: TARGET, tracing::Level::WARN) {
        tracing::warn!(target: TARGET, "{message}");
        true
    } else if log::log_enabled!(target: TARGET, log::Level::Warn) {
        log::warn!(target: TARGET, "{message}");
        true
    } else {
        false
    }
}

/// Writes a line to stderr, which may be closed.
pub(crate) fn to_stderr(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// `None` when the cause was spoken of within the last minute, else whether it never was before.
fn due(cause: &str) -> Option<bool> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let last = last.get_or_insert_default();
    let now = Instant::now();
    match last.get_mut(cause) {
        Some(then) if now.duration_since(*then) < QUIET => None,
        Some(then) => {
            *then = now;
            Some(false)
        }
        None => {
            if last.len() >= REMEMBERED {
                last.clear();
            }
            last.insert(cause.to_owned(), now);
            Some(true)
        }
    }
}
