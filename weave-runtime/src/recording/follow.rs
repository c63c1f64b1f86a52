//! Choosing, by the type of what a function returned, when its call ends.
//!
//! The choice is made like that of captures (see [`Probe`]): `(&&&&Probe(&returned)).__weave_way()` finds the first of
//! these traits whose bounds hold, and what it gives says the rest.
//!
//! | receiver | trait | for | the call ends |
//! |---|---|---|---|
//! | `&&&&Probe<T>` | [`WayKnown`] | boxed futures, streams and iterators | with them |
//! | `&&&Probe<T>` | [`WayFuture`] | other futures | now, with a placeholder |
//! | `&&Probe<T>` | [`WayStream`] | other streams | now, with a placeholder |
//! | `&Probe<T>` | [`WayIterator`] | other iterators | now, with a placeholder |
//! | `Probe<T>` | [`WayValue`] | anything else | now |

use std::future::Future;
use std::marker::PhantomData;
use std::ops::{Range, RangeFrom, RangeInclusive};

use futures_core::Stream;

use super::active::Outcome;
use super::call::Ending;
use super::folder::{Folder, Misplaced, fold};
use super::followed_future::FollowedFuture;
use super::future::{Seat, Then};
use super::iterator::FollowedIterator;
use super::mode::{Deep, ForFutures, ForValues, Mode};
use super::reboxed::Rebox;
use super::stream::FollowedStream;
use crate::value::{self, Never, Probe};

/// The call ends with what the function returned: it was a plain value.
#[derive(Clone, Copy, Default, Debug)]
pub struct Plain;

impl Plain {
    /// There are no items to fold.
    pub fn fold<F>(&self, function: F) -> Misplaced<F> {
        Misplaced::new(function)
    }

