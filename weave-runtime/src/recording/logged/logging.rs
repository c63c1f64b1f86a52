//! Handing over what is logged: at once where there is room, else when there is.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Instant;
use std::vec::IntoIter;

use super::LogResult;
use super::drafts::{Logged, Shared};
use crate::error::Error;
use crate::genai::Turn;
use crate::recording::quota::Place;
use crate::recording::recorder::{Answer, Recorder};

/// Spans that are handed over in one poll, for other tasks of its thread to have their turn.
const SLICE: usize = 1_024;

/// Turns on their way: what [`log_turn`](crate::log_turn) and [`log_conversation`](crate::log_conversation) return.
///
/// As much as there is room for is recorded already. `.await` the rest, on any runtime, or [`wait`](Self::wait) for it where
/// there is none. Most often there is no rest. Turns that are not recorded when this is dropped are not recorded at all, and
/// count as dropped in [`health`](crate::health).
///
/// ```
/// # futures::executor::block_on(async {
/// let recorder = weave::testing::Recorder::new();
/// let logged = recorder.run(|| weave::log_turn(weave::Turn::new().agent("helper").user("Hello").output("Hi")));
/// assert_eq!(logged.await?.span_count, 1);
/// assert_eq!(recorder.calls()[0].op_name(), "helper");
/// # Ok::<(), weave::Error>(())
/// # }).unwrap();
/// ```
#[must_use = "what there was no room for is recorded when this is awaited, or waited for with `wait`"]
pub struct Logging {
    /// None where nothing records, and when all is done.
    import: Option<Import>,
    /// What went wrong before anybody waited.
    failure: Option<Error>,
    result: LogResult,
}

/// What is still to be recorded.
struct Import {
    recorder: Arc<Recorder>,
    shared: Shared,
    turns: IntoIter<Turn>,
    turn_count: usize,
    /// The turn that there was no room for.
    next: Option<Logged>,
    place: Place,
}

/// How far it got.
enum Stage {
    Done,
    /// There is more to do, and nothing to wait for.
    Paused,
    /// There is no room; at this time it is late.
    Full(Option<Instant>),
}

impl Logging {
    pub(super) fn nothing(conversation_id: String) -> Self {
        Self { import: None, failure: None, result: LogResult { conversation_id, ..LogResult::default() } }
    }

    /// Begins to hand over the turns.
    pub(super) fn begin(recorder: Arc<Recorder>, shared: Shared, turns: Vec<Turn>, conversation_id: String) -> Self {
        let (turn_count, turns) = (turns.len(), turns.into_iter());
        let import = Import { recorder, shared, turns, turn_count, next: None, place: Place::default() };
        let mut logging = Self { import: Some(import), ..Self::nothing(conversation_id) };
        logging.failure = logging.advance(None).err();
        logging
    }

    /// Waits on this thread until all is recorded, as `.await` does on others.
    ///
    /// ```
    /// let recorder = weave::testing::Recorder::new();
    /// let result = recorder.run(|| weave::log_turn("Hello").wait())?;
    /// assert_eq!(result.root_span_ids, [recorder.calls()[0].id()]);
    /// # Ok::<(), weave::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`log_conversation`](crate::log_conversation).
    pub fn wait(mut self) -> Result<LogResult, Error> {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        loop {
            match self.advance(Some(&waker))? {
                Stage::Done => return Ok(std::mem::take(&mut self.result)),
                Stage::Paused => {}
                Stage::Full(None) => std::thread::park(),
                Stage::Full(Some(late)) => {
                    std::thread::park_timeout(late.saturating_duration_since(Instant::now()));
                }
            }
        }
    }

    fn advance(&mut self, waker: Option<&Waker>) -> Result<Stage, Error> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let Some(import) = &mut self.import else { return Ok(Stage::Done) };
        let stage = import.advance(&mut self.result, waker);
        if matches!(stage, Ok(Stage::Done) | Err(_)) {
            self.import = None;
        }
        stage
    }
}

impl Import {
    fn advance(&mut self, result: &mut LogResult, waker: Option<&Waker>) -> Result<Stage, Error> {
        let before = result.span_count;
        loop {
            let Some(mut turn) = self.next.take().or_else(|| Some(self.shared.logged(self.turns.next()?))) else {
                return Ok(Stage::Done);
            };
            let spans = turn.drafts.len();
            match self.recorder.admit(&mut turn.drafts, &mut self.place, waker) {
                Answer::Admitted => result.add(&turn, spans),
                answer => {
                    self.next = Some(turn);
                    return self.refused(answer, result);
                }
            }
            if result.span_count - before >= SLICE {
                return Ok(Stage::Paused);
            }
        }
    }

    fn refused(&self, answer: Answer, result: &LogResult) -> Result<Stage, Error> {
        let (turns, spans) = (result.trace_ids.len(), result.span_count);
        let so_far =
            || format!("{turns} of {} turns were logged ({spans} spans), the others are lost", self.turn_count);
        match answer {
            Answer::Admitted => Ok(Stage::Paused),
            Answer::Full(deadline) => Ok(Stage::Full(deadline)),
            Answer::Late => {
                let patience = self.recorder.bounds.patience.unwrap_or_default();
                Err(Error::timeout(format!("the sinks took nothing for {patience:?}: {}", so_far())))
            }
            // As if it had ended before.
            Answer::Closed if turns == 0 => Ok(Stage::Done),
            Answer::Closed => Err(Error::delivery(format!("recording ended meanwhile: {}", so_far()))),
        }
    }
}

impl Future for Logging {
    type Output = Result<LogResult, Error>;

    /// Ready with what was recorded. Polled again, it has nothing more to tell.
    fn poll(mut self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<Self::Output> {
        match self.advance(Some(context.waker())) {
            Err(error) => Poll::Ready(Err(error)),
            Ok(Stage::Done) => Poll::Ready(Ok(std::mem::take(&mut self.result))),
            Ok(Stage::Paused) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Ok(Stage::Full(_)) => Poll::Pending,
        }
    }
}

impl Drop for Import {
    fn drop(&mut self) {
        self.recorder.leave(&mut self.place);
        let next = self.next.take();
        let rest = next.map(|turn| turn.drafts.len()).into_iter();
        let lost = rest.chain(self.turns.by_ref().map(|turn| super::outline::outline(turn).len())).sum();
        if lost > 0 {
            self.recorder.count_left_out(lost);
        }
    }
}

/// What is said in the turns stays out: nothing secret has been taken out of it yet.
impl std::fmt::Debug for Logging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logging").field("result", &self.result).finish_non_exhaustive()
    }
}

/// Wakes a thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
