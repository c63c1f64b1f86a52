//! Futures inside the call that gave them.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::FusedFuture;
use pin_project_lite::pin_project;

use super::accumulate::Describe;
use super::future::Seat;

pin_project! {
    /// A future that an annotated function returned. Its call ends with it.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct FollowedFuture<F, D> {
        // Empty once dropped, which happens inside the call. It stays beyond its completion, as it would on its own.
        #[pin]
        inner: Option<F>,
        describe: D,
        // Behind the future: its call is closed, as cancelled, after it was dropped.
        seat: Seat,
    }

    impl<F, D> PinnedDrop for FollowedFuture<F, D> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.seat.active.is_on() {
                let _attached = this.seat.attach();
                this.inner.set(None);
            }
        }
    }
}

impl<F: Future, D: Describe<F::Output>> FollowedFuture<F, D> {
    pub(super) fn new(seat: Seat, future: F, describe: D) -> Self {
        Self { inner: Some(future), describe, seat: seat.settle() }
    }
}

impl<F: Future, D: Describe<F::Output>> Future for FollowedFuture<F, D> {
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
            Ok(Poll::Ready(output)) => {
                this.seat.active.finish(&mut |outcome| this.describe.describe(&output, outcome));
                Poll::Ready(output)
            }
            Err(payload) => {
                this.seat.active.panicked(&*payload);
                resume_unwind(payload)
            }
        }
    }
}

impl<F: FusedFuture, D: Describe<F::Output>> FusedFuture for FollowedFuture<F, D> {
    fn is_terminated(&self) -> bool {
        self.inner.as_ref().is_none_or(FusedFuture::is_terminated)
    }
}
