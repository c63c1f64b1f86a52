//! Settles what is recorded as inputs: the arguments, less what is skipped, plus what is captured.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::{Error, Expr};

use crate::args::{Capture, Given};
use crate::errors::Errors;
use crate::params::{Params, SelfParam};
use crate::suggest::did_you_mean;

/// The options that decide.
pub(super) struct Choice {
    pub(super) skip: Option<Given<Vec<Ident>>>,
    pub(super) skip_all: Option<Given<()>>,
    pub(super) capture: Option<Given<Vec<Capture>>>,
}

/// One recorded input.
pub(crate) struct Input {
    pub(crate) key: String,
    /// `#[cfg(..)]` of the parameter or the field that it comes from.
    pub(crate) conditions: TokenStream,
    pub(crate) value: Recorded,
}

/// Where its value comes from.
pub(crate) enum Recorded {
    /// The name of the type of `self`.
    SelfType(Ident),
    /// `self`, and whether `*self` is `Self`.
    SelfValue(Ident, bool),
    /// An argument, and an expression that refers to it.
    Argument(Ident, TokenStream),
    /// An expression of the user's.
    Expression(Expr),
}

/// The inputs in the order of the signature, then of `capture(..)`.
pub(super) fn resolve(choice: Choice, params: &Params, function: &Ident, errors: &mut Errors) -> Vec<Input> {
    let names = Names::new(params, function);
    if let (Some(_), Some(skip)) = (&choice.skip_all, &choice.skip) {
        errors.push(Error::new(
            skip.at,
            "`skip` and `skip_all` contradict each other: `skip_all` already leaves every argument out; keep one",
        ));
    }
    let skipped = choice.skip.map(|given| given.value).unwrap_or_default();
    let captured = choice.capture.map(|given| given.value).unwrap_or_default();
    check_skipped(&skipped, &names, errors);
    check_captured(&captured, &skipped, &names, errors);

    let replaced: Vec<String> = captured.iter().map(|entry| entry.key().unraw().to_string()).collect();
    let is_left_out = |name: &str| {
        let is_skipped = choice.skip_all.is_some() || skipped.iter().any(|skipped| skipped.unraw() == name);
        is_skipped || replaced.iter().any(|key| key == name)
    };
    let own = params.receiver.iter().map(SelfParam::recorded_type);
    let arguments = params.params.iter().flat_map(|param| {
        param.bindings.iter().map(|binding| {
            let mut conditions = param.conditions.clone();
            conditions.extend(binding.conditions.clone());
            Input {
                key: binding.name(),
                conditions,
                value: Recorded::Argument(binding.ident.clone(), binding.reference.clone()),
            }
        })
    });
    let mut inputs: Vec<Input> = own.chain(arguments).filter(|input| !is_left_out(&input.key)).collect();
    inputs.extend(captured.into_iter().filter_map(|entry| resolve_capture(entry, params)));
    inputs
}

/// `capture(self)` and `capture(argument)` record the value itself. `None` for a name that was reported as unknown.
fn resolve_capture(entry: Capture, params: &Params) -> Option<Input> {
    match entry {
        Capture::Value(key, value) => Some(Input {
            key: key.unraw().to_string(),
            conditions: TokenStream::new(),
            value: Recorded::Expression(value),
        }),
        Capture::Name(name) if name == "self" => params.receiver.as_ref().map(|receiver| Input {
            key: "self".to_owned(),
            conditions: TokenStream::new(),
            value: Recorded::SelfValue(receiver.ident.clone(), receiver.derefs),
        }),
        Capture::Name(name) => params.params.iter().find_map(|param| {
            let binding = param.bindings.iter().find(|binding| binding.ident.unraw() == name.unraw())?;
            let mut conditions = param.conditions.clone();
            conditions.extend(binding.conditions.clone());
            let value = Recorded::Argument(binding.ident.clone(), binding.reference.clone());
            Some(Input { key: binding.name(), conditions, value })
        }),
    }
}

impl SelfParam {
    fn recorded_type(&self) -> Input {
        let value = Recorded::SelfType(self.ident.clone());
        Input { key: "self".to_owned(), conditions: TokenStream::new(), value }
    }
}

impl Capture {
    fn key(&self) -> &Ident {
        match self {
            Self::Name(key) | Self::Value(key, _) => key,
        }
    }
}

fn check_skipped(skipped: &[Ident], names: &Names, errors: &mut Errors) {
    for (index, name) in skipped.iter().enumerate() {
        if skipped[..index].iter().any(|earlier| earlier.unraw() == name.unraw()) {
            errors.push(Error::new(name.span(), format!("`{name}` is skipped twice: keep one of the two")));
        } else if !names.contain(name) {
            errors.push(names.unknown(name, "skip"));
        }
    }
}

fn check_captured(captured: &[Capture], skipped: &[Ident], names: &Names, errors: &mut Errors) {
    for (index, entry) in captured.iter().enumerate() {
        let key = entry.key();
        if captured[..index].iter().any(|earlier| earlier.key().unraw() == key.unraw()) {
            errors.push(Error::new(key.span(), format!("`{key}` is captured twice: keep one of the two")));
            continue;
        }
        match entry {
            Capture::Name(name) if !names.contain(name) => errors.push(names.unknown(name, "capture")),
            Capture::Name(name) if skipped.iter().any(|skipped| skipped.unraw() == name.unraw()) => {
                let message = format!("`{name}` is both skipped and captured: keep one of the two");
                errors.push(Error::new(name.span(), message));
            }
            Capture::Name(_) | Capture::Value(..) => {}
        }
    }
}

/// The names that `skip` and `capture` can mean.
struct Names {
    function: String,
    has_receiver: bool,
    arguments: Vec<String>,
}

impl Names {
    fn new(params: &Params, function: &Ident) -> Self {
        Self {
            function: function.to_string(),
            has_receiver: params.receiver.is_some(),
            arguments: params.bindings().map(crate::params::Binding::name).collect(),
        }
    }

    fn contain(&self, name: &Ident) -> bool {
        let name = name.unraw();
        self.has_receiver && name == "self" || self.arguments.iter().any(|argument| name == argument)
    }

    /// "no such argument", with the ones there are.
    fn unknown(&self, name: &Ident, option: &str) -> Error {
        let function = &self.function;
        if name == "self" {
            let message = format!("`{function}` has no `self` to {option}: it is not a method");
            return Error::new(name.span(), message);
        }
        let own = self.has_receiver.then_some("self");
        let known: Vec<&str> = own.into_iter().chain(self.arguments.iter().map(String::as_str)).collect();
        let hint = did_you_mean(&name.unraw().to_string(), &known);
        let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let arguments = if list.is_empty() { "it has none".to_owned() } else { format!("its arguments are {list}") };
        let value = if option == "capture" {
            format!(", or `{name} = value` to record a value under that name")
        } else {
            String::new()
        };
        Error::new(name.span(), format!("`{function}` has no argument `{name}`{hint} ({arguments}{value})"))
    }
}
