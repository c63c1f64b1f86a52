//! Boxed futures, streams and iterators, which can be replaced by others of the same type.
//!
//! Given for each set of auto traits that occurs, because a type cannot be asked which it has.

use std::future::Future;
use std::pin::Pin;

use futures_core::{FusedFuture, FusedStream, Stream};

use super::follow::{Known, Reboxed};
use super::followed_future::FollowedFuture;
use super::future::Seat;
use super::iterator::FollowedIterator;
use super::mode::{ForFutures, Mode};
use super::stream::FollowedStream;
use crate::value::Never;

/// A box that can be replaced by one of the same type that follows what is in it.
#[diagnostic::on_unimplemented(
    message = "`accumulate` is for functions that return a stream or an iterator, and what it makes of the items must be \
               as `Send`, `Sync` and long-lived as those",
    label = "this function returns `{Self}`"
)]
pub trait Rebox<M, D>: Sized {
    /// Replaces it, or gives the call back where there is none.
    fn rebox(self, seat: Seat, mode: M, given: D) -> (Self, Option<Seat>);
}

impl<B: Known<Way = Reboxed<B>>> Known for Option<B> {
    type Given = B::Given;
    type Error = B::Error;
    type Way = Reboxed<Self>;

    fn error(&self) -> Option<&B::Error> {
        self.as_ref().and_then(B::error)
    }
}

impl<B: Known<Way = Reboxed<B>, Error = Never>, E> Known for Result<B, E> {
    type Given = B::Given;
    type Error = E;
    type Way = Reboxed<Self>;

    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

impl<B: Rebox<M, D>, M, D> Rebox<M, D> for Option<B> {
    fn rebox(self, seat: Seat, mode: M, given: D) -> (Self, Option<Seat>) {
        match self {
            Some(inner) => {
                let (inner, seat) = inner.rebox(seat, mode, given);
                (Some(inner), seat)
            }
            None => (None, Some(seat)),
        }
    }
}

impl<B: Rebox<M, D>, E, M, D> Rebox<M, D> for Result<B, E> {
    fn rebox(self, seat: Seat, mode: M, given: D) -> (Self, Option<Seat>) {
        match self {
            Ok(inner) => {
                let (inner, seat) = inner.rebox(seat, mode, given);
                (Ok(inner), seat)
            }
            Err(error) => (Err(error), Some(seat)),
        }
    }
}

macro_rules! futures {
    ($($trait:ident [$($auto:ident)*])*) => {$(
        impl<'a, T: 'a> Known for Pin<Box<dyn $trait<Output = T> $(+ $auto)* + 'a>> {
            type Given = T;
            type Error = Never;
            type Way = Reboxed<Self>;

            fn error(&self) -> Option<&Never> {
                None
            }
        }

        impl<'a, T: 'a, M, D> Rebox<M, D> for Pin<Box<dyn $trait<Output = T> $(+ $auto)* + 'a>>
        where
            M: ForFutures<T, D>,
            M::Conclusion: $($auto +)* 'a,
        {
            fn rebox(self, seat: Seat, mode: M, given: D) -> (Self, Option<Seat>) {
                (Box::pin(FollowedFuture::new(seat, self, mode.conclusion(given))), None)
            }
        }
    )*};
}

futures! {
    Future [] Future [Send] Future [Sync] Future [Send Sync]
    FusedFuture [] FusedFuture [Send] FusedFuture [Send Sync]
}

/// Futures in boxes that need no `Pin`.
macro_rules! unpin_futures {
    ($([$($auto:ident)*])*) => {$(
        impl<'a, T: 'a> Known for Box<dyn Future<Output = T> $(+ $auto)* + Unpin + 'a> {
            type Given = T;
            type Error = Never;
            type Way = Reboxed<Self>;

            fn error(&self) -> Option<&Never> {
                None
            }
        }

        impl<'a, T: 'a, M, D> Rebox<M, D> for Box<dyn Future<Output = T> $(+ $auto)* + Unpin + 'a>
        where
            M: ForFutures<T, D>,
            M::Conclusion: $($auto +)* 'a,
        {
            fn rebox(self, seat: Seat, mode: M, given: D) -> (Self, Option<Seat>) {
                (Box::new(FollowedFuture::new(seat, self, mode.conclusion(given))), None)
            }
        }
    )*};
}

unpin_futures!([][Send][Send Sync]);

macro_rules! streams {
    ($($trait:ident [$($auto:ident)*])*) => {$(
        impl<'a, T: 'a> Known for Pin<Box<dyn $trait<Item = T> $(+ $auto)* + 'a>> {
            type Given = T;
            type Error = Never;
            type Way = Reboxed<Self>;

            fn error(&self) -> Option<&Never> {
                None
            }
        }

        impl<'a, T: 'a, M, D> Rebox<M, D> for Pin<Box<dyn $trait<Item = T> $(+ $auto)* + 'a>>
        where
            M: Mode<T, D>,
            M::Accumulator: $($auto +)* 'a,
        {
            fn rebox(self, seat: Seat, mode: M, given: D) -> (Self, Option<Seat>) {
                (Box::pin(FollowedStream::new(seat, self, mode.begin(given))), None)
            }
        }
    )*};
}

streams! {
    Stream [] Stream [Send] Stream [Sync] Stream [Send Sync]
    FusedStream [] FusedStream [Send] FusedStream [Send Sync]
}

/// Boxes that give items and need no `Pin`.
macro_rules! boxes {
    ($($followed:ident: $trait:ident [$($auto:ident)*])*) => {$(
        impl<'a, T: 'a> Known for Box<dyn $trait<Item = T> $(+ $auto)* + 'a> {
            type Given = T;
            type Error = Never;
            type Way = Reboxed<Self>;

            fn error(&self) -> Option<&Never> {
                None
            }
        }

        impl<'a, T: 'a, M, D> Rebox<M, D> for Box<dyn $trait<Item = T> $(+ $auto)* + 'a>
        where
            M: Mode<T, D>,
            M::Accumulator: $($auto +)* 'a,
        {
            fn rebox(self, seat: Seat, mode: M, given: D) -> (Self, Option<Seat>) {
                (Box::new($followed::new(seat, self, mode.begin(given))), None)
            }
        }
    )*};
}

boxes! {
    FollowedIterator: Iterator [] FollowedIterator: Iterator [Send]
    FollowedIterator: Iterator [Sync] FollowedIterator: Iterator [Send Sync]
    FollowedIterator: DoubleEndedIterator [] FollowedIterator: DoubleEndedIterator [Send]
    FollowedIterator: DoubleEndedIterator [Send Sync]
    FollowedIterator: ExactSizeIterator [] FollowedIterator: ExactSizeIterator [Send]
    FollowedIterator: ExactSizeIterator [Send Sync]
    FollowedStream: Stream [Unpin] FollowedStream: Stream [Send Unpin] FollowedStream: Stream [Send Sync Unpin]
}
