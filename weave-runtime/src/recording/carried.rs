//! Following what a `Result` or an `Option` carries: `Result<impl Stream, E>`, whose type changes with the stream's.
//!
//! Whether a type is one is found out as in [`follow`](super::follow), for names can lie.

use super::absent::Absent;
use super::active::Outcome;
use super::follow::{Unfollowed, end_empty};
use super::future::Seat;
use crate::value::{Never, Probe};

/// A `Result` or an `Option`.
#[diagnostic::on_unimplemented(
    message = "an `impl` in `{Self}` cannot be followed: only those in `Result` and `Option` can",
    note = "with `#[op(value)]` the call ends at the return"
)]
pub trait Carrier {
    /// What it carries.
    type Inner;
    /// What may be there instead.
    type Error;
    /// The same with something else in it.
    type With<W>;

    /// Whether there is nothing to carry now.
    fn is_empty(&self) -> bool;

    /// What is there instead, if not just nothing.
    fn error(&self) -> Option<&Self::Error>;

    /// Puts something else in place of what it carries.
    fn map<W>(self, wrap: impl FnOnce(Self::Inner) -> W) -> Self::With<W>;
}

impl<S> Carrier for Option<S> {
    type Inner = S;
    type Error = Never;
    type With<W> = Option<W>;

    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn error(&self) -> Option<&Never> {
        None
    }

    fn map<W>(self, wrap: impl FnOnce(S) -> W) -> Option<W> {
        Option::map(self, wrap)
    }
}

impl<S, E> Carrier for Result<S, E> {
    type Inner = S;
    type Error = E;
    type With<W> = Result<W, E>;

    fn is_empty(&self) -> bool {
        self.is_err()
    }

    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }

    fn map<W>(self, wrap: impl FnOnce(S) -> W) -> Result<W, E> {
        Result::map(self, wrap)
    }
}

/// Gives the call to what `returned` carries; or closes it with the error that is there instead.
pub fn carry<C: Carrier, W>(
    mut seat: Seat,
    returned: C,
    wrap: impl FnOnce(Seat, C::Inner) -> W,
    mut fail: impl FnMut(&C::Error, &mut Outcome<'_>),
) -> C::With<W> {
    if returned.is_empty() {
        end_empty(seat, returned.error(), &mut fail);
        seat = Seat::off();
    }
    returned.map(|inner| wrap(seat, inner))
}

/// Finds a `Result` or an `Option`.
pub trait CarrierKnown {
    /// Says that it is one.
    fn __weave_carrier(self) -> Carries;
}

impl<T, E> CarrierKnown for &Probe<'_, Result<T, E>> {
    fn __weave_carrier(self) -> Carries {
        Carries
    }
}

impl<T> CarrierKnown for &Probe<'_, Option<T>> {
    fn __weave_carrier(self) -> Carries {
        Carries
    }
}

/// Takes any other type.
pub trait CarrierUnknown {
    /// Says that it is none.
    fn __weave_carrier(self) -> CarriesNothing;
}

impl<T> CarrierUnknown for Probe<'_, T> {
    fn __weave_carrier(self) -> CarriesNothing {
        CarriesNothing
    }
}

/// The value is a `Result` or an `Option`.
#[derive(Clone, Copy, Debug)]
pub struct Carries;

impl Carries {
    /// As [`carry`].
    pub fn carry<C: Carrier, W>(
        self,
        seat: Seat,
        returned: C,
        wrap: impl FnOnce(Seat, C::Inner) -> W,
        fail: impl FnMut(&C::Error, &mut Outcome<'_>),
    ) -> C::With<W> {
        carry(seat, returned, wrap, fail)
    }
}

/// The value is of a type in which nothing can be replaced.
#[derive(Clone, Copy, Debug)]
pub struct CarriesNothing;

impl CarriesNothing {
    /// Closes the call with the name of the type.
    pub fn carry<R, T, W>(
        self,
        seat: Seat,
        returned: R,
        _: impl FnOnce(Seat, Absent<T>) -> W,
        _: impl FnMut(&Never, &mut Outcome<'_>),
    ) -> R {
        Unfollowed.close::<R>(seat);
        returned
    }
}
