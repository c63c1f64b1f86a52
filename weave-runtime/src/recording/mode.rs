//! How that which a function gives later is recorded: what the options `accumulate` and `skip_output` choose between.

use std::marker::PhantomData;

use super::accumulate::{Accumulate, Describe, Dropped, Folded, Items, Marked, Nothing};
use super::fold::Fold;
use super::future::{Conclude, Ended, Seat, Then};

/// The items are recorded as a list: what there is without options.
#[derive(Clone, Copy, Debug)]
pub struct Listed;

/// Nothing is recorded of the items, nor of a value: `skip_output`.
#[derive(Clone, Copy, Debug)]
pub struct Skipped;

/// Nothing is recorded of the items: `accumulate = off`.
#[derive(Clone, Copy, Debug)]
pub struct Uncollected;

/// A function makes a value of the items: `accumulate = path`. `M` is that of [`Fold`].
#[derive(Clone, Copy, Debug)]
pub struct Folding<F, M>(F, PhantomData<fn() -> M>);

impl<F, M> Folding<F, M> {
    pub(super) fn new(function: F) -> Self {
        Self(function, PhantomData)
    }
}

/// How the items of a stream or an iterator are recorded. `D` describes one.
pub trait Mode<T, D> {
    /// The state while they come.
    type Accumulator: Accumulate<T>;

    /// The state before the first.
    fn begin(self, describe: D) -> Self::Accumulator;
}

impl<T, D: Describe<T>> Mode<T, D> for Listed {
    type Accumulator = Items<D>;

    fn begin(self, describe: D) -> Items<D> {
        Items::new(describe)
    }
}

impl<T, D: Describe<T>> Mode<T, D> for Skipped {
    type Accumulator = Dropped<D>;

    fn begin(self, describe: D) -> Dropped<D> {
        Dropped::new(describe)
    }
}

impl<T, D: Describe<T>> Mode<T, D> for Uncollected {
    type Accumulator = Dropped<D>;

    fn begin(self, describe: D) -> Dropped<D> {
        Dropped::new(describe)
    }
}

impl<T, D: Describe<T>, F, M> Mode<T, D> for Folding<F, M>
where
    F: Fold<T, M>,
    F::Accumulated: Default + serde::Serialize,
{
    type Accumulator = Folded<F::Accumulated, Marked<F, M>, D>;

    fn begin(self, describe: D) -> Self::Accumulator {
        Folded::new(Marked::new(self.0), describe)
    }
}

/// A way to record what gives no items.
#[diagnostic::on_unimplemented(
    message = "`accumulate` is for functions that return a stream or an iterator that can be followed",
    label = "this function returns something else",
    note = "followed are `impl Stream`, `impl Iterator`, `Pin<Box<dyn Stream>>` and `Box<dyn Iterator>`, also inside `Result` and `Option`"
)]
pub trait ForValues {}

impl ForValues for Listed {}
impl ForValues for Skipped {}

/// A way to record what a future gives. `C` is a closure that describes it, or concludes the call.
#[diagnostic::on_unimplemented(
    message = "`accumulate` is for functions that return a stream or an iterator that can be followed",
    label = "this function returns a future that gives something else"
)]
pub trait ForFutures<T, C> {
    /// What is done in the end.
    type Conclusion: Conclude<T, Output = T>;

    /// What is to be done in the end.
    fn conclusion(self, closure: C) -> Self::Conclusion;
}

impl<T, D: Describe<T>> ForFutures<T, D> for Listed {
    type Conclusion = Ended<D>;

    fn conclusion(self, describe: D) -> Ended<D> {
        Ended(describe)
    }
}

impl<T, D: Describe<T>> ForFutures<T, D> for Skipped {
    type Conclusion = Ended<D>;

    fn conclusion(self, describe: D) -> Ended<D> {
        Ended(describe)
    }
}

/// What a future gives is asked for its type in turn.
#[derive(Clone, Copy, Debug)]
pub struct Deep;

impl<T, C: FnMut(Seat, T) -> T> ForFutures<T, C> for Deep {
    type Conclusion = Then<C>;

    fn conclusion(self, conclude: C) -> Then<C> {
        Then(conclude)
    }
}

/// Of something that only looked like a future no items are recorded.
impl<T, C> Mode<T, C> for Deep {
    type Accumulator = Dropped<Nothing>;

    fn begin(self, _: C) -> Dropped<Nothing> {
        Dropped::new(Nothing)
    }
}
