//! Choosing how a value is captured by what its type can do, without asking for anything.
//!
//! What one wishes to write is specialisation:
//!
//! ```text
//! fn capture<T>(value: &T)                  { /* the name of the type */ }
//! fn capture<T: Debug>(value: &T)           { /* its debug text */ }
//! fn capture<T: Serialize>(value: &T)       { /* JSON */ }
//! fn capture<T: Lock>(value: &T)            { /* the name of the type: a lock must not be waited for */ }
//! ```
//!
//! Stable Rust chooses between methods in a way that comes close. For `(&&&Probe(&x)).__weave_capture(slot)` it tries
//! the type of the receiver first, then what that dereferences to, and so on, and takes the first whose bounds hold. So
//! the method is given four times, once per trait, on a receiver with one reference less each:
//!
//! | receiver | trait | asks for |
//! |---|---|---|
//! | `&&&Probe<T>` | [`ViaLock`] | a lock, or a pointer to one |
//! | `&&Probe<T>` | [`ViaSerialize`] | `T: Serialize` |
//! | `&Probe<T>` | [`ViaDebug`] | `T: Debug` |
//! | `Probe<T>` | [`ViaType`] | nothing |
//!
//! The same is done to tell a `Result` from other values ([`SplitResult`], [`SplitValue`]), and for errors
//! ([`ErrorDisplay`], [`ErrorDebug`], [`ErrorType`]).
//!
//! The choice is made where the macro expands: a parameter of type `T` without bounds is captured by its name, even when
//! the caller passes an `i32`. `T: Debug` is asked for, never `&T: Debug`, which a `where` clause of the user's could
//! answer for one lifetime only.

mod error;
mod lock;
mod split;

use std::any::type_name;
use std::fmt::Debug;

use serde::Serialize;

pub use self::error::{ErrorDebug, ErrorDisplay, ErrorSlot, ErrorType};
pub use self::lock::ViaLock;
pub use self::split::{Never, Split, SplitResult, SplitValue};
use super::{Limits, capture};

/// A value whose type is to be asked what it can do.
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

impl<T: ?Sized> Clone for Probe<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Probe<'_, T> {}

/// The place where one captured value is appended as JSON text.
#[derive(Debug)]
pub struct Slot<'a> {
    out: &'a mut String,
    limits: &'a Limits,
}

impl<'a> Slot<'a> {
    /// A slot at the end of `out`.
    #[inline]
    pub fn new(out: &'a mut String, limits: &'a Limits) -> Self {
        Self { out, limits }
    }
}

/// Captures a value by its `Serialize`.
pub trait ViaSerialize {
    /// Appends the value as JSON, within the limits.
    fn __weave_capture(self, slot: Slot<'_>);
}

impl<T: Serialize + ?Sized> ViaSerialize for &&Probe<'_, T> {
    #[inline]
    fn __weave_capture(self, slot: Slot<'_>) {
        capture::write(slot.out, self.0, slot.limits);
    }
}

/// Captures a value by its `Debug`.
pub trait ViaDebug {
    /// Appends the debug text as a JSON string, within the limits.
    fn __weave_capture(self, slot: Slot<'_>);
}

impl<T: Debug + ?Sized> ViaDebug for &Probe<'_, T> {
    fn __weave_capture(self, slot: Slot<'_>) {
        capture::write_debug(slot.out, self.0, slot.limits);
    }
}

/// Names the type of a value that can show nothing.
pub trait ViaType {
    /// Appends the JSON string `"<my::Type>"`.
    fn __weave_capture(self, slot: Slot<'_>);
}

impl<T: ?Sized> ViaType for Probe<'_, T> {
    fn __weave_capture(self, slot: Slot<'_>) {
        capture::push_type_name(slot.out, type_name::<T>());
    }
}

#[cfg(test)]
mod tests;
