//! A sink on its own thread, behind its own bounded queue.

mod thread;

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::custody::Custody;
use super::outlet::Mount;
use super::report::SinkReport;
use super::room::Room;
use crate::diagnostics;
use crate::error::Error;
use crate::record::{CallRecord, Status};
use crate::recording::Share;
#[allow(unused_imports, reason = "only delivery to other machines has something due")]
pub(crate) use thread::Nudge;

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
    custody: Option<Arc<Custody>>,
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
    /// Calls that ended and were let into the queue, ever.
    taken: u64,
    nudged: bool,
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
        let Mount { outlet, trouble, cause } = mount;
        let name = outlet.name().to_owned();
        let report = SinkReport { name: name.clone(), last_error: trouble, ..SinkReport::default() };
        let state = State { report, ..State::default() };
        let shared = Arc::new(Shared {
            name: name.clone(),
            cause,
            room,
            custody: outlet.custody(),
            state: Mutex::new(state),
            wake: Condvar::new(),
            progress: Condvar::new(),
        });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            // The one character that a thread's name cannot have.
            .name(format!("weave-{name}").replace('\0', ""))
            .spawn(move || theirs.work(outlet))
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
            state.taken += ended(taken);
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

    /// Asks for a flush after all that is queued, to be done by `deadline`; the number to wait for.
    pub(super) fn ask_flush(&self, deadline: Instant) -> u64 {
        let mut state = self.shared.lock();
        state.flushes_asked += 1;
        let ticket = state.flushes_asked;
        match state.queue.back_mut() {
            // Many that wait for a sink that hangs are one: the queue does not grow with them.
            Some(Job::Flush(latest, earliest)) => {
                *latest = ticket;
                *earliest = deadline.min(*earliest);
            }
            _ => state.queue.push_back(Job::Flush(ticket, deadline)),
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
        // First, so that no call is in it that is not among those taken.
        let custody = self.shared.custody.as_deref().map(Custody::figures);
        let state = self.shared.lock();
        let (mut report, taken) = (state.report.clone(), state.taken);
        drop(state);
        let refused = report.dropped;
        if let Some(figures) = custody {
            figures.add_to(&mut report);
        }
        let known = report.sent + report.failed + report.spilled + report.dropped - refused;
        report.pending = taken.saturating_sub(known);
        report
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
    /// Its number, and by when it is to be done.
    Flush(u64, Instant),
}

/// How many of the records are of calls that ended: those that are counted.
fn ended(calls: &[CallRecord]) -> u64 {
    calls.iter().filter(|call| call.status != Status::Running).count() as u64
}

impl Shared {
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
