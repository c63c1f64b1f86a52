//! A small Tokio runtime for exporters that need one.

use std::thread::JoinHandle;

use futures_channel::oneshot;
use opentelemetry::Context;
use tokio::runtime::{EnterGuard, Handle};

use crate::error::Error;
use crate::recording::Quiet;

/// A runtime that a thread of its own drives, so that connections are kept up between exports too, and that whoever exports
/// is not inside of.
#[derive(Debug)]
pub(super) struct Reactor {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Reactor {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When the system has no more threads or files.
    pub(super) fn start() -> Result<Self, Error> {
        let failed = |error| Error::delivery("no Tokio runtime could be started for the exporter").because(error);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let drive = move || {
            // What a client of HTTP does here must not come back as calls and spans to be exported.
            let _quiet = Quiet::enter();
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            let _ = runtime.block_on(stopped);
            // Not to wait for a name that is being looked up.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("weave-otel-io".to_owned()).spawn(drive).map_err(failed)?;
        Ok(Self { handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Makes the runtime that of this thread, until the guard is dropped.
    pub(super) fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
