//! The recorder: the lanes of all threads, the queue between them and the collector.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::lane::{BATCH_CALLS, Lane};
use crate::record::Draft;
use crate::value::Limits;

/// How much is captured of a value, how much waits at the most.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub(crate) value: Limits,
    pub(crate) queue_calls: usize,
    pub(crate) queue_bytes: usize,
    /// A call open for longer than this is announced as running.
    pub(crate) flush_interval: Duration,
}

/// Takes calls from all threads without making them wait.
pub(crate) struct Recorder {
    pub(crate) bounds: Bounds,
    lanes: Mutex<Lanes>,
    queue: Mutex<Queue>,
    wake: Condvar,
    closed: AtomicBool,
    dropped: AtomicU64,
}

#[derive(Default)]
struct Lanes {
    present: Vec<Arc<Lane>>,
    /// Calls that ended on lanes that are no more.
    ended_before: u64,
}

#[derive(Default)]
struct Queue {
    batches: Vec<Vec<Draft>>,
    calls: usize,
    bytes: usize,
    called: bool,
}

impl Recorder {
    pub(crate) fn new(bounds: Bounds) -> Arc<Self> {
        Arc::new(Self {
            bounds,
            lanes: Mutex::default(),
            queue: Mutex::default(),
            wake: Condvar::new(),
            closed: AtomicBool::new(false),
            dropped: AtomicU64::new(0),
        })
    }

    /// A lane of its own for a thread, or for a test.
    pub(crate) fn add_lane(self: &Arc<Self>) -> Arc<Lane> {
        let lane = Lane::new(Arc::clone(self));
        lock(&self.lanes).present.push(Arc::clone(&lane));
        lane
    }

    /// Takes a batch into the queue, leaving an empty one; `false` when the queue is full.
    pub(super) fn accept(&self, batch: &mut Vec<Draft>, bytes: usize) -> bool {
        let mut queue = lock(&self.queue);
        let calls = batch.len();
        if queue.calls + calls > self.bounds.queue_calls || queue.bytes + bytes > self.bounds.queue_bytes {
            return false;
        }
        queue.calls += calls;
        queue.bytes += bytes;
        queue.batches.push(std::mem::replace(batch, Vec::with_capacity(BATCH_CALLS)));
        queue.called = true;
        drop(queue);
        self.wake.notify_one();
        true
    }

    /// Takes every call that ended, and a running record of each call that has been open for a flush interval and was
    /// not announced yet.
    pub(crate) fn drain(&self) -> Vec<Draft> {
        self.drain_due(self.bounds.flush_interval)
    }

    /// As [`drain`](Self::drain), with calls announced that have been open for `due`.
    pub(crate) fn drain_due(&self, due: Duration) -> Vec<Draft> {
        let mut drafts = self.take_queue();
        let now = Instant::now();
        let lanes = lock(&self.lanes).present.clone();
        let mut finished_with = Vec::new();
        for lane in &lanes {
            // Calls that are not followed hold their lane: two are this list's and the recorder's own. Asked before the
            // harvest: whoever lets go of the lane later may leave a call on it that the harvest did not see.
            let is_deserted = Arc::strong_count(lane) <= 2;
            fence(Ordering::Acquire);
            let harvest = lane.harvest();
            drafts.extend(harvest.open.iter().filter_map(|call| call.announce(now, due)));
            drafts.extend(harvest.done);
            if harvest.finished_with && is_deserted {
                finished_with.push(Arc::as_ptr(lane));
            }
        }
        if !finished_with.is_empty() {
            lock(&self.lanes).remove(|lane| finished_with.contains(&Arc::as_ptr(lane)));
        }
        drafts
    }

    /// Waits until a batch is handed over, somebody calls, or the flush interval is over.
    pub(crate) fn wait(&self) {
        let until = Instant::now() + self.bounds.flush_interval;
        let mut queue = lock(&self.queue);
        while !queue.called {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            queue = self.wake.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        queue.called = false;
    }

    /// Ends a [`wait`](Self::wait).
    pub(crate) fn call(&self) {
        lock(&self.queue).called = true;
        self.wake.notify_one();
    }

    /// Nothing is taken any more; calls that end later are counted as dropped. `false` when it was closed before.
    pub(crate) fn close(&self) -> bool {
        !self.closed.swap(true, Ordering::SeqCst)
    }

    /// Lets go of the lanes, which hold the recorder in turn. Counts what was left on them as dropped.
    pub(crate) fn dissolve(&self) {
        let lanes = lock(&self.lanes).remove(|_| true);
        let left = self.take_queue().len() + lanes.iter().map(|lane| lane.harvest().done.len()).sum::<usize>();
        self.count_dropped(left as u64);
    }

    /// Calls that ended so far, the dropped ones too. Once the lanes are [dissolved](Self::dissolve), it stands still.
    pub(crate) fn ended(&self) -> u64 {
        let lanes = lock(&self.lanes);
        lanes.ended_before + lanes.present.iter().map(|lane| lane.ended()).sum::<u64>()
    }

    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    pub(crate) fn count_dropped(&self, calls: u64) {
        self.dropped.fetch_add(calls, Ordering::Relaxed);
    }

    /// Calls dropped before any sink saw them.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn take_queue(&self) -> Vec<Draft> {
        let mut queue = lock(&self.queue);
        queue.calls = 0;
        queue.bytes = 0;
        let batches = std::mem::take(&mut queue.batches);
        drop(queue);
        batches.into_iter().flatten().collect()
    }
}

impl Lanes {
    /// Takes the lanes that are no longer wanted, and keeps their count.
    fn remove(&mut self, mut unwanted: impl FnMut(&Arc<Lane>) -> bool) -> Vec<Arc<Lane>> {
        let gone: Vec<_> = self.present.extract_if(.., |lane| unwanted(lane)).collect();
        self.ended_before += gone.iter().map(|lane| lane.ended()).sum::<u64>();
        gone
    }
}

/// The calls stay out: nothing secret has been taken out of them yet.
impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
