//! A call that lasts as long as something gives items: what it has given so far, closed exactly once.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::accumulate::{Accumulate, Accumulator};
use super::call::Ending;
use super::context::Attached;
use super::future::Seat;
use super::local::Quiet;
use crate::record::{CallError, Kind, Status, Streamed, summary};
use crate::value::has_taken;

/// The call of a stream or an iterator. Dropped while it is open, it ends as a partial success.
#[derive(Debug)]
pub(super) struct Tally<A: Accumulator> {
    seat: Seat,
    count: u64,
    first: Duration,
    error: Option<CallError>,
    accumulator: A,
}

impl<A: Accumulator> Tally<A> {
    pub(super) fn new(seat: Seat, mut accumulator: A) -> Self {
        if seat.active.call().is_some_and(|call| may_answer(call.op.kind)) {
            accumulator.expect_answer();
        }
        Self { seat: seat.settle(), count: 0, first: Duration::ZERO, error: None, accumulator }
    }

    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.seat.active.is_on()
    }

    /// Makes the call current until the guard is dropped.
    #[inline]
    pub(super) fn attach(&self) -> Option<Attached> {
        self.seat.attach()
    }

    /// Takes in what one poll or one `next` gave; `None` ends the call.
    #[inline]
    pub(super) fn note<T>(&mut self, item: Option<&T>)
    where
        A: Accumulate<T>,
    {
        match item {
            Some(item) => self.add(item),
            None => self.end(false),
        }
    }

    #[inline]
    fn add<T>(&mut self, item: &T)
    where
        A: Accumulate<T>,
    {
        let Some(call) = self.seat.active.call().filter(|call| call.is_recorded()) else { return };
        if self.count == 0 {
            self.first = call.elapsed();
        }
        self.count += 1;
        let limits = &call.lane.recorder.bounds.value;
        let _quiet = Quiet::enter();
        // Values contain their own panics; this is for the code around them.
        let added = catch_unwind(AssertUnwindSafe(|| self.accumulator.add(item, limits)));
        if has_taken() {
            call.settle_taken(A::KEEPS_ITEMS);
        }
        if let Ok(Some(error)) = added {
            self.error.get_or_insert(error);
        }
    }

    /// Closes the call as a panic, with what there was before it.
    #[cold]
    pub(super) fn panicked(&mut self, payload: &(dyn Any + Send)) {
        self.error = Some(CallError::from_panic(payload));
        self.end(true);
    }

    /// Closes the call. It is partial when it was to go on and its output is not whole.
    #[inline(never)]
    fn end(&mut self, goes_on: bool) {
        let Self { seat, count, first, error, accumulator } = self;
        let Some(call) = seat.active.call() else { return };
        call.merge_summary(summary::ITEM_COUNT.to_owned(), (*count).into());
        if *count > 0 {
            call.merge_summary(summary::TIME_TO_FIRST_ITEM.to_owned(), (first.as_secs_f64() * 1e3).into());
        }
        if may_answer(call.op.kind) {
            let limits = &call.lane.recorder.bounds.value;
            let chunks = catch_unwind(AssertUnwindSafe(|| accumulator.take_answer(limits))).ok().flatten();
            let first = (*count > 0).then_some(*first);
            call.set_streamed(Streamed { first, is_list: A::KEEPS_ITEMS, chunks });
        }
        seat.active.close(|call, out| {
            let start = out.len();
            let _quiet = Quiet::enter();
            let limits = &call.lane.recorder.bounds.value;
            let write = AssertUnwindSafe(|| accumulator.write(out, limits));
            if catch_unwind(write).is_err() {
                out.truncate(start);
            }
            let (error, llm) = (error.take(), accumulator.llm());
            let status = if error.is_some() { Status::Error } else { Status::Success };
            Ending { status, partial: goes_on && !accumulator.is_complete(), error, llm }
        });
    }
}

/// Whether what the items come to may be an answer in a conversation.
fn may_answer(kind: Kind) -> bool {
    matches!(kind, Kind::Llm | Kind::Turn | Kind::SubAgent)
}

impl<A: Accumulator> Drop for Tally<A> {
    #[inline]
    fn drop(&mut self) {
        if self.is_on() {
            self.end(true);
        }
    }
}
