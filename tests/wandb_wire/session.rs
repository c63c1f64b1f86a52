//! One client at a time, that sends to a fake of Weave.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fake_backend::Backend;
use tempfile::TempDir;
use weave::FlushReport;

use crate::sent::Sent;

static TURN: Mutex<()> = Mutex::new(());

/// The project of the fixtures.
pub(crate) const PROJECT: &str = "recorder-entity/recorder-project";

/// What must be seen nowhere but in the header that is made for it.
pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

/// A turn with the process's client, and a server for it.
pub(crate) struct Session {
    pub(crate) backend: Backend,
    dir: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Session {
    /// Waits for a turn.
    pub(crate) fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Self { backend: Backend::weave(), dir: tempfile::tempdir().unwrap(), _turn: turn }
    }

    /// A client that sends there, whatever the environment says.
    pub(crate) fn builder(&self) -> weave::Builder {
        self.builder_for(PROJECT)
    }

    pub(crate) fn builder_for(&self, project: &str) -> weave::Builder {
        weave::builder(project)
            .dir(self.dir.path())
            .environment([("", ""); 0])
            .weave(true)
            .local(false)
            .api_key(KEY)
            .base_url(self.backend.url())
            .trace_server_url(self.backend.url())
            .print_call_link(false)
            .flush_timeout(Duration::from_secs(20))
    }

    /// Runs something with a client, and gives what was sent.
    pub(crate) fn run<R>(&self, builder: weave::Builder, run: impl FnOnce() -> R) -> Sent {
        let sent = self.run_whatever_becomes_of_it(builder, run);
        assert!(sent.report.is_complete(), "{:?}", sent.report);
        sent
    }

    pub(crate) fn run_whatever_becomes_of_it<R>(&self, builder: weave::Builder, run: impl FnOnce() -> R) -> Sent {
        let weave = builder.init().unwrap();
        drop(run());
        let report: FlushReport = weave.shutdown();
        Sent { requests: self.backend.requests(), report }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = weave::shutdown();
    }
}

/// Runs a scenario as whoever uses the library first would.
pub(crate) fn run<R>(scenario: impl FnOnce() -> R) -> Sent {
    let session = Session::new();
    session.run(session.builder(), scenario)
}
