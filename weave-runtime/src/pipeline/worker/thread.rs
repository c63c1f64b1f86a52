//! What happens on the thread of a sink.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use super::{Job, Shared, State, ended};
use crate::diagnostics;
use crate::error::Error;
use crate::pipeline::outlet::Outlet;
use crate::record::{CallError, CallRecord};
use crate::recording::Quiet;

/// What a worker does next.
enum Next {
    Job(Job),
    /// The outlet is to look what is due.
    Tick,
    End,
}

/// Has the outlet of a worker look what is due.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nudge(Weak<Shared>);

impl Nudge {
    #[allow(dead_code, reason = "only delivery to other machines has something due")]
    pub(crate) fn nudge(&self) {
        if let Some(shared) = self.0.upgrade() {
            shared.lock().nudged = true;
            shared.wake.notify_one();
        }
    }
}

impl Shared {
    pub(super) fn work(self: &Arc<Self>, mut outlet: Box<dyn Outlet>) {
        crate::pipeline::mark_ours();
        let _quiet = Quiet::enter();
        if let Err(error) = guarded(|| outlet.begin(Nudge(Arc::downgrade(self)))) {
            self.complain(self.lock(), &error, "could not begin");
        }
        let mut due = None;
        // The flush that is under way: those before it end with it.
        let mut flushing = None;
        loop {
            match self.next(due) {
                Next::Job(Job::Export(batch, taken)) => {
                    let calls = batch.calls.get(..taken).unwrap_or(&[]);
                    let result = guarded(|| outlet.export(calls));
                    self.exported(calls, batch.takes(taken), result);
                }
                Next::Job(Job::Flush(ticket, deadline)) => {
                    flushing = Some(ticket);
                    if let Some(result) = guarded(|| outlet.flush(deadline).transpose()).transpose() {
                        self.flushed(ticket, result);
                        flushing = None;
                    }
                }
                Next::Tick => {}
                Next::End => break,
            }
            let tick = guarded(|| Ok(outlet.tick())).unwrap_or_default();
            due = tick.due;
            if let Some(result) = tick.flushed
                && let Some(ticket) = flushing.take()
            {
                self.flushed(ticket, result);
            }
        }
        // Whatever the outlet still has to do when it is dropped belongs to the end that others wait for.
        let _ = guarded(|| {
            drop(outlet);
            Ok(())
        });
        self.lock().ended = true;
        self.progress.notify_all();
    }

    /// Waits for the next job, or until something is due.
    fn next(&self, due: Option<Instant>) -> Next {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.queue.pop_front() {
                return Next::Job(job);
            }
            if state.ends {
                return Next::End;
            }
            let left = due.map(|due| due.saturating_duration_since(Instant::now()));
            if std::mem::take(&mut state.nudged) || left.is_some_and(|left| left.is_zero()) {
                return Next::Tick;
            }
            state = match left {
                Some(left) => self.wake.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.wake.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn exported(&self, batch: &[CallRecord], taken: (usize, usize), result: Result<(), Error>) {
        let calls = ended(batch);
        let mut state = self.lock();
        state.queued -= taken.0;
        state.queued_bytes -= taken.1;
        match result {
            Ok(()) if self.custody.is_none() => state.report.sent += calls,
            Ok(()) => {}
            Err(error) => {
                state.report.failed += calls;
                let failed = state.report.failed;
                self.complain(state, &error, &format!("loses calls ({failed} so far, see weave::health())"));
            }
        }
        self.progress.notify_all();
    }

    fn flushed(&self, ticket: u64, result: Result<(), Error>) {
        let mut state = self.lock();
        state.flushes_done = state.flushes_done.max(ticket);
        state.report.flush_failed = result.is_err();
        if let Err(error) = result {
            self.complain(state, &error, "could not flush");
        }
        self.progress.notify_all();
    }

    /// Keeps an error to be shown, and warns of it, not under the lock: whoever hears the warning may ask for reports.
    fn complain(&self, mut state: MutexGuard<'_, State>, error: &Error, what: &str) {
        state.report.last_error = Some(error.clone());
        drop(state);
        diagnostics::warn(&self.cause, &format!("the sink {} {what}: {error}", self.name));
    }
}

fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        Err(Error::delivery(format!("the sink panicked: {}", CallError::from_panic(&*payload).message)))
    })
}
