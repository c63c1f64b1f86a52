//! Futures and streams inside a call or a context: attach, poll, detach.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::{FusedFuture, FusedStream, Stream};
use opentelemetry::Context;
use pin_project_lite::pin_project;

use super::active::Active;
use super::call::Ending;
use super::context::Attached;

pin_project! {
    /// The body of an async function inside its call.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Enter<'a, F> {
        active: &'a mut Active,
        // Empty once dropped, which happens inside the call.
        #[pin]
        body: Option<F>,
    }

    impl<F> PinnedDrop for Enter<'_, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.body.is_some() && this.active.is_on() {
                // Cleanup inside is part of the call, so the body goes first and the call is closed after it.
                let attached = this.active.attach();
                this.body.set(None);
                drop(attached);
                this.active.close(Ending::CANCELLED);
            }
        }
    }
}

/// Polls `body` inside its call.
#[inline]
pub fn enter<F: Future>(active: &mut Active, body: F) -> Enter<'_, F> {
    Enter { active, body: Some(body) }
}

impl<F: Future> Future for Enter<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(body) = this.body.as_mut().as_pin_mut() else { return Poll::Pending };
        if !this.active.is_on() {
            return body.poll(task);
        }
        let attached = this.active.attach();
        let polled = catch_unwind(AssertUnwindSafe(|| body.poll(task)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(ready) => {
                this.body.set(None);
                drop(attached);
                ready
            }
            Err(payload) => {
                this.body.set(None);
                drop(attached);
                this.active.panicked(&*payload);
                resume_unwind(payload)
            }
        }
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
