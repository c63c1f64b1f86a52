//! What the expansions of the annotations name. No part of the public API: it changes without notice.

use serde_json::{Map, Value};

pub use crate::record::Op;
pub use crate::record::{CallRecord, Kind};
pub use crate::recording::{
    Active, CarrierKnown, CarrierUnknown, Enter, FoldFits, FoldMisfits, FoldTellsLlm, FoldTellsNothing, Guard, Inputs,
    Listed, Outcome, Skipped, TellsLlm, TellsNothing, Uncollected, WayFuture, WayIterator, WayKnown, WayStream,
    WayValue, carry, diverge, enter, enter_into, enter_then, fold, follow_future, follow_future_deep, follow_iterator,
    follow_stream, guard, hinted, hinted_future, of_iterator, of_stream, reshape, run, run_into, run_then,
};
pub use crate::recording::{Impossible, Unfit};
pub use crate::value::{
    ErrorDebug, ErrorDisplay, ErrorSlot, ErrorType, Limits, Never, Probe, Slot, Split, SplitResult, SplitValue,
    ViaDebug, ViaLock, ViaSerialize, ViaType,
};

/// What a `display_name` function may return.
#[diagnostic::on_unimplemented(
    message = "`display_name` takes a function of the call that returns a name",
    label = "this one returns `{Self}`",
    note = "a name is a `String`, a `&str`, or an `Option` or a `Result` of one"
)]
pub trait IntoName {
    /// The name, or why there is none.
    ///
    /// # Errors
    ///
    /// What the function failed with.
    fn into_name(self) -> Result<String, String>;
}

impl IntoName for String {
    fn into_name(self) -> Result<String, String> {
        Ok(self)
    }
}

impl IntoName for &str {
    fn into_name(self) -> Result<String, String> {
        Ok(self.to_owned())
    }
}

impl<N: IntoName> IntoName for Option<N> {
    fn into_name(self) -> Result<String, String> {
        self.map_or_else(|| Ok(String::new()), N::into_name)
    }
}

impl<N: IntoName, E: std::fmt::Display> IntoName for Result<N, E> {
    fn into_name(self) -> Result<String, String> {
        self.map_err(|error| error.to_string())?.into_name()
    }
}

/// Calls a `display_name` closure, giving it the type that it needs.
///
/// # Errors
///
/// What the closure failed with.
pub fn name<'call, N: IntoName>(
    call: &'call CallRecord,
    namer: impl FnOnce(&'call CallRecord) -> N,
) -> Result<String, String> {
    namer(call).into_name()
}

/// Calls a `display_name` function.
///
/// # Errors
///
/// What the function failed with.
pub fn name_by<'call, F: Namer<'call, N>, N>(call: &'call CallRecord, namer: F) -> Result<String, String> {
    namer.name(call)
}

/// A function given as `display_name`. `N` is what it returns.
#[diagnostic::on_unimplemented(
    message = "`display_name` takes a function of the call that returns a name: `fn(&weave::CallRecord) -> String`",
    label = "this is `{Self}`",
    note = "a name is a `String`, a `&str`, or an `Option` or a `Result` of one"
)]
pub trait Namer<'call, N> {
    /// The name, or why there is none.
    ///
    /// # Errors
    ///
    /// What the function failed with.
    fn name(self, call: &'call CallRecord) -> Result<String, String>;
}

impl<'call, F: FnOnce(&'call CallRecord) -> N, N: IntoName> Namer<'call, N> for F {
    fn name(self, call: &'call CallRecord) -> Result<String, String> {
        self(call).into_name()
    }
}

/// The text of an argument that has one.
pub fn text<T: AsRef<str> + ?Sized>(value: &T) -> &str {
    value.as_ref()
}

/// The text of an argument that has one only to be shown.
pub fn shown<T: ToString + ?Sized>(value: &T) -> String {
    value.to_string()
}

/// The value of `sample_rate`, where it is one.
#[must_use]
pub const fn share(rate: f64) -> f64 {
    assert!(rate >= 0.0 && rate <= 1.0, "`sample_rate` takes a number from 0 to 1");
    rate
}

/// Calls an `inputs` function.
pub fn reshape_by<F: Reshaper<M>, M>(inputs: &mut Map<String, Value>, reshaper: F) {
    reshaper.reshape(inputs);
}

/// A function given as `inputs`. `M` only keeps apart what is one and what is none.
#[diagnostic::on_unimplemented(
    message = "`inputs` takes a function of the form `fn(&mut serde_json::Map<String, serde_json::Value>)`",
    label = "this is `{Self}`"
)]
pub trait Reshaper<M> {
    /// Changes the inputs.
    fn reshape(self, inputs: &mut Map<String, Value>);
}

impl<F: FnOnce(&mut Map<String, Value>)> Reshaper<()> for F {
    fn reshape(self, inputs: &mut Map<String, Value>) {
        self(inputs);
    }
}

/// Never applies, see below.
impl<F: Impossible> Reshaper<Unfit> for F {
    fn reshape(self, _: &mut Map<String, Value>) {}
}

/// Never applies. With one impl alone the compiler would tell, in its own words, which of the bounds does not hold.
impl<F: Impossible> Namer<'_, Unfit> for F {
    fn name(self, _: &CallRecord) -> Result<String, String> {
        Ok(String::new())
    }
}
