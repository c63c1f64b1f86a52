//! The pipeline: the background thread that collects drafts, finishes them and hands them to the sinks.

mod admitted;
mod agents;
mod answers;
mod clock;
mod contents;
mod custody;
mod finisher;
mod hooks;
mod outlet;
mod report;
mod rollup;
mod room;
mod sources;
mod usage;
mod worker;

use std::iter::Peekable;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub(crate) use clock::Anchor;
#[allow(unused_imports, reason = "only delivery to other machines is later than it takes")]
pub(crate) use custody::{Custody, Figures};
pub(crate) use finisher::Finisher;
#[allow(unused_imports, reason = "only delivery to other machines is later than it takes")]
pub(crate) use outlet::{Mount, Outlet, Tick};
pub use report::{FlushReport, Health, SinkReport};
use room::Room;
#[allow(unused_imports, reason = "only delivery to other machines is later than it takes")]
pub(crate) use worker::Nudge;
use worker::{Batch, Worker};

use crate::diagnostics;
use crate::error::Error;
use crate::record::{CallRecord, Draft};
use crate::recording::{self, Quiet, Recorder};

/// Calls that go to the sinks together weigh at most this much, so that one is done before the next is due and a queue
/// is filled to within this.
const BATCH_BYTES: usize = 1 << 20;

/// How often to look for room while no sink has any.
const LOOK: Duration = Duration::from_millis(50);

/// How long the end waits for calls that are on their way from the collector to the sinks.
const LAST_ROUND: Duration = Duration::from_millis(200);

/// From the recorder to the sinks.
#[derive(Debug)]
pub(crate) struct Pipeline {
    shared: Arc<Shared>,
    collector: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    recorder: Arc<Recorder>,
    finisher: Finisher,
    workers: Vec<Worker>,
    rounds: Mutex<Rounds>,
    round_done: Condvar,
    ends: AtomicBool,
}

/// Rounds of the collector: a flush waits for one that began after it.
#[derive(Debug, Default)]
struct Rounds {
    begun: u64,
    done: u64,
    ended: bool,
}

impl Pipeline {
    /// Starts a thread for collecting and one for each sink, and takes the calls of the process.
    ///
    /// # Errors
    ///
    /// When the system has no more threads.
    pub(crate) fn start(recorder: Arc<Recorder>, finisher: Finisher, sinks: Vec<Mount>) -> Result<Self, Error> {
        let room = Room { calls: recorder.bounds.queue_calls, bytes: recorder.bounds.queue_bytes };
        let workers = sinks.into_iter().map(|sink| Worker::start(sink, room)).collect::<Result<_, _>>()?;
        let shared = Arc::new(Shared {
            recorder,
            finisher,
            workers,
            rounds: Mutex::default(),
            round_done: Condvar::new(),
            ends: AtomicBool::new(false),
        });
        let theirs = Arc::clone(&shared);
        let collector = std::thread::Builder::new()
            .name("weave".to_owned())
            .spawn(move || theirs.collect())
            .map_err(|error| Error::config("no thread could be started to collect calls").because(error))?;
        recording::install(Arc::clone(&shared.recorder));
        Ok(Self { shared, collector: Mutex::new(Some(collector)) })
    }

    /// Hands everything recorded so far to the sinks and waits until they have it, for at most `patience`. It never
    /// waits for itself: from within a sink it returns at once.
    pub(crate) fn flush(&self, patience: Duration) -> FlushReport {
        let deadline = Instant::now() + patience;
        let in_time = !is_ours() && self.flush_until(deadline, |_| true);
        self.shared.report(!in_time)
    }

    /// As [`flush`](Self::flush), for the sinks of one name, whatever the others do.
    pub(crate) fn flush_only(&self, name: &str, patience: Duration) {
        if !is_ours() {
            self.flush_until(Instant::now() + patience, |worker| worker.name() == name);
        }
    }

    fn flush_until(&self, deadline: Instant, wanted: impl Fn(&Worker) -> bool) -> bool {
        if !self.shared.await_round(deadline) {
            return false;
        }
        let wanted = self.shared.workers.iter().filter(|worker| wanted(worker));
        let asked: Vec<_> = wanted.map(|worker| (worker, worker.ask_flush(deadline))).collect();
        // Each is waited for, so that one that is late does not hide what the others did.
        let late = asked.iter().filter(|(worker, ticket)| !worker.await_flush(*ticket, deadline));
        late.count() == 0
    }

    /// Takes no more calls, flushes, then ends all threads. One that hangs in its sink past `patience` is left to itself.
    pub(crate) fn shutdown(&self, patience: Duration) -> FlushReport {
        let deadline = Instant::now() + patience;
        if self.shared.recorder.close() {
            recording::uninstall(&self.shared.recorder);
        }
        let in_time = !is_ours() && self.flush_until(deadline, |_| true);
        self.shared.ends.store(true, Ordering::SeqCst);
        self.shared.recorder.call();
        self.shared.await_end(Instant::now() + LAST_ROUND);
        if in_time && let Some(collector) = lock(&self.collector).take() {
            let _ = collector.join();
        }
        for worker in &self.shared.workers {
            worker.end(if in_time { deadline } else { Instant::now() });
        }
        self.shared.recorder.dissolve();
        self.shared.report(!in_time)
    }

    /// Whether it takes calls: not shut down.
    pub(crate) fn is_running(&self) -> bool {
        !self.shared.recorder.is_closed()
    }

    pub(crate) fn health(&self) -> Health {
        let FlushReport { sinks, dropped, unsampled, .. } = self.shared.report(false);
        let contents_left_out = self.shared.recorder.contents_left_out();
        Health { recording: !self.shared.recorder.is_closed(), sinks, dropped, contents_left_out, unsampled }
    }
}

