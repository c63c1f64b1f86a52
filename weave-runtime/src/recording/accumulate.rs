//! What the items of a stream or an iterator become: a list, a value that a user's function folds, or nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

use super::active::Outcome;
use super::answer::Answer;
use super::fold::Fold;
use crate::genai::Llm;
use crate::genai::decode::Chunks;
use crate::record::CallError;
use crate::value::{self, Limits};

/// Items kept in one list. Those beyond are counted only.
const MOST_ITEMS: u64 = 10_000;

/// The state of an accumulation, whatever the items are.
pub trait Accumulator {
    /// Whether what it is given is in what it writes, so that the bytes beside an item are to be kept.
    const KEEPS_ITEMS: bool = false;

    /// Appends the output as JSON, or nothing where there is none.
    fn write(&mut self, out: &mut String, limits: &Limits);

    /// Says that the items may be the chunks of a model's answer.
    fn expect_answer(&mut self) {}

    /// What they were put together to, if there were so many that a list could not have all of them.
    fn take_answer(&mut self, _: &Limits) -> Option<Chunks> {
        None
    }

    /// Whether the output is whole although the stream has not ended.
    fn is_complete(&self) -> bool {
        false
    }

    /// What the output tells of the call of a model.
    fn llm(&self) -> Option<Box<Llm>> {
        None
    }
}

/// An accumulation of items of one type.
pub trait Accumulate<T>: Accumulator {
    /// Takes one item in. An item that is an `Err` gives its error instead.
    fn add(&mut self, item: &T, limits: &Limits) -> Option<CallError>;
}

/// Says of one item, or of what a future gives, what is to be recorded. The annotations' closures are that.
pub trait Describe<T> {
    /// Writes the value or the error into `outcome`.
    fn describe(&mut self, item: &T, outcome: &mut Outcome<'_>);
}

impl<T, D: FnMut(&T, &mut Outcome<'_>)> Describe<T> for D {
    #[inline]
    fn describe(&mut self, item: &T, outcome: &mut Outcome<'_>) {
        self(item, outcome);
    }
}

/// Describes a value by its `Serialize`, where no macro could look at its type.
#[derive(Clone, Copy, Debug)]
pub(super) struct BySerialize;

impl<T: Serialize> Describe<T> for BySerialize {
    fn describe(&mut self, item: &T, outcome: &mut Outcome<'_>) {
        outcome.write(|out, limits| value::write_outcome(out, item, limits));
    }
}

/// Says nothing of anything.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl<T> Describe<T> for Nothing {
    fn describe(&mut self, _: &T, _: &mut Outcome<'_>) {}
}

/// The items as a JSON list, bounded in count and bytes like one value.
#[derive(Debug)]
pub struct Items<D> {
    /// The list without its last bracket.
    json: String,
    /// Items that are no errors, and how many of them are in the list.
    total: u64,
    kept: u64,
    answer: Answer,
    describe: D,
}

impl<D> Items<D> {
    pub(super) fn new(describe: D) -> Self {
        Self { json: String::new(), total: 0, kept: 0, answer: Answer::default(), describe }
    }
}

impl<D> Accumulator for Items<D> {
    const KEEPS_ITEMS: bool = true;

    fn expect_answer(&mut self) {
        self.answer.expect();
    }

    fn take_answer(&mut self, limits: &Limits) -> Option<Chunks> {
        self.answer.take(&self.json, limits)
    }

