//! Asking what a function under `#[weave::llm]` gave whether it tells of the call of a model.
//!
//! The choice is made like that of captures (see [`Probe`]). What is told stays as it is until the call is finished in the
//! background.

use super::accumulate::{Accumulate, Accumulator, Describe, Folded, Marked};
use super::active::Outcome;
use super::fold::{ByItem, ByOk, Fold};
use super::mode::{Folding, Mode};
use crate::genai::{Given, Llm, LlmRecord, Said};
use crate::record::{CallError, Extra};
use crate::value::{self, Limits, Probe};

/// Takes what a value tells of the call of a model.
pub trait TellsLlm {
    /// Notes it beside the output.
    fn __weave_llm(self, outcome: &mut Outcome<'_>);
}

impl<T: LlmRecord + ?Sized> TellsLlm for &Probe<'_, T> {
    fn __weave_llm(self, outcome: &mut Outcome<'_>) {
        outcome.note_llm(|| self.0.llm_record());
    }
}

/// Takes any other value, which tells nothing.
pub trait TellsNothing {
    /// Does nothing.
    fn __weave_llm(self, outcome: &mut Outcome<'_>);
}

impl<T: ?Sized> TellsNothing for Probe<'_, T> {
    #[inline(always)]
    fn __weave_llm(self, _: &mut Outcome<'_>) {}
}

/// What a user's record says; nothing where it panics.
pub(super) fn ask(record: impl FnOnce() -> Llm) -> Option<Box<Llm>> {
    let mut told = None;
    value::contain(|| told = Some(Box::new(record())));
    told
}

/// Gives a call that ends what its output told. What it was told by hand wins.
#[cold]
pub(super) fn put(extra: &mut Option<Box<Extra>>, mut told: Box<Llm>) {
    let given = extra.get_or_insert_default().agent.get_or_insert_default();
    put_below(given, &mut told);
    given.said = Said::Llm(told);
}

fn put_below(given: &mut Given, told: &mut Llm) {
    let by_hand = match std::mem::take(&mut given.said) {
        Said::Llm(by_hand) => *by_hand,
        _ => Llm::default(),
    };
    let by_hand_said = facts_of(&by_hand);
    given.by_output = facts_of(told).into_iter().filter(|name| !by_hand_said.contains(name)).collect();
    told.merge(by_hand);
}

/// The names of the facts for what is said that a record says something of.
fn facts_of(llm: &Llm) -> Vec<&'static str> {
    let said = [
        ("system_instructions", !llm.system_instructions.is_empty()),
        ("input_messages", !llm.input_messages.is_empty()),
        ("output_messages", !llm.output_messages.is_empty() || llm.reasoning.is_some()),
        ("tool_definitions", llm.tool_definitions.is_some()),
    ];
    said.into_iter().filter_map(|(name, is_said)| is_said.then_some(name)).collect()
}

/// Finds out whether what a function given as `accumulate` makes tells of the call of a model.
pub trait FoldTellsLlm {
    /// What takes it.
    fn __weave_teller(self) -> Teller;
}

impl<F, A: LlmRecord, V> FoldTellsLlm for &Probe<'_, Folding<F, ByItem<A, V>>> {
    fn __weave_teller(self) -> Teller {
        Teller
    }
}

impl<F, A: LlmRecord, V> FoldTellsLlm for &Probe<'_, Folding<F, ByOk<A, V>>> {
    fn __weave_teller(self) -> Teller {
        Teller
    }
}

/// Finds out that it does not.
pub trait FoldTellsNothing: Sized {
    /// What leaves it as it is.
    fn __weave_teller(self) -> NoTeller {
        NoTeller
    }
}

impl<M> FoldTellsNothing for Probe<'_, M> {}

/// Has what is made of the items be asked.
#[derive(Clone, Copy, Debug)]
pub struct Teller;

impl Teller {
    /// The items are recorded as `mode` says, and what it makes of them is asked.
    pub fn of<F, M>(self, mode: Folding<F, M>) -> Telling<F, M> {
        Telling(mode)
    }
}

/// Leaves what is made of the items alone.
#[derive(Clone, Copy, Debug)]
pub struct NoTeller;

impl NoTeller {
    /// The items are recorded as `mode` says.
    pub fn of<M>(self, mode: M) -> M {
        mode
    }
}

/// A function makes a value of the items that tells of the call of a model.
#[derive(Debug)]
pub struct Telling<F, M>(Folding<F, M>);

impl<T, D: Describe<T>, F, M> Mode<T, D> for Telling<F, M>
where
    F: Fold<T, M, Accumulated: Default + serde::Serialize + LlmRecord>,
{
    type Accumulator = Told<Folded<F::Accumulated, Marked<F, M>, D>>;

    fn begin(self, describe: D) -> Self::Accumulator {
        Told(self.0.begin(describe))
    }
}

/// An accumulation that is asked in the end.
#[derive(Debug)]
pub struct Told<A>(A);

impl<A: serde::Serialize + LlmRecord, F, D> Accumulator for Told<Folded<A, F, D>> {
    fn write(&mut self, out: &mut String, limits: &Limits) {
        self.0.write(out, limits);
    }

    fn is_complete(&self) -> bool {
        self.0.is_complete()
    }

    fn llm(&self) -> Option<Box<Llm>> {
        self.0.value().and_then(|value| ask(|| value.llm_record()))
    }
}

impl<T, A, F, D> Accumulate<T> for Told<Folded<A, F, D>>
where
    Self: Accumulator,
    Folded<A, F, D>: Accumulate<T>,
{
    fn add(&mut self, item: &T, limits: &Limits) -> Option<CallError> {
        self.0.add(item, limits)
    }
}
