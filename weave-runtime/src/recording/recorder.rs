//! The recorder: the lanes of all threads, the queue between them and the collector.

mod admission;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub(crate) use admission::Admitted;
pub(super) use admission::Answer;

use super::agent::Conversations;
use super::batch::Batch;
use super::hold::Held;
use super::lane::Lane;
use super::quota::Quota;
use super::sampling::Sampling;
use crate::record::{Draft, Extra};
use crate::value::Limits;

/// How much is captured of a value, how much waits at the most.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub(crate) value: Limits,
    /// The same for attributes and summaries, which have no bytes beside them.
    pub(crate) attribute: Limits,
    pub(crate) queue_calls: usize,
    pub(crate) queue_bytes: usize,
    /// A call open for longer than this is announced as running.
    pub(crate) flush_interval: Duration,
    /// How long what is logged waits for room if nothing is done meanwhile. Without, it needs none.
    pub(crate) patience: Option<Duration>,
}

/// What must wait for the collector to be woken before the flush interval is over. A sink takes many calls together for
/// much less than one by one.
const WORTH_WAKING: Size = Size { calls: 4_096, bytes: 1 << 20 };

/// Whether it is time to look at the lanes, not only at the queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LookTime(bool);

/// An amount of calls.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Size {
    pub(super) calls: usize,
    pub(super) bytes: usize,
}

impl Size {
    pub(super) fn add(&mut self, calls: usize, bytes: usize) {
        self.calls += calls;
        self.bytes += bytes;
    }

    pub(super) fn subtract(&mut self, other: Self) {
        self.calls -= other.calls;
        self.bytes -= other.bytes;
    }

    /// Both together.
    pub(super) fn with(self, other: Self) -> Self {
        Self { calls: self.calls.saturating_add(other.calls), bytes: self.bytes.saturating_add(other.bytes) }
    }

    pub(super) fn is_within(self, most: Self) -> bool {
        self.calls <= most.calls && self.bytes <= most.bytes
    }

    /// Whether this is more than may wait.
    pub(super) fn exceeds(self, bounds: &Bounds) -> bool {
        self.calls > bounds.queue_calls || self.bytes > bounds.queue_bytes
    }
}

/// Takes calls from all threads without making them wait.
pub(crate) struct Recorder {
    pub(crate) bounds: Bounds,
    pub(super) sampling: Sampling,
    lanes: Mutex<Lanes>,
    pub(super) held: Held,
    pub(super) conversations: Conversations,
    quota: Arc<Quota>,
    queue: Mutex<Queue>,
    wake: Condvar,
    /// A batch was refused, and none has been taken since.
    full: AtomicBool,
    closed: AtomicBool,
    /// Calls that were logged, those that were not let in too.
    logged: AtomicU64,
    dropped: AtomicU64,
    unsampled: AtomicU64,
    contents_left_out: AtomicU64,
}

#[derive(Default)]
struct Lanes {
    present: Vec<Arc<Lane>>,
    /// Calls that ended on lanes that are no more.
    ended_before: u64,
}

struct Queue {
    batches: VecDeque<Batch>,
    size: Size,
    /// What was logged.
    admitted: Vec<Admitted>,
    admitted_size: Size,
    /// Somebody waits to be let in.
    urged: bool,
    /// Somebody wants to know of every call that has ended.
    called: bool,
    /// When to look at the lanes, whatever is in the queue.
    next_look: Instant,
}

impl Recorder {
    pub(crate) fn new(bounds: Bounds, sampling: Sampling) -> Arc<Self> {
        let next_look = Instant::now() + bounds.flush_interval;
        let queue = Queue {
            batches: VecDeque::new(),
            size: Size::default(),
            admitted: Vec::new(),
            admitted_size: Size::default(),
            urged: false,
            called: false,
            next_look,
        };
        Arc::new(Self {
            quota: Quota::new(&bounds),
            bounds,
            sampling,
            lanes: Mutex::default(),
            held: Held::default(),
            conversations: Conversations::default(),
            queue: Mutex::new(queue),
            wake: Condvar::new(),
            full: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            logged: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            unsampled: AtomicU64::new(0),
            contents_left_out: AtomicU64::new(0),
        })
    }

