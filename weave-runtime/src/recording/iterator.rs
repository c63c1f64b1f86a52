//! Iterators inside the call that gave them.

use std::iter::FusedIterator;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::accumulate::{Accumulate, Accumulator};
use super::future::Seat;
use super::tally::Tally;

/// An iterator that an annotated function returned. Its call ends with it.
#[derive(Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct FollowedIterator<I, A: Accumulator> {
    // Empty once dropped, which happens inside the call.
    inner: Option<I>,
    // Behind the iterator, so that it is dropped after it, also when that panics.
    tally: Tally<A>,
}

impl<I: Iterator, A: Accumulate<I::Item>> FollowedIterator<I, A> {
    pub(super) fn new(seat: Seat, iterator: I, accumulator: A) -> Self {
        Self { inner: Some(iterator), tally: Tally::new(seat, accumulator) }
    }

    /// One step from either end.
    #[inline]
    fn step(&mut self, advance: impl FnOnce(&mut I) -> Option<I::Item>) -> Option<I::Item> {
        let inner = self.inner.as_mut()?;
        if !self.tally.is_on() {
            return advance(inner);
        }
        let attached = self.tally.attach();
        let stepped = catch_unwind(AssertUnwindSafe(|| advance(inner)));
        drop(attached);
        match stepped {
            Ok(item) => {
                self.tally.note(item.as_ref());
                item
            }
            Err(payload) => {
                self.tally.panicked(&*payload);
                resume_unwind(payload)
            }
        }
    }
}

impl<I: Iterator, A: Accumulate<I::Item>> Iterator for FollowedIterator<I, A> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.step(I::next)
    }

    // Left to the iterator, which may know a shorter way: what it passes over was never given, and is not recorded.
    #[inline]
    fn nth(&mut self, n: usize) -> Option<I::Item> {
        self.step(|inner| inner.nth(n))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.as_ref().map_or((0, Some(0)), Iterator::size_hint)
    }
}

impl<I: DoubleEndedIterator, A: Accumulate<I::Item>> DoubleEndedIterator for FollowedIterator<I, A> {
    #[inline]
    fn next_back(&mut self) -> Option<I::Item> {
        self.step(I::next_back)
    }

    #[inline]
    fn nth_back(&mut self, n: usize) -> Option<I::Item> {
        self.step(|inner| inner.nth_back(n))
    }
}

impl<I: ExactSizeIterator, A: Accumulate<I::Item>> ExactSizeIterator for FollowedIterator<I, A> {
    #[inline]
    fn len(&self) -> usize {
        self.inner.as_ref().map_or(0, ExactSizeIterator::len)
    }
}

impl<I: FusedIterator, A: Accumulate<I::Item>> FusedIterator for FollowedIterator<I, A> {}

impl<I, A: Accumulator> Drop for FollowedIterator<I, A> {
    fn drop(&mut self) {
        if self.tally.is_on() {
            let _attached = self.tally.attach();
            self.inner = None;
        }
    }
}
