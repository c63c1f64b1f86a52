//! What stands for a future, a stream or an iterator where there is none.

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::Stream;

/// Would give a `T`, or `T`s, but cannot be made.
///
/// A closure that follows what gives a `T` can be given this as its type where it will not be called.
#[derive(Debug)]
pub struct Absent<T>(Infallible, PhantomData<fn() -> T>);

impl<T> Future for Absent<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<T> {
        match self.0 {}
    }
}

impl<T> Stream for Absent<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Option<T>> {
        match self.0 {}
    }
}

impl<T> Iterator for Absent<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self.0 {}
    }
}