    /// A lane of its own for a thread, or for a test.
    pub(crate) fn add_lane(self: &Arc<Self>) -> Arc<Lane> {
        let lane = Lane::new(Arc::clone(self));
        lock(&self.lanes).present.push(Arc::clone(&lane));
        lane
    }

    /// The lane, of those that are not held back, for which this is true.
    pub(super) fn lane_where(&self, is_wanted: impl Fn(&Lane) -> bool) -> Option<Arc<Lane>> {
        lock(&self.lanes).present.iter().find(|lane| is_wanted(lane)).cloned()
    }

    /// Takes in the lane of a trace that was held and is kept, with all that is on it.
    pub(super) fn adopt(&self, lane: &Arc<Lane>) {
        let mut lanes = lock(&self.lanes);
        // Asked under the lock, which whoever closes the recorder takes afterwards.
        if !self.is_closed() {
            lanes.present.push(Arc::clone(lane));
            return;
        }
        drop(lanes);
        self.count_dropped(lane.harvest().done.len() as u64);
    }

    /// Takes a batch into the queue, leaving an empty one; `false` when the queue is full.
    pub(super) fn accept(&self, batch: &mut Batch) -> bool {
        let mut queue = lock(&self.queue);
        let Size { calls: waiting, bytes: weight } = queue.size;
        if waiting + batch.len() > self.bounds.queue_calls || weight + batch.bytes() > self.bounds.queue_bytes {
            self.full.store(true, Ordering::Relaxed);
            return false;
        }
        let was_ripe = self.is_ripe(queue.size);
        queue.push(std::mem::replace(batch, Batch::new()));
        let is_ripe = self.is_ripe(queue.size);
        drop(queue);
        if is_ripe && !was_ripe {
            self.wake.notify_one();
        }
        true
    }

    /// Whether what waits is worth waking the collector for.
    fn is_ripe(&self, waiting: Size) -> bool {
        waiting.calls >= WORTH_WAKING.calls.min(self.bounds.queue_calls / 4).max(1)
            || waiting.bytes >= WORTH_WAKING.bytes.min(self.bounds.queue_bytes / 4).max(1)
    }

    /// Whether the last batch was refused: asked instead of the queue, for which all threads would wait.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Puts what the lanes have into the queue, if the time has come: every call that ended, and a running record of each
    /// that has been open for a flush interval and was not announced yet. Returns how many batches there are to
    /// [take](Self::take).
    pub(crate) fn gather(&self, time: LookTime) -> usize {
        if time.0 {
            self.look(Instant::now(), self.bounds.flush_interval);
        }
        lock(&self.queue).batches.len()
    }

    /// The oldest batch in the queue.
    pub(crate) fn take(&self) -> Vec<Draft> {
        let mut queue = lock(&self.queue);
        let Some(batch) = queue.batches.pop_front() else { return Vec::new() };
        queue.size.calls -= batch.len();
        queue.size.bytes -= batch.bytes();
        drop(queue);
        self.full.store(false, Ordering::Relaxed);
        batch.into_drafts()
    }

    /// Takes everything, with calls announced that have been open for `due`.
    pub(crate) fn drain_due(&self, due: Duration) -> Vec<Draft> {
        self.look(Instant::now(), due);
        self.take_queue()
    }

