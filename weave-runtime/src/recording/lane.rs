//! A lane: the batch in which one thread leaves its calls for the background.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::batch::Batch;
use super::call::LiveCall;
use super::hold::{Fate, Hold};
use super::recorder::Recorder;
use crate::id::CallId;
use crate::record::Draft;

/// Open calls that are followed per lane. Those beyond are recorded when they end, but not seen while they run.
const FOLLOWED: usize = 100_000;

/// Where one thread's calls go. Its lock is taken by that thread and, once per flush interval, by the collector.
pub(crate) struct Lane {
    pub(crate) recorder: Arc<Recorder>,
    shelf: Mutex<Shelf>,
    /// For the lane of a single trace, of which it is not known yet whether it is recorded.
    hold: Option<Hold>,
}

#[derive(Default)]
struct Shelf {
    done: Batch,
    /// Calls that ever ended here, the dropped ones too.
    ended: u64,
    open: Vec<Option<Arc<LiveCall>>>,
    vacant: Vec<usize>,
    retired: bool,
}

/// What the collector found on a lane.
pub(crate) struct Harvest {
    pub(crate) done: Batch,
    pub(crate) open: Vec<Arc<LiveCall>>,
    pub(crate) finished_with: bool,
}

impl Lane {
    pub(crate) fn new(recorder: Arc<Recorder>) -> Arc<Self> {
        Arc::new(Self { recorder, shelf: Mutex::new(Shelf { done: Batch::new(), ..Shelf::default() }), hold: None })
    }

    /// A lane that nobody takes anything from before it is decided to be [kept](Self::keep).
    pub(super) fn holding(recorder: Arc<Recorder>, hold: Hold) -> Arc<Self> {
        Arc::new(Self { recorder, shelf: Mutex::default(), hold: Some(hold) })
    }

    /// The lane that a call of another trace goes to, if this one is for a single trace.
    #[inline]
    pub(super) fn behind(&self) -> Option<&Arc<Self>> {
        self.hold.as_ref().map(|hold| &hold.behind)
    }

    /// Whether nothing that goes here is recorded any more.
    #[inline]
    pub(super) fn is_given_up(&self) -> bool {
        self.hold.as_ref().is_some_and(|hold| hold.fate() == Fate::GivenUp)
    }

    /// Follows a call from its start, so that it is seen while it runs; returns its place.
    #[inline(always)]
    pub(super) fn open(&self, call: &Arc<LiveCall>) -> Option<usize> {
        let mut shelf = self.lock();
        match shelf.vacant.pop() {
            Some(place) => {
                if let Some(slot) = shelf.open.get_mut(place) {
                    *slot = Some(Arc::clone(call));
                }
                Some(place)
            }
            None if shelf.open.len() < FOLLOWED => {
                shelf.open.push(Some(Arc::clone(call)));
                Some(shelf.open.len() - 1)
            }
            None => None,
        }
    }

    /// The open call with this id.
    pub(super) fn find_open(&self, id: CallId) -> Option<Arc<LiveCall>> {
        // The one that is looked for runs now: most often it is among the last.
        self.lock().open.iter().rev().flatten().find(|call| call.id() == id).cloned()
    }

    /// Stops following a call without recording it.
    pub(super) fn forget(&self, place: Option<usize>) {
        let gone = self.lock().vacate(place);
        drop(gone);
    }

    /// Takes an ended call of this weight in bytes, with its text if that is to be copied. When everything is full it is
    /// dropped and counted; nobody waits.
    #[inline(always)]
    pub(super) fn close(&self, place: Option<usize>, text: &str, weight: usize, draft: impl FnOnce() -> Draft) {
        let mut shelf = self.lock();
        let gone = shelf.vacate(place);
        shelf.ended += 1;
        if self.has_room(&mut shelf) {
            shelf.done.push(text, weight, draft);
            drop(shelf);
        } else {
            drop(shelf);
            self.count_refused();
        }
        drop(gone);
    }

    /// What is not taken is lost, unless its trace was given up: that is counted as a whole.
    #[cold]
    fn count_refused(&self) {
        if !self.is_given_up() {
            self.recorder.count_dropped(1);
        }
    }

