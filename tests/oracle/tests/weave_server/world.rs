//! The one client of the process, which records to the server and to a local store at the same time.

use std::env;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;
use weave::{BlockingClient, CallRecord, Client, Guard, Kind, TraceId};

use crate::server::Server;

/// Where the server is.
const URL: &str = "WEAVE_TEST_SERVER";

/// The run of W&B that all calls are part of.
pub(crate) const RUN: &str = "run-1";

/// What is in two places.
pub(crate) struct World {
    guard: Guard,
    pub(crate) server: Server,
    pub(crate) store: BlockingClient,
    _dir: TempDir,
}

/// Starts recording, at the first call.
pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let url = env::var(URL)
            .unwrap_or_else(|_| panic!("{URL} does not say where the server is: run scripts/test-weave-server"));
        let project = format!("rust/tests-{}", SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis());
        let dir = tempfile::tempdir().unwrap();
        let builder = weave::builder(&project).dir(dir.path()).local(true).print_call_link(false);
        let builder =
            builder.environment([("WANDB_RUN_ID", RUN)]).api_key("k".repeat(40)).base_url(&url).trace_server_url(&url);
        let guard = builder.weave(true).attribute("of the client", true).init().unwrap();
        let store = Client::local(dir.path()).blocking();
        World { guard, server: Server::new(url, project), store, _dir: dir }
    })
}

impl World {
    /// Waits until everything that has ended is in both places.
    pub(crate) fn settle(&self) {
        let report = self.guard.flush();
        let deadline = Instant::now() + Duration::from_secs(30);
        for sink in &report.sinks {
            assert_eq!((sink.failed, sink.dropped), (0, 0), "{report}");
        }
        while self.guard.health().sinks.iter().any(|sink| sink.pending + sink.spilled > 0) {
            assert!(Instant::now() < deadline, "{}", self.guard.flush());
            let _ = self.guard.flush();
        }
    }

    /// What the store has of a trace, once it is on the server: the ops, and the spans of agents.
    pub(crate) fn recorded(&self, trace: TraceId) -> (Vec<CallRecord>, Vec<CallRecord>) {
        self.settle();
        let calls = self.store.calls().trace(trace).list().unwrap();
        calls.into_iter().partition(|call| call.kind() == Kind::Op)
    }
}