    fn write(&mut self, out: &mut String, _: &Limits) {
        if self.answer.is_taken() {
            return;
        }
        out.push_str(if self.json.is_empty() { "[" } else { &self.json });
        if self.kept < self.total {
            let comma = if self.json.is_empty() { "" } else { "," };
            out.push_str(&format!(r#"{comma}{{"{}":{{"length":{}}}}}"#, value::CUT_KEY, self.total));
        }
        out.push(']');
        self.json = String::new();
    }
}

impl<T, D: Describe<T>> Accumulate<T> for Items<D> {
    #[inline]
    fn add(&mut self, item: &T, limits: &Limits) -> Option<CallError> {
        let before = self.json.len();
        let room = limits.bytes.saturating_sub(before);
        let has_room = room > 0 && self.kept < MOST_ITEMS;
        self.json.push(if before == 0 { '[' } else { ',' });
        let start = self.json.len();
        // Where there is no room the item is still described, within nothing: it may be an error.
        let rest = Limits { bytes: if has_room { room } else { 0 }, ..*limits };
        let mut outcome = Outcome::within(&mut self.json, &rest, limits);
        self.describe.describe(item, &mut outcome);
        let error = outcome.into_error();
        if error.is_none() {
            self.total += 1;
            self.kept += u64::from(has_room);
        }
        if error.is_some() || !has_room {
            // An error is told on the call, not in the list.
            self.json.truncate(before);
        } else if self.json.len() == start {
            self.json.push_str("null");
        }
        if self.answer.is_due(self.json.len(), self.kept) && self.answer.put_together(&self.json, limits) {
            self.json.clear();
            (self.total, self.kept) = (0, 0);
        }
        error
    }
}

/// Nothing of the items but their errors.
#[derive(Debug)]
pub struct Dropped<D> {
    scratch: String,
    describe: D,
}

impl<D> Dropped<D> {
    pub(super) fn new(describe: D) -> Self {
        Self { scratch: String::new(), describe }
    }
}

impl<D> Accumulator for Dropped<D> {
    fn write(&mut self, _: &mut String, _: &Limits) {}
}

impl<T, D: Describe<T>> Accumulate<T> for Dropped<D> {
    fn add(&mut self, item: &T, limits: &Limits) -> Option<CallError> {
        let mut outcome = Outcome::within(&mut self.scratch, limits, limits);
        self.describe.describe(item, &mut outcome);
        let error = outcome.into_error();
        self.scratch.clear();
        error
    }
}

/// A user's function over the items, and what it has made of them.
#[derive(Debug)]
pub struct Folded<A, F, D> {
    value: A,
    fold: F,
    errors: Dropped<D>,
    complete: bool,
    panicked: bool,
}

impl<A: Default, F, D> Folded<A, F, D> {
    pub(super) fn new(fold: F, describe: D) -> Self {
        Self { value: A::default(), fold, errors: Dropped::new(describe), complete: false, panicked: false }
    }
}

impl<A, F, D> Folded<A, F, D> {
    /// What the items have become, if it is whole.
    pub(super) fn value(&self) -> Option<&A> {
        (!self.panicked).then_some(&self.value)
    }
}

impl<A: Serialize, F, D> Accumulator for Folded<A, F, D> {
    fn write(&mut self, out: &mut String, limits: &Limits) {
        if self.panicked {
            value::write_placeholder(out, "the function given as `accumulate` panicked");
        } else {
            value::write(out, &self.value, limits);
        }
    }

    fn is_complete(&self) -> bool {
        self.complete
    }
}

/// A [`Fold`] whose marker is known, so that it is a type of its own.
#[derive(Debug)]
pub struct Marked<F, M> {
    fold: F,
    marker: std::marker::PhantomData<fn() -> M>,
}

impl<F, M> Marked<F, M> {
    pub(super) fn new(fold: F) -> Self {
        Self { fold, marker: std::marker::PhantomData }
    }
}

impl<T, A: Serialize, F, M, D: Describe<T>> Accumulate<T> for Folded<A, Marked<F, M>, D>
where
    F: Fold<T, M, Accumulated = A>,
{
    fn add(&mut self, item: &T, limits: &Limits) -> Option<CallError> {
        if !self.panicked {
            let fold = AssertUnwindSafe(|| self.fold.fold.fold(&mut self.value, item));
            match catch_unwind(fold) {
                Ok(complete) => self.complete |= complete,
                Err(_) => self.panicked = true,
            }
        }
        self.errors.add(item, limits)
    }
}
