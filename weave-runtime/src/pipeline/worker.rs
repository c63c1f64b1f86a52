//! A sink on its own thread, behind its own bounded queue.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::report::SinkReport;
use super::room::Room;
use crate::diagnostics;
use crate::error::Error;
use crate::record::{CallError, CallRecord, Status};
use crate::recording::{Quiet, Share};
use crate::sink::Sink;

/// Records with their weight in bytes, shared between the queues of all sinks.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) calls: Vec<CallRecord>,
    pub(super) bytes: usize,
    /// Room that was taken for them beforehand: given back when the last sink has done with them.
    pub(super) shares: Vec<Share>,
}

impl Batch {
    /// Whether they have room of their own, apart from that of the queues.
    fn is_admitted(&self) -> bool {
        !self.shares.is_empty()
    }

    /// How much of a queue's room so many of the calls take.
    fn takes(&self, calls: usize) -> (usize, usize) {
        if self.is_admitted() { (0, 0) } else { (calls, self.bytes) }
    }
}

/// A sink as it is given to a pipeline.
pub(crate) struct Mount {
    pub(crate) sink: Box<dyn Sink>,
    /// What failed already, shown until something else does.
    pub(crate) trouble: Option<Error>,
    /// By which warnings of its failures are told from others.
    pub(crate) cause: String,
}

impl From<Box<dyn Sink>> for Mount {
    fn from(sink: Box<dyn Sink>) -> Self {
        let cause = format!("failed {}", sink.name());
        Self { sink, trouble: None, cause }
    }
}

/// The outside of a sink's thread.
#[derive(Debug)]
pub(super) struct Worker {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    name: String,
    cause: String,
    room: Room,
    state: Mutex<State>,
    wake: Condvar,
    /// Signalled when the sink has done something.
    progress: Condvar,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Job>,
    /// Records in the queue or with the sink.
    queued: usize,
    queued_bytes: usize,
    report: SinkReport,
    flushes_asked: u64,
    flushes_done: u64,
    ends: bool,
    ended: bool,
}

