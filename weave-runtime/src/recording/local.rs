//! What a thread keeps for recording: its lane, ids to come, a buffer, how deep it is.

use std::cell::{Cell, RefCell};
use std::panic::catch_unwind;
use std::sync::Arc;

use fastrand::Rng;
use opentelemetry::Context;

use super::call::LiveCall;
use super::global;
use super::lane::Lane;

/// A buffer larger than this is given away with the call instead of kept for the next.
const KEPT_BUFFER: usize = 8 * 1024;

/// OpenTelemetry's stack holds 65,534 contexts per thread and then ignores more; some are left to others.
const MOST_ATTACHED: u32 = 60_000;

thread_local! {
    static LOCAL: Local = Local::new();

    /// Raised while user code runs for our sake (`Serialize`, `Debug`, names) and on our own threads.
    static QUIET: Cell<u32> = const { Cell::new(0) };
}

struct Local {
    trace_ids: RefCell<Rng>,
    /// The next call id. They count up from a place of the thread's own, because ids that lie together keep the index of
    /// the store small: it takes twice as many calls per second so.
    next_id: Cell<u64>,
    lane: RefCell<Option<(usize, Arc<Lane>)>>,
    buffer: Cell<String>,
    attached: Cell<u32>,
    /// Current calls beyond what OpenTelemetry's stack holds.
    beyond: RefCell<Vec<Arc<LiveCall>>>,
    /// False on a thread that is so far gone that OpenTelemetry's own thread-local is no more.
    has_context: bool,
}

impl Local {
    fn new() -> Self {
        // Thread-locals end in the opposite order of their beginning. Touched here, OpenTelemetry's begins before this
        // one and so is there as long as this one is; that is what `with` relies on.
        let has_context = catch_unwind(|| Context::map_current(|_| ())).is_ok();
        let mut random = Rng::new();
        Self {
            next_id: Cell::new(random.u64(..)),
            trace_ids: RefCell::new(random),
            lane: RefCell::default(),
            buffer: Cell::default(),
            attached: Cell::new(0),
            beyond: RefCell::default(),
            has_context,
        }
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        if let Some((_, lane)) = self.lane.take() {
            lane.retire();
        }
    }
}

/// A fresh number for a call, never zero. Works without thread-locals, only slower.
pub(super) fn fresh_id() -> u64 {
    LOCAL
        .try_with(|local| {
            let id = local.next_id.get().max(1);
            local.next_id.set(id.wrapping_add(1));
            id
        })
        .unwrap_or_else(|_| Rng::new().u64(1..))
}

/// A fresh number for a trace, never zero.
pub(super) fn fresh_trace_id() -> u128 {
    let draw = |random: &mut Rng| random.u128(1..);
    LOCAL.try_with(|local| draw(&mut local.trace_ids.borrow_mut())).unwrap_or_else(|_| draw(&mut Rng::new()))
}

/// This thread's lane of the recorder of the process. A thread at its end has none any more and makes one for the call.
pub(super) fn lane() -> Option<Arc<Lane>> {
    let kept = LOCAL.try_with(|local| {
        let generation = global::generation();
        let mut lane = local.lane.borrow_mut();
        match &*lane {
            Some((at, lane)) if *at == generation => Some(Arc::clone(lane)),
            _ => {
                let fresh = global::installed().map(|recorder| recorder.add_lane());
                let old = std::mem::replace(&mut *lane, fresh.clone().map(|lane| (generation, lane)));
                if let Some((_, old)) = old {
                    old.retire();
                }
                fresh
            }
        }
    });
    kept.unwrap_or_else(|_| {
        let lane = global::installed()?.add_lane();
        lane.retire();
        Some(lane)
    })
}

/// The thread's buffer, empty.
pub(super) fn take_buffer() -> String {
    LOCAL.try_with(|local| local.buffer.take()).unwrap_or_default()
}

/// A text of its own for what is in the buffer, with room for `more` bytes; the buffer goes back when it is small.
pub(super) fn settle_buffer(mut buffer: String, more: usize) -> String {
    if buffer.capacity() > KEPT_BUFFER {
        return buffer;
    }
    let mut text = String::with_capacity(buffer.len() + more);
    text.push_str(&buffer);
    buffer.clear();
    let _ = LOCAL.try_with(|local| local.buffer.set(buffer));
    text
}

/// Whether recording is held back on this thread.
#[inline]
pub(super) fn is_quiet() -> bool {
    QUIET.get() != 0
}

/// Holds recording back on this thread until dropped.
pub(crate) struct Quiet(());

impl Quiet {
    pub(crate) fn enter() -> Self {
        QUIET.set(QUIET.get() + 1);
        Self(())
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        QUIET.set(QUIET.get() - 1);
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
    LOCAL
        .try_with(|local| match local.beyond.borrow().last() {
            Some(call) => Standing::Beyond(Arc::clone(call)),
            None if local.has_context => Standing::Context,
            None => Standing::Nothing,
        })
        .unwrap_or(Standing::Nothing)
}

/// Whether this thread has an OpenTelemetry context.
pub(super) fn has_context() -> bool {
    LOCAL.try_with(|local| local.has_context).unwrap_or(false)
}

/// Counts one more attached context; `false` when there is no room or no context.
pub(super) fn count_attached() -> bool {
    LOCAL
        .try_with(|local| {
            let room = local.has_context && local.attached.get() < MOST_ATTACHED;
            if room {
                local.attached.set(local.attached.get() + 1);
            }
            room
        })
        .unwrap_or(false)
}

/// Counts one attached context less.
pub(super) fn count_detached() {
    let _ = LOCAL.try_with(|local| local.attached.set(local.attached.get().saturating_sub(1)));
}

/// Makes a call current that OpenTelemetry's stack has no room for.
pub(super) fn push_beyond(call: Arc<LiveCall>) {
    let _ = LOCAL.try_with(|local| local.beyond.borrow_mut().push(call));
}

/// Ends what [`push_beyond`] began.
pub(super) fn pop_beyond(call: &Arc<LiveCall>) {
    let gone = LOCAL.try_with(|local| {
        let mut beyond = local.beyond.borrow_mut();
        let place = beyond.iter().rposition(|other| Arc::ptr_eq(other, call))?;
        Some(beyond.remove(place))
    });
    drop(gone);
}
