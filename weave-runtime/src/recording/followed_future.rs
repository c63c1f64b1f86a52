//! Futures inside the call that gave them.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use super::future::{Conclude, Seat};

pin_project! {
    /// A future that an annotated function returned. Its call ends with it.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct FollowedFuture<F, C> {
        // Empty once dropped, which happens inside the call. It stays beyond its completion, as it would on its own.
        #[pin]
        inner: Option<F>,
        conclude: C,
        // Behind the future: its call is closed, as cancelled, after it was dropped.
        seat: Seat,
    }

    impl<F, C> PinnedDrop for FollowedFuture<F, C> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.seat.active.is_on() {
                let _attached = this.seat.attach();
                this.inner.set(None);
            }
        }
    }
}

impl<F: Future, C: Conclude<F::Output, Output = F::Output>> FollowedFuture<F, C> {
    pub(super) fn new(seat: Seat, future: F, conclude: C) -> Self {
        Self { inner: Some(future), conclude, seat: seat.settle() }
    }
}

impl<F: Future, C: Conclude<F::Output, Output = F::Output>> Future for FollowedFuture<F, C> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else { return Poll::Pending };
        if !this.seat.active.is_on() {
            return inner.poll(task);
        }
        let attached = this.seat.attach();
        let polled = catch_unwind(AssertUnwindSafe(|| inner.poll(task)));
        drop(attached);
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(this.conclude.conclude(this.seat.take(), output)),
            Err(payload) => {
                this.seat.active.panicked(&*payload);
                resume_unwind(payload)
            }
        }
    }
}

impl<F: FusedFuture, C: Conclude<F::Output, Output = F::Output>> FusedFuture for FollowedFuture<F, C> {
    fn is_terminated(&self) -> bool {
        self.inner.as_ref().is_none_or(FusedFuture::is_terminated)
    }
}
