//! What a thread keeps for recording: its lane, ids to come, how deep it is.

use std::cell::{Cell, RefCell};
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use fastrand::Rng;
use opentelemetry::Context;

use super::call::LiveCall;
use super::global;
use super::lane::Lane;

/// Texts kept per thread: as deep as calls are nested, most often.
const MOST_BUFFERS: usize = 16;

/// The room of a fresh text, and of the largest that is kept.
const FIRST_BUFFER: usize = 128;
const LARGEST_BUFFER: usize = 8 * 1024;

/// OpenTelemetry's stack holds 65,534 contexts per thread and then ignores more; some are left to others.
const MOST_ATTACHED: u32 = 60_000;

thread_local! {
    static LOCAL: Local = Local::begin();

    // Plain cells, which need no destructor: they are read on every call, and are there to the very end of the thread.

    /// Raised while user code runs for our sake (`Serialize`, `Debug`, names) and on our own threads.
    static QUIET: Cell<u32> = const { Cell::new(0) };

    static STAGE: Cell<Stage> = const { Cell::new(Stage::Fresh) };

    /// Contexts of ours that are attached.
    static ATTACHED: Cell<u32> = const { Cell::new(0) };

    /// The next number for a call or trace. They count up, in blocks that threads take in turn: what is appended to an
    /// index of the store costs it much less than what is put somewhere into it.
    static NEXT_ID: Cell<u64> = const { Cell::new(0) };
}

/// Numbers that a thread takes at once.
const BLOCK: u64 = 128;

/// The first number of the next block, from a random start.
static NEXT_BLOCK: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(Rng::new().u64(..)));

fn fresh_block() -> u64 {
    let block = NEXT_BLOCK.fetch_add(BLOCK, Ordering::Relaxed) / BLOCK * BLOCK;
    // The last of a block is seen by its remainder, and zero is no id.
    block.max(1)
}

/// How far a thread is with [`LOCAL`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not needed yet.
    Fresh,
    /// In use, and OpenTelemetry's thread-local with it.
    Ready,
    /// As `Ready`, with current calls that OpenTelemetry's stack has no room for.
    Beyond,
    /// Gone, or on a thread that was at its end before it could begin.
    Gone,
}

struct Local {
    trace_ids: RefCell<Rng>,
    lane: RefCell<Option<(usize, Arc<Lane>)>>,
    /// Texts of calls that ended, to be written anew.
    buffers: RefCell<Vec<String>>,
    /// Current calls beyond what OpenTelemetry's stack holds.
    beyond: RefCell<Vec<Arc<LiveCall>>>,
}

impl Local {
    fn begin() -> Self {
        // Thread-locals end in the opposite order of their beginning. Touched here, OpenTelemetry's begins before this
        // one and so is there for as long as this one is.
        let has_context = catch_unwind(|| Context::map_current(|_| ())).is_ok();
        STAGE.set(if has_context { Stage::Ready } else { Stage::Gone });
        let random = Rng::new();
        NEXT_ID.set(fresh_block());
        Self {
            trace_ids: RefCell::new(random),
            lane: RefCell::default(),
            buffers: RefCell::default(),
            beyond: RefCell::default(),
        }
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        STAGE.set(Stage::Gone);
        if let Some((_, lane)) = self.lane.take() {
            lane.retire();
        }
    }
}

/// The thread's stage, once it is not fresh any more.
#[inline]
fn stage() -> Stage {
    let stage = STAGE.get();
    if stage == Stage::Fresh { begin() } else { stage }
}

#[cold]
fn begin() -> Stage {
    if LOCAL.try_with(|_| ()).is_err() {
        STAGE.set(Stage::Gone);
    }
    STAGE.get()
}

/// A fresh number for a call, never zero. Works without thread-locals, only slower.
#[inline]
pub(super) fn fresh_id() -> u64 {
    match NEXT_ID.get() {
        0 => Rng::new().u64(1..),
        id => {
            let is_last = id % BLOCK == BLOCK - 1;
            NEXT_ID.set(if is_last { fresh_block() } else { id + 1 });
            id
        }
    }
}

/// A fresh number for a trace, never zero. Its first half counts up, as the ids of calls do and for the same reason; its
/// second half is random, by which samplers choose.
#[inline]
pub(super) fn fresh_trace_id() -> u128 {
    let draw = |random: &mut Rng| (u128::from(fresh_id()) << 64) | u128::from(random.u64(..) | 1);
    LOCAL.try_with(|local| draw(&mut local.trace_ids.borrow_mut())).unwrap_or_else(|_| draw(&mut Rng::new()))
}

