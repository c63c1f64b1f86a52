//! What a worker drives: a sink, or what keeps calls in its custody until they were taken elsewhere.

use std::sync::Arc;
use std::time::Instant;

use super::custody::Custody;
use super::worker::Nudge;
use crate::error::Error;
use crate::record::CallRecord;
use crate::sink::Sink;

/// Takes calls on a thread of its own. Most are sinks; those that deliver later than `export` returns say what they have in
/// their [`Custody`].
pub(crate) trait Outlet: Send {
    fn name(&self) -> &str;

    /// Comes first. The nudge has [`tick`](Self::tick) called soon, from any thread.
    ///
    /// # Errors
    ///
    /// Shown as the sink's last error. What is exported all the same may fail, too.
    fn begin(&mut self, nudge: Nudge) -> Result<(), Error> {
        drop(nudge);
        Ok(())
    }

    /// Takes a batch.
    ///
    /// # Errors
    ///
    /// The whole batch counts as failed and is not offered again.
    fn export(&mut self, calls: &[CallRecord]) -> Result<(), Error>;

    /// Delivers what was exported, or makes it durable, by the deadline. `None`: it is under way, and `tick` says when it
    /// is done.
    fn flush(&mut self, deadline: Instant) -> Option<Result<(), Error>>;

    /// Does what is due. Called after everything else, and when it asked to be.
    fn tick(&mut self) -> Tick {
        Tick::default()
    }

    /// The figures of those calls that were exported well. Without, they are sent.
    fn custody(&self) -> Option<Arc<Custody>> {
        None
    }
}

/// What came of doing what was due.
#[derive(Debug, Default)]
pub(crate) struct Tick {
    /// The flush that was under way is done.
    pub(crate) flushed: Option<Result<(), Error>>,
    /// When to ask again, if nothing happens before.
    pub(crate) due: Option<Instant>,
}

/// An outlet as it is given to a pipeline.
pub(crate) struct Mount {
    pub(crate) outlet: Box<dyn Outlet>,
    /// What failed already, shown until something else does.
    pub(crate) trouble: Option<Error>,
    /// By which warnings of its failures are told from others.
    pub(crate) cause: String,
}

impl Mount {
    pub(crate) fn new(outlet: impl Outlet + 'static) -> Self {
        let cause = format!("failed {}", outlet.name());
        Self { outlet: Box::new(outlet), trouble: None, cause }
    }
}

impl From<Box<dyn Sink>> for Mount {
    fn from(sink: Box<dyn Sink>) -> Self {
        Self::new(Plain(sink))
    }
}

/// A sink: it has done with calls when it returns.
struct Plain(Box<dyn Sink>);

impl Outlet for Plain {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn export(&mut self, calls: &[CallRecord]) -> Result<(), Error> {
        self.0.export(calls)
    }

    fn flush(&mut self, _deadline: Instant) -> Option<Result<(), Error>> {
        Some(self.0.flush())
    }
}
