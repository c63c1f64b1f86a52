//! The trait of whatever takes finished calls.

use crate::error::Error;
use crate::record::CallRecord;

/// A destination for calls.
///
/// Each sink runs on a thread of its own, behind its own bounded queue, so one that is slow or hangs delays neither the
/// program nor the other sinks; when its queue is full, the newest calls are dropped for it and counted. Ops called
/// inside a sink are not recorded. A panic is caught and counts as a failed export.
///
/// ```
/// struct Count(std::sync::mpsc::Sender<usize>);
///
/// impl weave::Sink for Count {
///     fn name(&self) -> &str {
///         "count"
///     }
///     fn export(&mut self, calls: &[weave::CallRecord]) -> Result<(), weave::Error> {
///         let ended = calls.iter().filter(|call| call.status() != weave::Status::Running).count();
///         self.0.send(ended).map_err(|_| weave::Error::undelivered("nobody counts any more"))
///     }
/// }
///
/// let (sender, counts) = std::sync::mpsc::channel();
/// let weave = weave::builder("my-project").local(false).sink(Count(sender)).init()?;
/// weave::start_call("work").finish(());
/// weave.shutdown().into_result()?;
/// assert_eq!(counts.try_iter().sum::<usize>(), 1);
/// # Ok::<(), weave::Error>(())
/// ```
pub trait Sink: Send + 'static {
    /// What the sink is called in [`Health`](crate::Health), reports and warnings.
    fn name(&self) -> &str;

    /// Takes a batch. Most calls come once, when they have ended. One that is still open after a flush interval comes
    /// first with status [`Running`](crate::Status::Running), and again with the same id when it has ended.
    ///
    /// # Errors
    ///
    /// The whole batch counts as failed and is not offered again.
    fn export(&mut self, calls: &[CallRecord]) -> Result<(), Error>;

    /// Makes what was exported durable. Called by [`flush`](crate::flush), after the batches before it.
    ///
    /// # Errors
    ///
    /// Shown as the sink's last error; the report of the flush is not complete.
    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
