//! What became of the calls: the figures of each sink.

use std::fmt;

use crate::error::Error;

/// The figures of one sink since it began.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SinkReport {
    /// The sink's name.
    pub name: String,
    /// Calls that were delivered, counted when they have ended: the announcement of a running call counts nowhere.
    pub sent: u64,
    /// Calls that ended and wait for the sink, or are with it now.
    pub pending: u64,
    /// Calls that were not offered to the sink, because its queue was full.
    pub dropped: u64,
    /// Calls that the sink was offered and could not deliver.
    pub failed: u64,
    /// Calls of this process that could not be delivered yet and are kept on disk: tried again while it runs, and by the
    /// next process that delivers to the same place.
    pub spilled: u64,
    /// Calls that earlier processes could not deliver, and this one did. They count in none of the others.
    pub recovered: u64,
    /// Whether the last flush of the sink failed: what was sent may not be durable.
    pub flush_failed: bool,
    /// What went wrong last.
    pub last_error: Option<Error>,
}

/// What [`flush`](crate::flush) achieved.
///
/// ```
/// let report = weave::flush(); // nothing was started: there is nothing to flush
/// assert!(report.is_complete());
/// report.into_result()?;
/// # Ok::<(), weave::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct FlushReport {
    /// The figures of each sink.
    pub sinks: Vec<SinkReport>,
    /// Calls dropped before any sink saw them, because all queues were full or recording had ended.
    pub dropped: u64,
    /// Traces that were sampled out: no loss, but what was asked for.
    pub unsampled: u64,
    /// Whether the time was over before every sink was done.
    pub timed_out: bool,
}

impl FlushReport {
    /// Whether all calls that had ended when the flush began were delivered to every sink: what is kept on disk for later
    /// was not. Those that ended meanwhile, on other threads, may be pending.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let is_whole = |sink: &SinkReport| sink.dropped + sink.failed + sink.spilled == 0 && !sink.flush_failed;
        !self.timed_out && self.dropped == 0 && self.sinks.iter().all(is_whole)
    }

    /// The report, or what was not delivered as an error.
    ///
    /// # Errors
    ///
    /// [`is_timeout`](Error::is_timeout) when the time was over first, else [`is_delivery`](Error::is_delivery) when
    /// calls were dropped, failed or are kept on disk for later, or a sink could not flush.
    pub fn into_result(self) -> Result<Self, Error> {
        if self.is_complete() {
            return Ok(self);
        }
        let error = if self.timed_out {
            Error::timeout(self.to_string())
        } else {
            Error::delivery(format!("not every call was delivered: {self}"))
        };
        Err(match self.sinks.iter().find_map(|sink| sink.last_error.clone()) {
            Some(cause) => error.because(cause),
            None => error,
        })
    }
}

impl fmt::Display for FlushReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.timed_out {
            f.write_str("not everything was delivered in time: ")?;
        }
        if self.dropped > 0 {
            write!(f, "{} calls dropped before delivery; ", self.dropped)?;
        }
        write_sinks(&self.sinks, f)
    }
}

/// The figures of each sink in a line. What most never have is said where there is some.
fn write_sinks(sinks: &[SinkReport], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, sink) in sinks.iter().enumerate() {
        let SinkReport { name, sent, pending, dropped, failed, spilled, recovered, .. } = sink;
        let comma = if at > 0 { "; " } else { "" };
        write!(f, "{comma}{name}: {sent} sent, {pending} pending, {dropped} dropped, {failed} failed")?;
        if *spilled > 0 {
            write!(f, ", {spilled} kept on disk for later")?;
        }
        if *recovered > 0 {
            write!(f, ", {recovered} of earlier runs sent")?;
        }
        if let Some(error) = &sink.last_error {
            write!(f, " ({error})")?;
        }
    }
    if sinks.is_empty() { f.write_str("no sinks") } else { Ok(()) }
}

/// How recording is doing now.
///
/// ```
/// let health = weave::health(); // init was not called
/// assert!(!health.recording);
/// assert_eq!(health.to_string(), "not recording; no sinks");
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Health {
    /// Whether calls are being recorded.
    pub recording: bool,
    /// The figures of each sink.
    pub sinks: Vec<SinkReport>,
    /// Calls dropped before any sink saw them.
    pub dropped: u64,
    /// How often [`Content`](crate::Content), or base64 that does not fit into a value, was recorded without its bytes,
    /// because there were more than [`content_bytes`](crate::Builder::content_bytes).
    pub contents_left_out: u64,
    /// Traces that were sampled out: no loss, but what was asked for.
    pub unsampled: u64,
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.recording { "recording; " } else { "not recording; " })?;
        if self.dropped > 0 {
            write!(f, "{} calls dropped before delivery; ", self.dropped)?;
        }
        write_sinks(&self.sinks, f)
    }
}
