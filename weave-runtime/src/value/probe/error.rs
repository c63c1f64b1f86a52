//! What a call failed with, as the type and the message that are recorded.

use std::any::type_name;
use std::fmt::{Debug, Display};

use super::Probe;
use crate::record::CallError;
use crate::value::{Limits, capture};

/// The place where the error of a call is put.
#[derive(Debug)]
pub struct ErrorSlot<'a> {
    out: &'a mut Option<CallError>,
    limits: &'a Limits,
}

impl<'a> ErrorSlot<'a> {
    /// A slot that sets `out`.
    #[inline]
    pub fn new(out: &'a mut Option<CallError>, limits: &'a Limits) -> Self {
        Self { out, limits }
    }

    fn set<E: ?Sized>(self, message: std::fmt::Arguments<'_>) {
        let kind = type_name::<E>();
        *self.out = Some(CallError { kind: kind.to_owned(), message: capture::display(message, self.limits, kind) });
    }
}

/// Records an error by its `Display`.
pub trait ErrorDisplay {
    /// Sets the error, its message within the limits.
    fn __weave_error(self, slot: ErrorSlot<'_>);
}

impl<E: Display + ?Sized> ErrorDisplay for &&Probe<'_, E> {
    fn __weave_error(self, slot: ErrorSlot<'_>) {
        slot.set::<E>(format_args!("{}", self.0));
    }
}

/// Records an error by its `Debug`.
pub trait ErrorDebug {
    /// Sets the error, its message within the limits.
    fn __weave_error(self, slot: ErrorSlot<'_>);
}

impl<E: Debug + ?Sized> ErrorDebug for &Probe<'_, E> {
    fn __weave_error(self, slot: ErrorSlot<'_>) {
        slot.set::<E>(format_args!("{:?}", self.0));
    }
}

/// Records an error that can show nothing by the name of its type.
pub trait ErrorType {
    /// Sets the error with `<my::Error>` as its message.
    fn __weave_error(self, slot: ErrorSlot<'_>);
}

impl<E: ?Sized> ErrorType for Probe<'_, E> {
    fn __weave_error(self, slot: ErrorSlot<'_>) {
        slot.set::<E>(format_args!("<{}>", type_name::<E>()));
    }
}
