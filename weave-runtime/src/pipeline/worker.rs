//! A sink on its own thread, behind its own bounded queue.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::custody::Custody;
use super::outlet::{Mount, Outlet};
use super::report::SinkReport;
use super::room::Room;
use crate::diagnostics;
use crate::error::Error;
use crate::record::{CallError, CallRecord, Status};
use crate::recording::{Quiet, Share};

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

/// How many of the records are of calls that ended: those that are counted.
fn ended(calls: &[CallRecord]) -> u64 {
    calls.iter().filter(|call| call.status != Status::Running).count() as u64
}

impl Shared {
    fn work(self: &Arc<Self>, mut outlet: Box<dyn Outlet>) {
        super::mark_ours();
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

fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        Err(Error::delivery(format!("the sink panicked: {}", CallError::from_panic(&*payload).message)))
    })
}
