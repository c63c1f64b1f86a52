//! Streams inside the call that gave them: attach, poll, detach, note the item.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
use serde::Serialize;

use super::accumulate::{Accumulate, Accumulator, BySerialize, Items};
use super::active::Active;
use super::future::Seat;
use super::tally::Tally;

pin_project! {
    /// A stream that an annotated function returned. Its call ends with it.
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct FollowedStream<S, A>
    where
        A: Accumulator,
    {
        // Empty once dropped, which happens inside the call.
        #[pin]
        inner: Option<S>,
        // Behind the stream, so that it is dropped after it, also when that panics.
        tally: Tally<A>,
    }

    impl<S, A> PinnedDrop for FollowedStream<S, A>
    where
        A: Accumulator,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.tally.is_on() {
                let _attached = this.tally.attach();
                this.inner.set(None);
            }
        }
    }
}

impl<S: Stream, A: Accumulate<S::Item>> FollowedStream<S, A> {
    pub(super) fn new(seat: Seat, stream: S, accumulator: A) -> Self {
        Self { inner: Some(stream), tally: Tally::new(seat, accumulator) }
    }
}

impl<S: Stream, A: Accumulate<S::Item>> Stream for FollowedStream<S, A> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else { return Poll::Ready(None) };
        if !this.tally.is_on() {
            return inner.poll_next(task);
        }
        let attached = this.tally.attach();
        let polled = catch_unwind(AssertUnwindSafe(|| inner.poll_next(task)));
        drop(attached);
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(item)) => {
                this.tally.note(item.as_ref());
                Poll::Ready(item)
            }
            Err(payload) => {
                this.tally.panicked(&*payload);
                resume_unwind(payload)
            }
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}

impl<S: FusedStream, A: Accumulate<S::Item>> FusedStream for FollowedStream<S, A> {
    fn is_terminated(&self) -> bool {
        self.inner.as_ref().is_none_or(FusedStream::is_terminated)
    }
}

pin_project! {
    /// A stream whose call ends with it. Made by [`OpenCall::wrap_stream`](crate::OpenCall::wrap_stream).
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct CallStream<S> {
        #[pin]
        inner: FollowedStream<S, Items<BySerialize>>,
    }
}

impl<S: Stream<Item: Serialize>> CallStream<S> {
    pub(super) fn new(active: Active, stream: S) -> Self {
        Self { inner: FollowedStream::new(Seat::new(active), stream, Items::new(BySerialize)) }
    }
}

impl<S: Stream<Item: Serialize>> Stream for CallStream<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<S::Item>> {
        self.project().inner.poll_next(task)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl<S: FusedStream<Item: Serialize>> FusedStream for CallStream<S> {
    fn is_terminated(&self) -> bool {
        self.inner.is_terminated()
    }
}
