//! Sinks that behave well, and sinks that do not.

use std::sync::{Arc, Condvar, Mutex};

use weave::{CallRecord, Error, Sink, Status};

/// Keeps every call that it is given.
#[derive(Clone, Default)]
pub(crate) struct Keeping(Arc<Mutex<Vec<CallRecord>>>);

impl Keeping {
    pub(crate) fn ended(&self) -> Vec<CallRecord> {
        let calls = self.0.lock().unwrap();
        calls.iter().filter(|call| call.status() != Status::Running).cloned().collect()
    }
}

impl Sink for Keeping {
    fn name(&self) -> &str {
        "keeping"
    }

    fn export(&mut self, calls: &[CallRecord]) -> Result<(), Error> {
        self.0.lock().unwrap().extend_from_slice(calls);
        Ok(())
    }
}

/// Hangs in every export until it is released.
#[derive(Clone, Default)]
pub(crate) struct Hanging(Arc<(Mutex<bool>, Condvar)>);

impl Hanging {
    pub(crate) fn release(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }
}

impl Sink for Hanging {
    fn name(&self) -> &str {
        "hanging"
    }

    fn export(&mut self, _calls: &[CallRecord]) -> Result<(), Error> {
        let released = self.0.0.lock().unwrap();
        drop(self.0.1.wait_while(released, |released| !*released).unwrap());
        Ok(())
    }
}

/// Does with each batch what it is told.
pub(crate) struct Doing<F>(pub(crate) &'static str, pub(crate) F);

impl<F: FnMut(&[CallRecord]) -> Result<(), Error> + Send + 'static> Sink for Doing<F> {
    fn name(&self) -> &str {
        self.0
    }

    fn export(&mut self, calls: &[CallRecord]) -> Result<(), Error> {
        (self.1)(calls)
    }
}

/// Panics in every export, without the noise of the hook.
pub(crate) fn panicking() -> impl Sink {
    Doing("panicking", |_: &[CallRecord]| std::panic::resume_unwind(Box::new("no more")))
}

/// Fails in every export.
pub(crate) fn failing() -> impl Sink {
    Doing("failing", |_: &[CallRecord]| Err(Error::undelivered("the backend is away")))
}

/// The figures of one sink of a report.
pub(crate) fn of<'a>(sinks: &'a [weave::SinkReport], name: &str) -> &'a weave::SinkReport {
    sinks.iter().find(|sink| sink.name == name).unwrap_or_else(|| panic!("no sink {name} in {sinks:?}"))
}

/// What became of the calls of one sink: sent, pending, dropped, failed.
pub(crate) fn figures(sinks: &[weave::SinkReport], name: &str) -> [u64; 4] {
    let sink = of(sinks, name);
    [sink.sent, sink.pending, sink.dropped, sink.failed]
}
