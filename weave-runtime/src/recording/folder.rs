//! Checking a function given as `accumulate` against the items, so that what is wrong is told once and in our words.
//!
//! What does not fit is replaced, after it was told of, by a mode that always fits: nothing that depends on it fails too.

use std::marker::PhantomData;

use futures_core::Stream;
use serde::Serialize;

use super::fold::{Fold, Impossible, Unfit};
use super::mode::{Folding, Skipped};

/// What a function makes of the items. `N` only keeps apart what is one and what is none.
#[diagnostic::on_unimplemented(
    message = "what `accumulate` makes of the items must be `Default` and `Serialize`, and `{Self}` is not",
    label = "this makes a `{Self}` of the items",
    note = "add `#[derive(Default, serde::Serialize)]` to it"
)]
pub trait Accumulated<N> {}

/// Marks what is one.
#[derive(Debug)]
pub enum Fit {}

impl<A: Default + Serialize> Accumulated<Fit> for A {}

impl<A: Impossible> Accumulated<Unfit> for A {}

/// A function given as `accumulate`, together with what the items are.
#[derive(Debug)]
pub struct Folder<T, F> {
    function: F,
    items: PhantomData<fn(&T)>,
}

/// What `accumulate = path` stands for, where the items are known to be `T`.
pub fn fold<T, F>(function: F) -> Folder<T, F> {
    Folder { function, items: PhantomData }
}

/// What the items are, where only that which gives them tells.
#[derive(Debug)]
pub struct Of<T>(PhantomData<fn(&T)>);

/// The items of a stream.
pub fn of_stream<T, S: Stream<Item = T>>(_: &S) -> Of<T> {
    Of(PhantomData)
}

/// The items of an iterator.
pub fn of_iterator<T, I: Iterator<Item = T>>(_: &I) -> Of<T> {
    Of(PhantomData)
}

impl<T> Of<T> {
    /// As the function [`fold`].
    pub fn fold<F>(self, function: F) -> Folder<T, F> {
        fold(function)
    }
}

impl<T, F> Folder<T, F> {
    /// Does not compile where the function does not fit.
    pub fn check<M, N>(&self)
    where
        F: Fold<T, M, Accumulated: Accumulated<N>>,
    {
    }
}

/// Takes a function that fits.
pub trait FoldFits<M> {
    /// How it is recorded.
    type Mode;

    /// How it is recorded.
    fn __weave_mode(self) -> Self::Mode;
}

impl<T, F, M> FoldFits<M> for Folder<T, F>
where
    F: Fold<T, M, Accumulated: Default + Serialize>,
{
    type Mode = Folding<F, M>;

    fn __weave_mode(self) -> Folding<F, M> {
        Folding::new(self.function)
    }
}

/// Takes any other, of which `Folder::check` has told already.
pub trait FoldMisfits: Sized {
    /// A way to record that fits everywhere.
    fn __weave_mode(self) -> Skipped {
        Skipped
    }
}

impl<T, F> FoldMisfits for &Folder<T, F> {}

impl<F> FoldMisfits for Misplaced<F> {}

/// A function given as `accumulate` where there are no items.
#[derive(Debug)]
pub struct Misplaced<F>(PhantomData<F>);

impl<F> Misplaced<F> {
    pub(super) fn new(_: F) -> Self {
        Self(PhantomData)
    }

    /// Does not compile.
    pub fn check(&self)
    where
        F: Placed,
    {
    }
}

/// A function that has items to fold.
#[diagnostic::on_unimplemented(
    message = "`accumulate` is for functions that return a stream or an iterator that can be followed",
    label = "this function returns something else",
    note = "followed are `impl Stream`, `impl Iterator`, `Pin<Box<dyn Stream>>` and `Box<dyn Iterator>`, also inside `Result` and `Option`"
)]
pub trait Placed {}
