//! Telling a `Result` from other values, by type: an alias such as `io::Result` is one too.

use std::fmt;

use super::Probe;

/// What a function has returned: a value, an error, or neither (`None` where an `Option<Result>` is returned).
#[derive(Debug)]
pub struct Split<'a, V: ?Sized, E: ?Sized> {
    /// The value to record as output.
    pub value: Option<&'a V>,
    /// The error that the call ended with.
    pub error: Option<&'a E>,
}

/// The error of what is no `Result`: there is none.
#[derive(Debug)]
pub enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

/// Splits a `Result`, or an `Option` of one.
pub trait SplitResult<'a> {
    /// What is in `Ok`.
    type Value: ?Sized;
    /// What is in `Err`.
    type Error: ?Sized;

    /// The value or the error, by reference.
    fn __weave_split(self) -> Split<'a, Self::Value, Self::Error>;
}

impl<'a, T, E> SplitResult<'a> for &Probe<'a, Result<T, E>> {
    type Value = T;
    type Error = E;

    #[inline]
    fn __weave_split(self) -> Split<'a, T, E> {
        Split { value: self.0.as_ref().ok(), error: self.0.as_ref().err() }
    }
}

impl<'a, T, E> SplitResult<'a> for &Probe<'a, Option<Result<T, E>>> {
    type Value = T;
    type Error = E;

    #[inline]
    fn __weave_split(self) -> Split<'a, T, E> {
        match self.0 {
            Some(Ok(value)) => Split { value: Some(value), error: None },
            Some(Err(error)) => Split { value: None, error: Some(error) },
            None => Split { value: None, error: None },
        }
    }
}

/// Takes anything else as the value that it is.
pub trait SplitValue<'a> {
    /// The whole value.
    type Value: ?Sized;

    /// The value, by reference.
    fn __weave_split(self) -> Split<'a, Self::Value, Never>;
}

impl<'a, T: ?Sized> SplitValue<'a> for Probe<'a, T> {
    type Value = T;

    #[inline]
    fn __weave_split(self) -> Split<'a, T, Never> {
        Split { value: Some(self.0), error: None }
    }
}
