//! Futures and streams in the context they were made in: attach, poll, detach.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use futures_core::{FusedFuture, FusedStream, Stream};
use opentelemetry::Context;
use pin_project_lite::pin_project;

use super::call::LiveCall;
use super::context::Attached;

pin_project! {
    /// A future or stream that runs in the context it was made in. Made by
    /// [`in_current_call`](crate::InCurrentCall::in_current_call) and [`Scope::wrap`](crate::Scope::wrap).
    #[derive(Debug)]
    #[must_use = "futures and streams do nothing unless polled"]
    pub struct InContext<T> {
        context: Option<Context>,
        // Whose span the context has, where it is one that need not be asked for.
        call: Option<Arc<LiveCall>>,
        #[pin]
        inner: Option<T>,
    }

    impl<T> PinnedDrop for InContext<T> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(context) = this.context.take() {
                let _attached = Attached::new(context, this.call.as_ref());
                this.inner.set(None);
            }
        }
    }
}

impl<T> InContext<T> {
    pub(crate) fn new(context: Option<Context>, inner: T) -> Self {
        Self { context, call: None, inner: Some(inner) }
    }

    /// Runs inside of a call, in the context that has it.
    pub(super) fn of_call(call: Option<Arc<LiveCall>>, context: Option<Context>, inner: T) -> Self {
        Self { context, call, inner: Some(inner) }
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _attached = this.context.clone().map(|context| Attached::new(context, this.call.as_ref()));
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
        let _attached = this.context.clone().map(|context| Attached::new(context, this.call.as_ref()));
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