/// This thread's lane of the recorder of the process. A thread at its end has none any more and makes one for the call.
#[inline]
pub(super) fn lane() -> Option<Arc<Lane>> {
    let kept = LOCAL.try_with(|local| {
        let generation = global::generation();
        match &*local.lane.borrow() {
            Some((at, lane)) if *at == generation => Some(Arc::clone(lane)),
            _ => None,
        }
    });
    match kept {
        Ok(Some(lane)) => Some(lane),
        Ok(None) => fresh_lane(),
        Err(_) => {
            let lane = global::installed()?.add_lane();
            lane.retire();
            Some(lane)
        }
    }
}

#[cold]
fn fresh_lane() -> Option<Arc<Lane>> {
    let generation = global::generation();
    let fresh = global::installed()?.add_lane();
    let kept = (generation, Arc::clone(&fresh));
    if let Ok(Some((_, old))) = LOCAL.try_with(|local| local.lane.borrow_mut().replace(kept)) {
        old.retire();
    }
    Some(fresh)
}

/// An empty text with some room.
#[inline]
pub(super) fn take_buffer() -> String {
    let kept = LOCAL.try_with(|local| local.buffers.borrow_mut().pop());
    kept.ok().flatten().unwrap_or_else(|| String::with_capacity(FIRST_BUFFER))
}

/// Keeps a text for the next call, unless there are enough of them or it is large.
#[inline]
pub(super) fn give_buffer(mut buffer: String) {
    buffer.clear();
    let _ = LOCAL.try_with(|local| {
        let mut buffers = local.buffers.borrow_mut();
        if buffers.len() < MOST_BUFFERS && buffer.capacity() <= LARGEST_BUFFER {
            buffers.push(buffer);
        }
    });
}

/// Whether recording is held back on this thread.
#[inline]
pub(super) fn is_quiet() -> bool {
    QUIET.get() != 0
}

/// Holds recording back on this thread until dropped.
pub(crate) struct Quiet(());

impl Quiet {
    #[inline]
    pub(crate) fn enter() -> Self {
        QUIET.with(|quiet| quiet.set(quiet.get() + 1));
        Self(())
    }
}

impl Drop for Quiet {
    #[inline]
    fn drop(&mut self) {
        QUIET.with(|quiet| quiet.set(quiet.get() - 1));
    }
}

/// What this thread's context is to be read from.
pub(super) enum Standing {
    /// From OpenTelemetry.
    Context,
    /// From this call, which OpenTelemetry's stack had no room for.
    Beyond(Arc<LiveCall>),
    /// From nothing: the thread is at its end.
    Nothing,
}

/// Where this thread stands.
#[inline]
pub(super) fn standing() -> Standing {
    match stage() {
        Stage::Ready => Standing::Context,
        Stage::Beyond => innermost_beyond().map_or(Standing::Context, Standing::Beyond),
        Stage::Fresh | Stage::Gone => Standing::Nothing,
    }
}

#[cold]
fn innermost_beyond() -> Option<Arc<LiveCall>> {
    LOCAL.try_with(|local| local.beyond.borrow().last().cloned()).ok().flatten()
}

/// Whether this thread has an OpenTelemetry context.
#[inline]
pub(super) fn has_context() -> bool {
    matches!(stage(), Stage::Ready | Stage::Beyond)
}

/// Counts one more attached context; `false` when there is no room or no context.
#[inline]
pub(super) fn count_attached() -> bool {
    let attached = ATTACHED.get();
    let room = attached < MOST_ATTACHED && has_context();
    if room {
        ATTACHED.set(attached + 1);
    }
    room
}

/// Counts one attached context less.
#[inline]
pub(super) fn count_detached() {
    ATTACHED.set(ATTACHED.get().saturating_sub(1));
}

/// Makes a call current that OpenTelemetry's stack has no room for.
#[cold]
pub(super) fn push_beyond(call: Arc<LiveCall>) {
    let pushed = LOCAL.try_with(|local| local.beyond.borrow_mut().push(call));
    if pushed.is_ok() && STAGE.get() == Stage::Ready {
        STAGE.set(Stage::Beyond);
    }
}

/// Ends what [`push_beyond`] began.
#[cold]
pub(super) fn pop_beyond(call: &Arc<LiveCall>) {
    let gone = LOCAL.try_with(|local| {
        let mut beyond = local.beyond.borrow_mut();
        let place = beyond.iter().rposition(|other| Arc::ptr_eq(other, call));
        let gone = place.map(|place| beyond.remove(place));
        if beyond.is_empty() && STAGE.get() == Stage::Beyond {
            STAGE.set(Stage::Ready);
        }
        gone
    });
    drop(gone);
}
