//! The body of an async function inside its call: attach, poll, detach.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use opentelemetry::Context;
use pin_project_lite::pin_project;

use super::accumulate::Describe;
use super::active::{Active, Outcome};
use super::context::Attached;

pin_project! {
    /// The body of an async function inside its call.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Enter<F, C> {
        seat: Seat,
        // Empty once dropped, which happens inside the call.
        #[pin]
        body: Option<F>,
        conclude: C,
    }

    impl<F, C> PinnedDrop for Enter<F, C> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.body.is_some() && this.seat.active.is_on() {
                // Cleanup inside is part of the call, so the body goes first and the call is closed after it.
                let attached = this.seat.attach();
                this.body.set(None);
                drop(attached);
            }
        }
    }
}

/// What is done with that which the body of an async function gives.
pub trait Conclude<R> {
    /// What the function gives.
    type Output;

    /// Takes what was given inside a call, together with the call.
    fn conclude(&mut self, seat: Seat, returned: R) -> Self::Output;

    /// Takes what was given where nobody listens.
    fn pass(&mut self, returned: R) -> Self::Output;
}

/// Ends the call with what the closure writes of the value.
#[derive(Debug)]
pub struct Ended<D>(pub(super) D);

impl<R, D: Describe<R>> Conclude<R> for Ended<D> {
    type Output = R;

    #[inline]
    fn conclude(&mut self, mut seat: Seat, returned: R) -> R {
        seat.active.finish(&mut |outcome| self.0.describe(&returned, outcome));
        returned
    }

    #[inline]
    fn pass(&mut self, returned: R) -> R {
        returned
    }
}

/// Leaves it to the closure, which keeps the type of the value, when the call ends.
#[derive(Debug)]
pub struct Then<C>(pub(super) C);

impl<R, C: FnMut(Seat, R) -> R> Conclude<R> for Then<C> {
    type Output = R;

    fn conclude(&mut self, seat: Seat, returned: R) -> R {
        (self.0)(seat, returned)
    }

    fn pass(&mut self, returned: R) -> R {
        returned
    }
}

/// Leaves it to the closure what becomes of the value.
#[derive(Debug)]
pub struct Into<C>(C);

impl<R, T, C: FnMut(Seat, R) -> T> Conclude<R> for Into<C> {
    type Output = T;

    fn conclude(&mut self, seat: Seat, returned: R) -> T {
        (self.0)(seat, returned)
    }

    fn pass(&mut self, returned: R) -> T {
        (self.0)(Seat::off(), returned)
    }
}

/// Polls `body` inside its call; `describe` writes what it gave.
#[inline]
pub fn enter<F, D>(active: Active, body: F, describe: D) -> Enter<F, Ended<D>>
where
    F: Future,
    D: FnMut(&F::Output, &mut Outcome<'_>),
{
    Enter { seat: Seat::new(active), body: Some(body), conclude: Ended(describe) }
}

/// Polls `body` inside its call; `conclude` says when the call ends, and is not asked where nobody listens.
#[inline]
pub fn enter_then<F, C>(active: Active, body: F, conclude: C) -> Enter<F, Then<C>>
where
    F: Future,
    C: FnMut(Seat, F::Output) -> F::Output,
{
    Enter { seat: Seat::new(active), body: Some(body), conclude: Then(conclude) }
}

/// Polls `body` inside its call; `conclude` makes another value of what it gave.
#[inline]
pub fn enter_into<F, T, C>(active: Active, body: F, conclude: C) -> Enter<F, Into<C>>
where
    F: Future,
    C: FnMut(Seat, F::Output) -> T,
{
    Enter { seat: Seat::new(active), body: Some(body), conclude: Into(conclude) }
}

impl<F: Future, C: Conclude<F::Output>> Future for Enter<F, C> {
    type Output = C::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<C::Output> {
        let mut this = self.project();
        let Some(body) = this.body.as_mut().as_pin_mut() else { return Poll::Pending };
        if !this.seat.active.is_on() {
            return body.poll(task).map(|returned| this.conclude.pass(returned));
        }
        let attached = this.seat.attach();
        let polled = catch_unwind(AssertUnwindSafe(|| body.poll(task)));
        if let Ok(Poll::Pending) = polled {
            return Poll::Pending;
        }
        this.body.set(None);
        drop(attached);
        match polled {
            Ok(Poll::Ready(returned)) => Poll::Ready(this.conclude.conclude(this.seat.take(), returned)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(payload) => {
                this.seat.active.panicked(&*payload);
                resume_unwind(payload)
            }
        }
    }
}

/// A call that is entered many times, with the context that has it as its span.
#[derive(Debug)]
pub struct Seat {
    pub(super) active: Active,
    // What makes it not unwind safe is others' values in it, which are not touched.
    context: AssertUnwindSafe<Option<Context>>,
}

impl Seat {
    #[inline]
    pub(super) fn new(active: Active) -> Self {
        Self { context: AssertUnwindSafe(active.context()), active }
    }

    /// A seat that has no context yet: most calls end before they need it again.
    #[inline]
    pub(super) fn unsettled(active: Active) -> Self {
        Self { context: AssertUnwindSafe(None), active }
    }

    #[inline]
    pub(super) fn off() -> Self {
        Self::unsettled(Active::off())
    }

    /// The seat with its context, which is the thread's of now unless it has one.
    pub(super) fn settle(mut self) -> Self {
        if self.context.is_none() {
            *self.context = self.active.context();
        }
        self
    }

    pub(super) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::off())
    }

    /// Makes the call current until the guard is dropped.
    #[inline]
    pub(super) fn attach(&self) -> Option<Attached> {
        Some(Attached::new((*self.context).clone()?, self.active.call()))
    }
}
