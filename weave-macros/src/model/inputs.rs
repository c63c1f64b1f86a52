//! Settles what is recorded as inputs: the arguments, less what is skipped, plus what is captured.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::{Error, Expr};

use crate::args::{Capture, Given};
use crate::errors::Errors;
use crate::escapes;
use crate::params::{Binding, Param, Params, SelfParam};
use crate::suggest::did_you_mean;

/// The options that decide.
pub(super) struct Choice {
    pub(super) skip: Option<Given<Vec<Ident>>>,
    pub(super) only: Option<Given<Vec<Ident>>>,
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
    Expression(Box<Expr>),
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
    if let Some(only) = &choice.only
        && let Some(other) = choice.skip.as_ref().map(|_| "skip").or(choice.skip_all.as_ref().map(|_| "skip_all"))
    {
        let message = format!(
            "`only` and `{other}` contradict each other: `only` already leaves every other argument out; keep one"
        );
        errors.push(Error::new(only.at, message));
    }
    let only = choice.only.map(|given| given.value);
    let skipped = choice.skip.map(|given| given.value).unwrap_or_default();
    let captured = choice.capture.map(|given| given.value).unwrap_or_default();
    check_named(&skipped, "skip", &names, errors);
    check_named(only.as_deref().unwrap_or_default(), "only", &names, errors);
    check_captured(&captured, &skipped, &names, errors);

    let is_named = |name: &str| captured.iter().any(|entry| matches!(entry, Capture::Name(key) if key.unraw() == name));
    let is_replaced =
        |name: &str| captured.iter().any(|entry| matches!(entry, Capture::Value(key, _) if key.unraw() == name));
    let lists = |list: &[Ident], name: &str| list.iter().any(|listed| listed.unraw() == name);
    let is_skipped = |name: &str| {
        choice.skip_all.is_some() || lists(&skipped, name) || only.as_ref().is_some_and(|only| !lists(only, name))
    };
    let own = params.receiver.iter().map(|receiver| receiver.to_input(is_named("self")));
    let arguments = params.params.iter().flat_map(|param| param.bindings.iter().map(|binding| param.to_input(binding)));
    let is_kept = |input: &Input| !is_replaced(&input.key) && (is_named(&input.key) || !is_skipped(&input.key));
    let mut inputs: Vec<Input> = own.chain(arguments).filter(is_kept).collect();
    inputs.extend(captured.into_iter().filter_map(Capture::into_input));
    inputs
}

impl SelfParam {
    /// The value where it was asked for, else what type it has.
    fn to_input(&self, value: bool) -> Input {
        let ident = self.ident.clone();
        let value = if value { Recorded::SelfValue(ident, self.derefs) } else { Recorded::SelfType(ident) };
        Input { key: "self".to_owned(), conditions: TokenStream::new(), value }
    }
}

impl Param {
    fn to_input(&self, binding: &Binding) -> Input {
        let mut conditions = self.conditions.clone();
        conditions.extend(binding.conditions.clone());
        let value = Recorded::Argument(binding.ident.clone(), binding.reference.clone());
        Input { key: binding.name(), conditions, value }
    }
}

impl Capture {
    fn key(&self) -> &Ident {
        match self {
            Self::Name(key) | Self::Value(key, _) => key,
        }
    }

    /// An expression is an input of its own; a name only keeps the argument that it names.
    fn into_input(self) -> Option<Input> {
        match self {
            Self::Name(_) => None,
            Self::Value(key, value) => Some(Input {
                key: key.unraw().to_string(),
                conditions: TokenStream::new(),
                value: Recorded::Expression(value),
            }),
        }
    }
}

fn check_named(listed: &[Ident], option: &str, names: &Names, errors: &mut Errors) {
    for (index, name) in listed.iter().enumerate() {
        if listed[..index].iter().any(|earlier| earlier.unraw() == name.unraw()) {
            errors.push(Error::new(name.span(), format!("`{name}` is in `{option}` twice: keep one of the two")));
        } else if !names.contain(name) {
            errors.push(names.unknown(name, option));
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
            Capture::Value(_, value) => escapes::of("capture", value).into_iter().for_each(|error| errors.push(error)),
            Capture::Name(_) => {}
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
            arguments: params.bindings().map(Binding::name).collect(),
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
            let message = format!("`{function}` has no `self` for `{option}`: it is not a method");
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
