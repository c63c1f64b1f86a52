//! Settles what the options of turns, calls of models and tools say: by a value, by an input that is recorded anyway, or by
//! the function itself.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Attribute, Error, Expr, ExprLit, Lit, Meta};

use super::inputs::{Input, Recorded};
use crate::args::{AgentOption, AgentOptions};
use crate::errors::Errors;
use crate::escapes;
use crate::kind::Kind;
use crate::params::texts::Text;
use crate::params::{Binding, Params, mentions};

/// What is said beside inputs and output.
#[derive(Default)]
pub(crate) struct AgentFacts {
    pub(crate) is_sub_agent: bool,
    /// What the tool is for: of the op, for it never changes.
    pub(crate) description: Option<String>,
    /// Options that have the value of an input: the option, the input.
    pub(crate) arguments: Vec<(String, String)>,
    /// Options that have a value of their own.
    pub(crate) options: Vec<OptionValue>,
    /// The names of arguments that an option is about, with their conditions: an option is a use, too.
    pub(crate) used: Vec<(TokenStream, Ident)>,
}

/// An option with what is recorded for it.
pub(crate) struct OptionValue {
    pub(crate) name: String,
    /// `#[cfg(..)]` of the parameter that it is of.
    pub(crate) conditions: TokenStream,
    pub(crate) value: Said,
}

/// Where the value is from.
pub(crate) enum Said {
    /// An expression of the user's, evaluated before the body runs.
    Expression(Expr),
    /// What an expression refers to that is a text in some way.
    Text(Text, TokenStream),
    /// A text that is known.
    Known(String),
}

/// What decides.
pub(super) struct Choice<'a> {
    pub(super) kind: Kind,
    pub(super) function: String,
    pub(super) attributes: &'a [Attribute],
    /// The first argument that is a text.
    pub(super) text: Option<(Ident, Text)>,
    pub(super) inputs: &'a [Input],
    pub(super) params: &'a Params,
}

/// Values that may be long: one that is recorded as an input is not written a second time.
const LONG: [&str; 5] = ["user_message", "messages", "system", "tools", "definitions"];

pub(super) fn resolve(given: AgentOptions, choice: &Choice, errors: &mut Errors) -> AgentFacts {
    check(&given, errors);
    let mut facts = AgentFacts { is_sub_agent: given.get("subagent").is_some(), ..AgentFacts::default() };
    facts.used = used(&given, choice.params);
    let says_user_message = given.get("user_message").is_some();
    if let Kind::Tool = choice.kind {
        facts.description = described(choice.attributes);
    }
    for AgentOption { key, value } in given.given {
        let name = key.to_string();
        match value {
            None => facts.say("agent", Said::Known(choice.function.clone())),
            Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) if name == "description" => {
                facts.description = Some(text.value());
            }
            Some(value) => {
                escapes::of(&name, &value).into_iter().for_each(|error| errors.push(error));
                match choice.input(&value).filter(|_| LONG.contains(&&*name)) {
                    Some(input) => facts.arguments.push((name, input.key.clone())),
                    None => facts.say(if name == "subagent" { "agent" } else { &name }, Said::Expression(value)),
                }
            }
        }
    }
    if let (Kind::Turn, false, Some((argument, text))) = (choice.kind, says_user_message, &choice.text) {
        facts.say_user_message(argument, *text, choice);
    }
    facts
}

impl AgentFacts {
    fn say(&mut self, name: &str, value: Said) {
        self.options.push(OptionValue { name: name.to_owned(), conditions: TokenStream::new(), value });
    }

    /// What the user says, where no option tells. An argument that is left out is no message either.
    fn say_user_message(&mut self, argument: &Ident, text: Text, choice: &Choice) {
        let Some(input) = choice.recorded(argument) else { return };
        let name = "user_message".to_owned();
        match text {
            Text::Recorded => self.arguments.push((name, input.key.clone())),
            Text::AsRef | Text::ToString => {
                let Some(binding) = choice.params.bindings().find(|binding| binding.ident == *argument) else { return };
                let (conditions, value) = (input.conditions.clone(), Said::Text(text, binding.reference.clone()));
                self.options.push(OptionValue { name, conditions, value });
            }
            Text::Taken => {}
        }
    }
}