    /// Puts what the lanes have into the queue, even if it is full: a lane holds little.
    fn look(&self, now: Instant, due: Duration) {
        let lanes = lock(&self.lanes).present.clone();
        let (mut announced, mut finished_with) = (Vec::new(), Vec::new());
        for lane in &lanes {
            // Calls that are not followed hold their lane: two are this list's and the recorder's own. Asked before the
            // harvest: whoever lets go of the lane later may leave a call on it that the harvest did not see.
            let is_deserted = Arc::strong_count(lane) <= 2;
            fence(Ordering::Acquire);
            let harvest = lane.harvest();
            announced.extend(harvest.open.iter().filter_map(|call| call.announce(now, due)));
            if !harvest.done.is_empty() {
                lock(&self.queue).push(harvest.done);
            }
            if harvest.finished_with && is_deserted {
                finished_with.push(Arc::as_ptr(lane));
            }
        }
        if !announced.is_empty() {
            lock(&self.queue).push_first(announced);
        }
        if !finished_with.is_empty() {
            lock(&self.lanes).remove(|lane| finished_with.contains(&Arc::as_ptr(lane)));
        }
    }

    /// Waits until there are calls enough, somebody calls, or a flush interval is over since the last look at the lanes.
    pub(crate) fn wait(&self) -> LookTime {
        let mut queue = lock(&self.queue);
        loop {
            let now = Instant::now();
            // Whoever calls from here on is heard by the next wait.
            if std::mem::take(&mut queue.called) || now >= queue.next_look {
                queue.next_look = now + self.bounds.flush_interval;
                return LookTime(true);
            }
            let deadline = self.quota.next_deadline().unwrap_or(queue.next_look);
            let is_urged = std::mem::take(&mut queue.urged);
            if is_urged || deadline <= now || self.is_ripe(queue.size) || self.is_ripe(queue.admitted_size) {
                return LookTime(false);
            }
            let left = queue.next_look.min(deadline) - now;
            queue = self.wake.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Ends a [`wait`](Self::wait), and has the lanes looked at.
    pub(crate) fn call(&self) {
        lock(&self.queue).called = true;
        self.wake.notify_one();
    }

    /// Nothing is taken any more; calls that end later are counted as dropped. `false` when it was closed before.
    pub(crate) fn close(&self) -> bool {
        let closes = !self.closed.swap(true, Ordering::SeqCst);
        self.quota.wake_all();
        closes
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
        let on_lanes = lanes.ended_before + lanes.present.iter().map(|lane| lane.ended()).sum::<u64>();
        on_lanes + self.logged.load(Ordering::Relaxed)
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

    pub(super) fn count_unsampled(&self) {
        self.unsampled.fetch_add(1, Ordering::Relaxed);
    }

    /// Traces that were sampled out.
    pub(crate) fn unsampled(&self) -> u64 {
        self.unsampled.load(Ordering::Relaxed)
    }

    /// Gives a call what was taken beside the JSON of its values on this thread.
    #[cold]
    #[inline(never)]
    pub(super) fn with_taken(&self, extra: Option<Box<Extra>>) -> Option<Box<Extra>> {
        let mut extra = extra.unwrap_or_default();
        let left_out = extra.contents.add_taken(self.bounds.value.content);
        self.contents_left_out.fetch_add(left_out, Ordering::Relaxed);
        Some(extra)
    }

    /// How often the bytes of content were not kept.
    pub(crate) fn contents_left_out(&self) -> u64 {
        self.contents_left_out.load(Ordering::Relaxed)
    }

    fn take_queue(&self) -> Vec<Draft> {
        let mut queue = lock(&self.queue);
        queue.size = Size::default();
        let batches = std::mem::take(&mut queue.batches);
        drop(queue);
        let admitted = self.take_admitted().into_iter().flat_map(|admitted| admitted.drafts);
        batches.into_iter().flat_map(Batch::into_drafts).chain(admitted).collect()
    }
}

impl Queue {
    fn push(&mut self, batch: Batch) {
        self.size.calls += batch.len();
        self.size.bytes += batch.bytes();
        self.batches.push_back(batch);
    }

    /// For calls that run: one may have ended, and be in the queue, before its announcement is.
    fn push_first(&mut self, drafts: Vec<Draft>) {
        self.push(Batch::of(drafts));
        self.batches.rotate_right(1);
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