    /// Closes the call with the value.
    #[inline]
    pub fn conclude<R, M, D, E>(self, mut seat: Seat, returned: R, _: M, mut describe: D, _: E) -> R
    where
        M: ForValues,
        D: FnMut(&R, &mut Outcome<'_>),
        E: FnMut(&Never, &mut Outcome<'_>),
    {
        seat.active.finish(&mut |outcome| describe(&returned, outcome));
        returned
    }

    /// Leaves the value to `then`.
    pub fn conclude_deep<R, C, E>(self, seat: Seat, returned: R, then: C, _: E) -> R
    where
        C: FnOnce(Seat, R) -> R,
        E: FnMut(&Never, &mut Outcome<'_>),
    {
        then(seat, returned)
    }
}

/// The call ends at the return, of something that goes on but cannot be replaced.
#[derive(Clone, Copy, Default, Debug)]
pub struct Unfollowed;

impl Unfollowed {
    /// There are no items to fold.
    pub fn fold<F>(&self, function: F) -> Misplaced<F> {
        Misplaced::new(function)
    }

    /// Closes the call with the name of the type.
    pub fn conclude_deep<R, C, E>(self, seat: Seat, returned: R, _: C, _: E) -> R
    where
        C: FnMut(Seat, R) -> R,
        E: FnMut(&Never, &mut Outcome<'_>),
    {
        self.close::<R>(seat);
        returned
    }

    pub(super) fn close<R>(self, mut seat: Seat) {
        seat.active.close(|_, out| {
            value::write_type_name::<R>(out);
            Ending::SUCCESS
        });
    }

    /// Closes the call with the name of the type.
    pub fn conclude<R, M, D, E>(self, seat: Seat, returned: R, _: M, _: D, _: E) -> R
    where
        M: ForValues,
        D: FnMut(&R, &mut Outcome<'_>),
        E: FnMut(&Never, &mut Outcome<'_>),
    {
        self.close::<R>(seat);
        returned
    }
}

/// The call ends with what is in the box, which is replaced by another of the same type.
#[derive(Debug)]
pub struct Reboxed<B>(PhantomData<fn() -> B>);

impl<B> Clone for Reboxed<B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for Reboxed<B> {}

impl<B> Default for Reboxed<B> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<B: Known> Reboxed<B> {
    /// What `accumulate = path` stands for.
    pub fn fold<F>(&self, function: F) -> Folder<B::Given, F> {
        fold(function)
    }

    /// Has the call end with what is in the box; or closes it, where there is none.
    pub fn conclude<M, D, E>(self, seat: Seat, returned: B, mode: M, given: D, fail: E) -> B
    where
        D: FnMut(&B::Given, &mut Outcome<'_>),
        B: Rebox<M, D>,
        E: FnMut(&B::Error, &mut Outcome<'_>),
    {
        self.rebox(seat, returned, mode, given, fail)
    }

    /// As [`conclude`](Self::conclude), where `then` says when the call of a future ends that has given its value.
    pub fn conclude_deep<C, E>(self, seat: Seat, returned: B, then: C, fail: E) -> B
    where
        C: FnMut(Seat, B::Given) -> B::Given,
        B: Rebox<Deep, C>,
        E: FnMut(&B::Error, &mut Outcome<'_>),
    {
        self.rebox(seat, returned, Deep, then, fail)
    }

    fn rebox<M, D, E>(self, seat: Seat, returned: B, mode: M, given: D, mut fail: E) -> B
    where
        B: Rebox<M, D>,
        E: FnMut(&B::Error, &mut Outcome<'_>),
    {
        let (returned, rest) = returned.rebox(seat, mode, given);
        if let Some(seat) = rest {
            end_empty(seat, returned.error(), &mut fail);
        }
        returned
    }
}

/// Closes the call of a function that returned `None` or an `Err`.
pub(super) fn end_empty<E>(mut seat: Seat, error: Option<&E>, fail: &mut dyn FnMut(&E, &mut Outcome<'_>)) {
    match error {
        Some(error) => seat.active.finish(&mut |outcome| fail(error, outcome)),
        None => seat.active.close(|_, out| {
            out.push_str("null");
            Ending::SUCCESS
        }),
    }
}

/// A type that the [`Probe`] knows.
pub trait Known {
    /// What it gives in the end, or item by item.
    type Given;
    /// What may be there instead.
    type Error;
    /// When a call that returned it ends.
    type Way: Default;

    /// What is there instead.
    fn error(&self) -> Option<&Self::Error>;
}

/// Ranges are iterators, but to most people values.
macro_rules! values {
    ($($range:ident)*) => {$(
        impl<T> Known for $range<T> {
            type Given = Never;
            type Error = Never;
            type Way = Plain;

            fn error(&self) -> Option<&Never> {
                None
            }
        }
    )*};
}

values!(Range RangeFrom RangeInclusive);

macro_rules! way {
    ($(#[$doc:meta])* $trait:ident, $receiver:ty, [$($bounds:tt)*], $way:ty) => {
        $(#[$doc])*
        pub trait $trait {
            /// Says when the call ends.
            type Way;

            /// Says when the call ends.
            fn __weave_way(self) -> Self::Way;
        }

        impl<T: $($bounds)*> $trait for $receiver {
            type Way = $way;

            #[inline]
            fn __weave_way(self) -> $way {
                <$way>::default()
            }
        }
    };
}

way!(
    /// What the table of known types says.
    WayKnown, &&&&Probe<'_, T>, [Known], T::Way
);
way!(
    /// A future of a type of its own.
    WayFuture, &&&Probe<'_, T>, [Future], Unfollowed
);
way!(
    /// A stream of a type of its own.
    WayStream, &&Probe<'_, T>, [Stream], Unfollowed
);
way!(
    /// An iterator of a type of its own.
    WayIterator, &Probe<'_, T>, [Iterator], Unfollowed
);
way!(
    /// A plain value.
    WayValue, Probe<'_, T>, [?Sized], Plain
);

/// Follows what a function returned as `impl Stream`.
pub fn follow_stream<T, S, M, D>(seat: Seat, stream: S, mode: M, given: D) -> FollowedStream<S, M::Accumulator>
where
    S: Stream<Item = T>,
    D: FnMut(&T, &mut Outcome<'_>),
    M: Mode<T, D>,
{
    FollowedStream::new(seat, stream, mode.begin(given))
}

/// Follows what a function returned as `impl Iterator`.
pub fn follow_iterator<T, I, M, D>(seat: Seat, iterator: I, mode: M, given: D) -> FollowedIterator<I, M::Accumulator>
where
    I: Iterator<Item = T>,
    D: FnMut(&T, &mut Outcome<'_>),
    M: Mode<T, D>,
{
    FollowedIterator::new(seat, iterator, mode.begin(given))
}

/// Follows what a function returned as `impl Future`.
pub fn follow_future<T, F, M, D>(seat: Seat, future: F, mode: M, given: D) -> FollowedFuture<F, M::Conclusion>
where
    F: Future<Output = T>,
    D: FnMut(&T, &mut Outcome<'_>),
    M: ForFutures<T, D>,
{
    FollowedFuture::new(seat, future, mode.conclusion(given))
}

/// As [`follow_future`], where `then` says when the call ends.
pub fn follow_future_deep<T, F, C>(seat: Seat, future: F, then: C) -> FollowedFuture<F, Then<C>>
where
    F: Future<Output = T>,
    C: FnMut(Seat, T) -> T,
{
    FollowedFuture::new(seat, future, Then(then))
}
