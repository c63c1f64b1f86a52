//! Telling a body the type of its value by one that is never there.

use std::future::Future;

/// The same closure, which returns what the hint would hold.
#[inline]
pub fn hinted<R, F: FnOnce() -> R>(_: Option<R>, body: F) -> F {
    body
}

/// The same future, which gives what the hint would hold.
#[inline]
pub fn hinted_future<R, F: Future<Output = R>>(_: Option<R>, body: F) -> F {
    body
}