impl Choice<'_> {
    /// The input that records an argument as it is.
    fn recorded(&self, argument: &Ident) -> Option<&Input> {
        self.inputs.iter().find(|input| matches!(&input.value, Recorded::Argument(ident, _) if ident == argument))
    }

    /// The input that an expression is the name of.
    fn input(&self, value: &Expr) -> Option<&Input> {
        match value {
            Expr::Path(path) if path.qself.is_none() => self.recorded(path.path.get_ident()?),
            _ => None,
        }
    }
}

/// An argument whose name begins with `_` is one that need not be used.
fn used(given: &AgentOptions, params: &Params) -> Vec<(TokenStream, Ident)> {
    let expressions: TokenStream = given.expressions().collect();
    let params = params.params.iter().filter(|param| !param.is_moved);
    let bindings = params.flat_map(|param| param.bindings.iter().map(move |binding| (param, binding)));
    let used = bindings.filter(|(_, Binding { ident, .. })| {
        !ident.to_string().starts_with('_') && mentions(expressions.clone(), &ident.unraw().to_string())
    });
    used.map(|(param, binding)| {
        let (of_param, of_field) = (&param.conditions, &binding.conditions);
        (quote!(#of_param #of_field), binding.ident.clone())
    })
    .collect()
}

fn check(given: &AgentOptions, errors: &mut Errors) {
    let Some(subagent) = given.get("subagent") else { return };
    if given.get("agent").is_some() {
        let message = "`subagent` and `agent` contradict each other: both say who works, `subagent` that it is for another; keep one";
        errors.push(Error::new(subagent.key.span(), message));
    }
    if given.get("conversation").is_some() {
        let message = "`subagent` and `conversation` contradict each other: a sub-agent works in the conversation of whoever \
             calls it; remove `conversation`";
        errors.push(Error::new(subagent.key.span(), message));
    }
}

/// What the docs of a function say, as rustdoc would show it.
fn described(attributes: &[Attribute]) -> Option<String> {
    let docs = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => match &doc.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(without_stars(&text.value())),
            _ => None,
        },
        _ => None,
    });
    let text = docs.collect::<Vec<_>>().join("\n");
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let least = text.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(|line| line.get(least..).unwrap_or_default().trim_end()).collect();
    Some(lines.join("\n").trim().to_owned()).filter(|text| !text.is_empty())
}

/// A comment of several lines, without the stars that lines of such a comment may begin with.
fn without_stars(doc: &str) -> String {
    let mut rest = doc.lines().skip(1).filter(|line| !line.trim().is_empty()).peekable();
    if rest.peek().is_none() || !rest.all(|line| line.trim_start().starts_with('*')) {
        return doc.to_owned();
    }
    let lines = doc.lines().map(|line| line.trim_start().strip_prefix('*').unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use syn::ItemFn;

    use super::described;

    fn description(docs: &str) -> Option<String> {
        let function: ItemFn = syn::parse_str(&format!("{docs}\nfn f() {{}}")).unwrap();
        described(&function.attrs)
    }

    #[test]
    fn a_description_is_what_the_docs_say() {
        for (docs, expected) in [
            ("/// Adds.", "Adds."),
            ("/// Adds.\n///\n///   * two\n/// * numbers\n///", "Adds.\n\n  * two\n* numbers"),
            ("#[inline]\n/// Adds.\n#[doc(hidden)]\n#[doc = \" Numbers.\"]", "Adds.\nNumbers."),
            ("/** Adds. */", "Adds."),
            ("/**\n * Adds.\n * Numbers.\n */", "Adds.\nNumbers."),
        ] {
            assert_eq!(description(docs).as_deref(), Some(expected), "{docs}");
        }
        for docs in ["", "///", "#[doc = include_str!(\"f.md\")]", "// Adds."] {
            assert_eq!(description(docs), None, "{docs}");
        }
    }
}
