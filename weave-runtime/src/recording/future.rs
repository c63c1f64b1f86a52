//! Futures and streams inside a call or a context: attach, poll, detach.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::{FusedFuture, FusedStream, Stream};
use opentelemetry::Context;
use pin_project_lite::pin_project;

use super::active::{Active, Outcome};
use super::context::Attached;

pin_project! {
    /// The body of an async function inside its call.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Enter<F, D> {
        seat: Seat,
        // Empty once dropped, which happens inside the call.
        #[pin]
        body: Option<F>,
        describe: D,
    }

    impl<F, D> PinnedDrop for Enter<F, D> {
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

/// Polls `body` inside its call; `describe` writes what it gave.
#[inline]
pub fn enter<F, D>(active: Active, body: F, describe: D) -> Enter<F, D>
where
    F: Future,
    D: FnMut(&F::Output, &mut Outcome<'_>),
{
    Enter { seat: Seat::new(active), body: Some(body), describe }
}

impl<F, D> Future for Enter<F, D>
where
    F: Future,
    D: FnMut(&F::Output, &mut Outcome<'_>),
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(body) = this.body.as_mut().as_pin_mut() else { return Poll::Pending };
        if !this.seat.active.is_on() {
            return body.poll(task);
        }
        let attached = this.seat.attach();
        let polled = catch_unwind(AssertUnwindSafe(|| body.poll(task)));
        if let Ok(Poll::Pending) = polled {
            return Poll::Pending;
        }
        this.body.set(None);
        drop(attached);
        match polled {
            Ok(Poll::Ready(output)) => {
                this.seat.active.finish(&mut |outcome| (this.describe)(&output, outcome));
                Poll::Ready(output)
            }
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
pub(super) struct Seat {
    pub(super) active: Active,
    context: Option<Context>,
}

impl Seat {
    pub(super) fn new(active: Active) -> Self {
        Self { context: active.context(), active }
    }

    /// Makes the call current until the guard is dropped.
    #[inline]
    pub(super) fn attach(&self) -> Option<Attached> {
        Some(Attached::new(self.context.clone()?, self.active.call()))
    }
}

pin_project! {
    /// A future or stream that runs in the context it was made in. Made by
    /// [`in_current_call`](crate::InCurrentCall::in_current_call) and [`Scope::wrap`](crate::Scope::wrap).
    #[derive(Debug)]
    #[must_use = "futures and streams do nothing unless polled"]
    pub struct InContext<T> {
        context: Option<Context>,
        #[pin]
        inner: Option<T>,
    }

    impl<T> PinnedDrop for InContext<T> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(context) = this.context.take() {
                let _attached = Attached::new(context, None);
                this.inner.set(None);
            }
        }
    }
}

impl<T> InContext<T> {
    pub(crate) fn new(context: Option<Context>, inner: T) -> Self {
        Self { context, inner: Some(inner) }
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _attached = this.context.clone().map(|context| Attached::new(context, None));
        this.inner.as_pin_mut().map_or(Poll::Pending, |inner| inner.poll(task))
    }
}

impl<F: FusedFuture> FusedFuture for InContext<F> {
    fn is_terminated(&self) -> bool {
        self.inner.as_ref().is_none_or(FusedFuture::is_terminated)
    }
}

impl<S: Stream> Stream for InContext<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let _attached = this.context.clone().map(|context| Attached::new(context, None));
        this.inner.as_pin_mut().map_or(Poll::Ready(None), |inner| inner.poll_next(task))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}

impl<S: FusedStream> FusedStream for InContext<S> {
    fn is_terminated(&self) -> bool {
        self.inner.as_ref().is_none_or(FusedStream::is_terminated)
    }
}
