//! One client at a time: tests of the process's own client take turns.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use weave::{CallRecord, Client};

static TURN: Mutex<()> = Mutex::new(());

/// A turn with the process's client, and a directory for its store. What still runs at the end is shut down.
pub(crate) struct Alone {
    dir: TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// Waits for a turn.
pub(crate) fn alone() -> Alone {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    Alone { dir: tempfile::tempdir().unwrap(), _turn: turn }
}

impl Alone {
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A client that stores below [`dir`](Self::dir), whatever the environment says, and is quick to deliver.
    pub(crate) fn builder(&self) -> weave::Builder {
        weave::builder("p")
            .dir(self.dir())
            .environment([("", ""); 0])
            .print_call_link(false)
            .flush_interval(Duration::from_millis(20))
    }

    /// The calls in the store, as anybody reads them.
    pub(crate) fn stored(&self) -> Vec<CallRecord> {
        stored(self.dir())
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = weave::shutdown();
    }
}

/// The calls in the store of a directory, oldest first; none when there is no store.
pub(crate) fn stored(dir: &Path) -> Vec<CallRecord> {
    match Client::local(dir).blocking().calls().sort(weave::Sort::OldestFirst).list() {
        Ok(calls) => calls,
        Err(error) if error.is_not_found() => Vec::new(),
        Err(error) => panic!("{error}"),
    }
}

/// Looks until something is there, for at most ten seconds.
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// An op to record.
#[weave::op]
pub(crate) fn double(n: u32) -> u32 {
    2 * n
}
