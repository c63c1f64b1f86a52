//! What a function given as `accumulate` may be.
//!
//! Where a trait has only one impl that could apply, the compiler tells which of its bounds does not hold, in its own
//! words. So there is one more, which never applies.

use std::marker::PhantomData;
use std::ops::ControlFlow;

/// What a function given as `accumulate` may return.
pub trait Verdict {
    /// Whether the output is whole already, so that a stream dropped now is not partial.
    fn says_complete(self) -> bool;
}

impl Verdict for () {
    fn says_complete(self) -> bool {
        false
    }
}

impl Verdict for ControlFlow<()> {
    fn says_complete(self) -> bool {
        self.is_break()
    }
}

/// A function given as `accumulate`: it takes the items as they are, or, of items that are `Result`s, what is in `Ok`.
///
/// `M` only keeps the two apart.
#[diagnostic::on_unimplemented(
    message = "`accumulate` takes a function of the form `fn(&mut Accumulated, &{T})`",
    label = "this is `{Self}`",
    note = "it returns nothing, or a `ControlFlow<()>` that says whether the output is complete",
    note = "of items that are `Result<Item, E>` it may take what is in `Ok`: `fn(&mut Accumulated, &Item)`"
)]
pub trait Fold<T, M> {
    /// What it makes of the items.
    type Accumulated;

    /// Takes one item in; says whether the output is complete.
    fn fold(&mut self, accumulated: &mut Self::Accumulated, item: &T) -> bool;
}

/// Marks a [`Fold`] of the items as they are.
#[derive(Debug)]
pub struct ByItem<A, V>(PhantomData<fn() -> (A, V)>);

/// Marks a [`Fold`] of what is in `Ok`.
#[derive(Debug)]
pub struct ByOk<A, V>(PhantomData<fn() -> (A, V)>);

impl<T, A, V: Verdict, F: FnMut(&mut A, &T) -> V> Fold<T, ByItem<A, V>> for F {
    type Accumulated = A;

    fn fold(&mut self, accumulated: &mut A, item: &T) -> bool {
        self(accumulated, item).says_complete()
    }
}

impl<T, E, A, V: Verdict, F: FnMut(&mut A, &T) -> V> Fold<Result<T, E>, ByOk<A, V>> for F {
    type Accumulated = A;

    fn fold(&mut self, accumulated: &mut A, item: &Result<T, E>) -> bool {
        item.as_ref().is_ok_and(|item| self(accumulated, item).says_complete())
    }
}

/// Holds for nothing.
pub trait Impossible {}

/// Marks the impls that never apply.
#[derive(Debug)]
pub enum Unfit {}

impl<T, F: Impossible> Fold<T, Unfit> for F {
    type Accumulated = ();

    fn fold(&mut self, (): &mut (), _: &T) -> bool {
        false
    }
}
