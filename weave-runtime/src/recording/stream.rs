//! A stream inside a call that was opened by hand.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
use serde::Serialize;

use super::active::Active;
use super::call::Ending;
use super::future::Seat;
use super::local::Quiet;
use crate::record::{CallError, Status};
use crate::value;

pin_project! {
    /// A stream whose call ends with it. Made by [`OpenCall::wrap_stream`](crate::OpenCall::wrap_stream).
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct CallStream<S> {
        seat: Seat,
        items: Items,
        // Empty once dropped, which happens inside the call.
        #[pin]
        inner: Option<S>,
    }

    impl<S> PinnedDrop for CallStream<S> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let attached = this.seat.attach();
            this.inner.set(None);
            drop(attached);
            this.items.close(&mut this.seat.active, true);
        }
    }
}

impl<S: Stream<Item: Serialize>> CallStream<S> {
    pub(super) fn new(active: Active, stream: S) -> Self {
        Self { seat: Seat::new(active), items: Items::default(), inner: Some(stream) }
    }
}

impl<S: Stream<Item: Serialize>> Stream for CallStream<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else { return Poll::Ready(None) };
        let attached = this.seat.attach();
        let polled = catch_unwind(AssertUnwindSafe(|| inner.poll_next(task)));
        drop(attached);
        match &polled {
            Ok(Poll::Pending) => {}
            Ok(Poll::Ready(Some(item))) => this.items.add(&this.seat.active, item),
            Ok(Poll::Ready(None)) => this.items.close(&mut this.seat.active, false),
            Err(payload) => this.seat.active.panicked(&**payload),
        }
        polled.unwrap_or_else(|payload| resume_unwind(payload))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}

impl<S: FusedStream<Item: Serialize>> FusedStream for CallStream<S> {
    fn is_terminated(&self) -> bool {
        self.inner.as_ref().is_none_or(FusedStream::is_terminated)
    }
}

/// What a stream has given: a JSON list, bounded like one value.
#[derive(Debug, Default)]
struct Items {
    list: String,
    count: u64,
    /// Some items did not fit.
    cut: bool,
    error: Option<CallError>,
}

impl Items {
    fn add<T: Serialize>(&mut self, active: &Active, item: &T) {
        let Some(call) = active.call() else { return };
        self.count += 1;
        let limits = &call.lane.recorder.bounds.value;
        if self.list.len() >= limits.bytes {
            self.cut = true;
            return;
        }
        let _quiet = Quiet::enter();
        let before = self.list.len();
        self.list.push(if before == 0 { '[' } else { ',' });
        if let Some(error) = value::write_outcome(&mut self.list, item, limits) {
            self.list.truncate(before);
            self.error.get_or_insert(error);
        }
    }

    fn close(&mut self, active: &mut Active, partial: bool) {
        let Self { list, count, cut, error } = std::mem::take(self);
        if let Some(call) = active.call() {
            call.merge_summary("item_count".to_owned(), count.into());
        }
        active.close(|_, out| {
            out.push_str(if list.is_empty() { "[" } else { &list });
            if cut {
                out.push_str(&format!(r#",{{"{}":{{"length":{count}}}}}"#, value::CUT_KEY));
            }
            out.push(']');
            let status = if error.is_some() { Status::Error } else { Status::Success };
            Ending { status, partial, error }
        });
    }
}