impl Worker {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When the system has no more threads.
    pub(super) fn start(mount: Mount, room: Room) -> Result<Self, Error> {
        let Mount { sink, trouble, cause } = mount;
        let name = sink.name().to_owned();
        let report = SinkReport { name: name.clone(), last_error: trouble, ..SinkReport::default() };
        let state = State { report, ..State::default() };
        let shared = Arc::new(Shared {
            name: name.clone(),
            cause,
            room,
            state: Mutex::new(state),
            wake: Condvar::new(),
            progress: Condvar::new(),
        });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            // The one character that a thread's name cannot have.
            .name(format!("weave-{name}").replace('\0', ""))
            .spawn(move || theirs.work(sink))
            .map_err(|error| Error::config(format!("no thread could be started for the sink {name}")).because(error))?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// What the sink can be offered now without getting far behind.
    pub(super) fn free(&self) -> Room {
        self.shared.free(&self.shared.lock())
    }

    /// Waits, for at most `patience`, until something of this weight can be offered.
    pub(super) fn await_free(&self, weight: usize, patience: Duration) {
        let state = self.shared.lock();
        if !self.shared.free(&state).takes(weight) {
            let _ = self.shared.progress.wait_timeout(state, patience);
        }
    }

    /// Queues as much of the batch as there is room for. The rest is dropped for this sink and counted.
    pub(super) fn offer(&self, batch: &Arc<Batch>) {
        let mut state = self.shared.lock();
        // A thread that has ended, because a sink ended the recording, takes nothing any more.
        let fits = state.queued_bytes.saturating_add(batch.bytes) <= self.shared.room.bytes || state.queued == 0;
        let free = match state.ended {
            false if batch.is_admitted() => usize::MAX,
            false if fits => self.shared.room.calls.saturating_sub(state.queued),
            _ => 0,
        };
        let (taken, left) = batch.calls.split_at(batch.calls.len().min(free));
        let refused = ended(left);
        state.report.dropped += refused;
        let dropped = state.report.dropped;
        if !taken.is_empty() {
            state.report.pending += ended(taken);
            let (calls, bytes) = batch.takes(taken.len());
            state.queued += calls;
            state.queued_bytes += bytes;
            state.queue.push_back(Job::Export(Arc::clone(batch), taken.len()));
        }
        drop(state);
        self.shared.wake.notify_one();
        if refused > 0 {
            let name = &self.shared.name;
            diagnostics::warn(
                &format!("full {name}"),
                &format!(
                    "the sink {name} does not keep up: the newest calls are dropped for it ({dropped} so far, see \
                     weave::health())"
                ),
            );
        }
    }

    /// Asks for a flush after all that is queued; the number to wait for.
    pub(super) fn ask_flush(&self) -> u64 {
        let mut state = self.shared.lock();
        state.flushes_asked += 1;
        let ticket = state.flushes_asked;
        match state.queue.back_mut() {
            // Many that wait for a sink that hangs are one: the queue does not grow with them.
            Some(Job::Flush(latest)) => *latest = ticket,
            _ => state.queue.push_back(Job::Flush(ticket)),
        }
        drop(state);
        self.shared.wake.notify_one();
        ticket
    }

    /// Waits for a flush; `false` when it was not done by `deadline`.
    pub(super) fn await_flush(&self, ticket: u64, deadline: Instant) -> bool {
        let mut state = self.shared.lock();
        while state.flushes_done < ticket && !state.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.shared.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    pub(super) fn name(&self) -> &str {
        &self.shared.name
    }

    pub(super) fn report(&self) -> SinkReport {
        self.shared.lock().report.clone()
    }

    /// Ends the thread after what is queued. One that is not done by `deadline` is left to itself.
    pub(super) fn end(&self, deadline: Instant) {
        let mut state = self.shared.lock();
        state.ends = true;
        self.shared.wake.notify_one();
        while !state.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.shared.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(state);
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.lock().ends = true;
        self.shared.wake.notify_one();
    }
}

#[derive(Debug)]
enum Job {
    /// A batch with how many of its calls were let in.
    Export(Arc<Batch>, usize),
    Flush(u64),
}

/// How many of the records are of calls that ended: those that are counted.
fn ended(calls: &[CallRecord]) -> u64 {
    calls.iter().filter(|call| call.status != Status::Running).count() as u64
}

impl Shared {
    fn work(&self, mut sink: Box<dyn Sink>) {
        super::mark_ours();
        let _quiet = Quiet::enter();
        while let Some(job) = self.next() {
            match job {
                Job::Export(batch, taken) => {
                    let calls = batch.calls.get(..taken).unwrap_or(&[]);
                    let result = guarded(|| sink.export(calls));
                    self.exported(calls, batch.takes(taken), result);
                }
                Job::Flush(ticket) => {
                    let result = guarded(|| sink.flush());
                    self.flushed(ticket, result);
                }
            }
        }
        // Whatever the sink still has to do when it is dropped belongs to the end that others wait for.
        let _ = guarded(|| {
            drop(sink);
            Ok(())
        });
        self.lock().ended = true;
        self.progress.notify_all();
    }

    /// Waits for the next job; `None` when there are no more and the worker is to end.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.queue.pop_front() {
                return Some(job);
            }
            if state.ends {
                return None;
            }
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn exported(&self, batch: &[CallRecord], taken: (usize, usize), result: Result<(), Error>) {
        let calls = ended(batch);
        let mut state = self.lock();
        state.queued -= taken.0;
        state.queued_bytes -= taken.1;
        state.report.pending -= calls;
        match result {
            Ok(()) => state.report.sent += calls,
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

    /// A thread that has ended takes all of it, for nothing.
    fn free(&self, state: &State) -> Room {
        if state.ended {
            return Room::WITHOUT_END;
        }
        self.room.left_by(state.queued, state.queued_bytes)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn guarded(work: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        Err(Error::delivery(format!("the sink panicked: {}", CallError::from_panic(&*payload).message)))
    })
}