    /// Draws the conclusions, for a trace that is held, of a call that was closed here.
    #[cold]
    pub(super) fn conclude(self: &Arc<Self>, weight: usize, failed: bool) {
        match &self.hold {
            Some(hold) if failed => self.keep(hold),
            Some(hold) if hold.fate() == Fate::Open => self.recorder.held.add(hold, weight, &self.recorder.bounds),
            _ => {}
        }
    }

    /// Has the calls of a held trace go the way of all others.
    fn keep(self: &Arc<Self>, hold: &Hold) {
        let mut shelf = self.lock();
        if hold.decide(Fate::Kept) {
            // As of a thread that has ended: once nothing is open here, the lane is let go of.
            shelf.retired = true;
            drop(shelf);
            self.recorder.held.remove(hold);
            self.recorder.adopt(self);
        }
    }

    /// Throws away what is held here, and counts its trace as sampled out; nothing happens when that was decided before.
    pub(super) fn give_up(&self) {
        if self.throw_away() {
            self.recorder.count_unsampled();
        }
    }

    /// Throws away what is held here; `false` when nothing is.
    pub(super) fn throw_away(&self) -> bool {
        let Some(hold) = &self.hold else { return false };
        let mut shelf = self.lock();
        let decided = hold.decide(Fate::GivenUp);
        let gone = if decided { std::mem::take(&mut shelf.done) } else { Batch::default() };
        drop(shelf);
        drop(gone);
        if decided {
            self.recorder.held.remove(hold);
        }
        decided
    }

    /// Counts a call that ends as dropped without having looked at it.
    pub(super) fn drop_one(&self) {
        self.lock().ended += 1;
        self.recorder.count_dropped(1);
    }

    /// Makes room by handing a full batch over. Whether the recorder is closed is asked under the lock: whoever closes it
    /// takes the lock afterwards, so no call stays behind unseen.
    #[inline]
    fn has_room(&self, shelf: &mut Shelf) -> bool {
        if let Some(hold) = &self.hold
            && hold.fate() != Fate::Kept
        {
            return hold.fate() == Fate::Open;
        }
        let full = shelf.done.is_full();
        !self.recorder.is_closed() && (!full || (!self.recorder.is_full() && self.hand_over(shelf)))
    }

    /// The thread has ended: what it left goes to the collector, open calls may still end on other threads.
    pub(super) fn retire(&self) {
        let mut shelf = self.lock();
        shelf.retired = true;
        // When the queue is full the batch stays here: the collector looks in on retired lanes as well.
        self.hand_over(&mut shelf);
    }

    /// Hands over what is here without waiting until it is much. When the queue is full it stays.
    #[cold]
    pub(super) fn pass_on(&self) {
        if self.hold.is_some() {
            return;
        }
        let mut shelf = self.lock();
        let mut some = shelf.done.split();
        if !some.is_empty() && !self.recorder.accept(&mut some) {
            shelf.done = some;
        }
    }

    /// Takes what is here, for the collector.
    pub(crate) fn harvest(&self) -> Harvest {
        let mut shelf = self.lock();
        let done = shelf.take();
        let open: Vec<_> = shelf.open.iter().flatten().cloned().collect();
        Harvest { done, finished_with: shelf.retired && open.is_empty(), open }
    }

    /// Calls that ever ended here, the dropped ones too.
    pub(crate) fn ended(&self) -> u64 {
        self.lock().ended
    }

    #[cold]
    fn hand_over(&self, shelf: &mut Shelf) -> bool {
        shelf.done.is_empty() || self.recorder.accept(&mut shelf.done)
    }

    #[inline]
    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The calls stay out: nothing secret has been taken out of them yet.
impl std::fmt::Debug for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane").finish_non_exhaustive()
    }
}

impl Shelf {
    fn take(&mut self) -> Batch {
        if self.done.is_empty() {
            return Batch::default();
        }
        let fresh = if self.retired { Batch::default() } else { Batch::new() };
        std::mem::replace(&mut self.done, fresh)
    }

    #[inline]
    fn vacate(&mut self, place: Option<usize>) -> Option<Arc<LiveCall>> {
        let place = place?;
        let gone = self.open.get_mut(place)?.take();
        self.vacant.push(place);
        gone
    }
}