impl Shared {
    fn collect(&self) {
        mark_ours();
        let _quiet = Quiet::enter();
        let (mut warned, mut warned_of_contents) = (0, 0);
        let mut anchor = Anchor::now();
        while !self.ends.load(Ordering::SeqCst) {
            let time = self.recorder.wait();
            lock(&self.rounds).begun += 1;
            let batches = self.recorder.gather(time);
            anchor = anchor.refreshed();
            self.round(batches, anchor);
            self.round_of_admitted(anchor);
            self.recorder.wake_late();
            self.warn_of_drops(&mut warned);
            self.warn_of_contents(&mut warned_of_contents);
            let mut rounds = lock(&self.rounds);
            rounds.done = rounds.begun;
            drop(rounds);
            self.round_done.notify_all();
        }
        lock(&self.rounds).ended = true;
        self.round_done.notify_all();
    }

    /// Takes so many batches from the recorder to the sinks.
    fn round(&self, mut batches: usize, anchor: Anchor) {
        let mut drafts = std::iter::from_fn(|| {
            batches = batches.checked_sub(1)?;
            Some(self.recorder.take())
        })
        .flatten()
        .peekable();
        while let Some(first) = drafts.peek() {
            let room = self.await_room(first.weight());
            let batch = Arc::new(self.batch(&mut drafts, room, anchor));
            for worker in &self.workers {
                worker.offer(&batch);
            }
            // Has its own room, so it need not wait for what waits for some here.
            self.round_of_admitted(anchor);
        }
    }

    /// Waits until a sink is ready for a call of this weight: the fastest sets the pace, so one that hangs delays no other.
    /// As long as none is, calls are better left where those that follow are dropped for next to nothing.
    fn await_room(&self, weight: usize) -> Room {
        loop {
            let free = self.workers.iter().map(Worker::free);
            let roomiest = free.filter(|room| room.takes(weight)).max_by_key(|room| room.bytes);
            match (roomiest, self.workers.first()) {
                (Some(room), _) => return room,
                (None, Some(worker)) if !self.ends.load(Ordering::SeqCst) => {
                    worker.await_free(weight, LOOK);
                    self.recorder.wake_late();
                }
                _ => return Room::WITHOUT_END,
            }
        }
    }

    /// Finishes the next drafts, as many as may go together: a queue takes a batch or leaves it, by its weight.
    fn batch(&self, drafts: &mut Peekable<impl Iterator<Item = Draft>>, room: Room, anchor: Anchor) -> Batch {
        let most = BATCH_BYTES.min(self.recorder.bounds.queue_bytes).min(room.bytes);
        let mut batch = Batch::default();
        let fits = |batch: &Batch, draft: &Draft| {
            batch.calls.is_empty() || (batch.bytes + draft.weight() <= most && batch.calls.len() < room.calls)
        };
        while let Some(draft) = drafts.next_if(|draft| fits(&batch, draft)) {
            batch.bytes += draft.weight();
            batch.calls.extend(self.finish(draft, anchor));
        }
        batch
    }

    /// Finishes a draft. Should that ever panic, it costs this call only.
    fn finish(&self, draft: Draft, anchor: Anchor) -> Option<CallRecord> {
        let finished = catch_unwind(AssertUnwindSafe(|| self.finisher.finish(draft, anchor)));
        if finished.is_err() {
            self.recorder.count_dropped(1);
            diagnostics::warn(
                "finish",
                "a call was dropped because working out its record panicked: please report this",
            );
        }
        finished.ok()
    }

    /// Waits for a whole round that begins after now.
    fn await_round(&self, deadline: Instant) -> bool {
        let mut rounds = lock(&self.rounds);
        let wanted = rounds.begun + 1;
        drop(rounds);
        self.recorder.call();
        rounds = lock(&self.rounds);
        while rounds.done < wanted && !rounds.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            rounds = self.round_done.wait_timeout(rounds, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Waits for the collector to end.
    fn await_end(&self, deadline: Instant) {
        let mut rounds = lock(&self.rounds);
        while !rounds.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            rounds = self.round_done.wait_timeout(rounds, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn warn_of_drops(&self, warned: &mut u64) {
        let dropped = self.recorder.dropped();
        if dropped > *warned {
            *warned = dropped;
            let message = format!(
                "calls are made faster than they are collected: the newest are dropped ({dropped} so far, see \
                 weave::health())"
            );
            diagnostics::warn("queue", &message);
        }
    }

    fn warn_of_contents(&self, warned: &mut u64) {
        let left_out = self.recorder.contents_left_out();
        if left_out > *warned {
            *warned = left_out;
            let message = format!(
                "content is longer than is kept: {left_out} so far are recorded without their bytes (see `content_bytes` of \
                 the builder)"
            );
            diagnostics::warn("content", &message);
        }
    }

    fn report(&self, timed_out: bool) -> FlushReport {
        let mut sinks: Vec<SinkReport> = self.workers.iter().map(Worker::report).collect();
        let dropped = self.recorder.dropped();
        // Asked last, so that every call counted above is among them. A closed recorder's calls are all with the sinks.
        if !self.recorder.is_closed() {
            let offered = self.recorder.ended().saturating_sub(dropped);
            for sink in &mut sinks {
                sink.pending = offered.saturating_sub(sink.sent + sink.dropped + sink.failed + sink.spilled);
            }
        }
        FlushReport { sinks, dropped, unsampled: self.recorder.unsampled(), timed_out }
    }
}

thread_local! {
    /// Whether this is a thread of a pipeline.
    static OURS: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// From now on whoever waits for a flush on this thread would wait for itself: nobody does.
pub(crate) fn mark_ours() {
    OURS.set(true);
}

fn is_ours() -> bool {
    OURS.get()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
