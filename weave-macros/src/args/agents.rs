//! The options that only turns, calls of models and tools have: a value each, by the name that the runtime knows it by.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, Lit, Token};

use super::Given;
use super::misuse;
use super::values::{expression, set};
use crate::kind::Kind;

/// Those of `turn` and how they are written.
const TURN: [(&str, &str); 6] = [
    ("agent", r#"`agent = "..."` or `agent = expression`"#),
    ("subagent", r#"`subagent`, `subagent = "..."` or `subagent = expression`"#),
    ("model", r#"`model = "..."` or `model = expression`"#),
    ("conversation", "`conversation = expression`"),
    ("user_message", "`user_message = argument` or `user_message = expression`"),
    ("system", "`system = expression`"),
];

/// Those of `llm`.
const LLM: [(&str, &str); 15] = [
    ("model", r#"`model = "..."` or `model = expression`"#),
    ("provider", r#"`provider = "..."` or `provider = expression`"#),
    ("messages", "`messages = expression`"),
    ("system", "`system = expression`"),
    ("tools", "`tools = expression`"),
    ("temperature", "`temperature = expression`"),
    ("top_p", "`top_p = expression`"),
    ("top_k", "`top_k = expression`"),
    ("max_tokens", "`max_tokens = expression`"),
    ("frequency_penalty", "`frequency_penalty = expression`"),
    ("presence_penalty", "`presence_penalty = expression`"),
    ("seed", "`seed = expression`"),
    ("choice_count", "`choice_count = expression`"),
    ("stop_sequences", "`stop_sequences = expression`"),
    ("output_type", r#"`output_type = "..."` or `output_type = expression`"#),
];

/// Those of `tool`.
const TOOL: [(&str, &str); 4] = [
    ("call_id", "`call_id = expression`"),
    ("description", r#"`description = "..."` or `description = expression`"#),
    ("tool_type", r#"`tool_type = "..."` or `tool_type = expression`"#),
    ("definitions", "`definitions = expression`"),
];

/// What the Python SDK and the GenAI conventions call some of them.
const OTHER_NAMES: [(&str, &str); 27] = [
    ("agent_name", "agent"),
    ("sub_agent", "subagent"),
    ("model_name", "model"),
    ("request_model", "model"),
    ("session", "conversation"),
    ("session_id", "conversation"),
    ("conversation_id", "conversation"),
    ("thread", "conversation"),
    ("thread_id", "conversation"),
    ("user", "user_message"),
    ("message", "user_message"),
    ("system_instructions", "system"),
    ("system_prompt", "system"),
    ("instructions", "system"),
    ("provider_name", "provider"),
    ("input_messages", "messages"),
    ("prompt", "messages"),
    ("max_output_tokens", "max_tokens"),
    ("max_completion_tokens", "max_tokens"),
    ("stop", "stop_sequences"),
    ("n", "choice_count"),
    ("response_format", "output_type"),
    ("id", "call_id"),
    ("tool_call_id", "call_id"),
    ("tool_description", "description"),
    ("type", "tool_type"),
    ("tool_definitions", "definitions"),
];

/// What a literal may be.
#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Text,
    Number,
    Any,
}

/// One that was given.
pub(crate) struct AgentOption {
    pub(crate) key: Ident,
    /// Missing where `subagent` stands alone.
    pub(crate) value: Option<Expr>,
}

/// Those that were given, in their order.
#[derive(Default)]
pub(crate) struct AgentOptions {
    pub(crate) given: Vec<AgentOption>,
}

impl AgentOptions {
    /// Reads the option behind a key, if it is one of this attribute; says where it belongs, if it is one of another.
    pub(super) fn parse_option(&mut self, kind: Kind, key: &Ident, input: ParseStream) -> Option<syn::Result<()>> {
        if of(kind).iter().any(|(name, _)| key == name) {
            return Some(self.parse(key, input));
        }
        let places: Vec<&str> = [Kind::Turn, Kind::Llm, Kind::Tool]
            .into_iter()
            .filter(|kind| of(*kind).iter().any(|(name, _)| key == name))
            .map(Kind::attribute)
            .collect();
        if places.is_empty() {
            return None;
        }
        let message = format!(
            "{} has no option `{key}`, which is one of {} {}",
            kind.attribute(),
            places.join(" and "),
            super::valid_options(kind)
        );
        Some(super::skip_value(input).and(Err(Error::new(key.span(), message))))
    }

    fn parse(&mut self, key: &Ident, input: ParseStream) -> syn::Result<()> {
        let is_bare = key == "subagent" && (input.is_empty() || input.peek(Token![,]));
        let value = if is_bare { None } else { Some(value(key, input)?) };
        let mut slot = self.given.iter().find(|given| given.key == *key).map(|_| Given { at: key.span(), value: () });
        set(&mut slot, key, Ok(()))?;
        self.given.push(AgentOption { key: key.clone(), value });
        Ok(())
    }

    /// The one of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&AgentOption> {
        self.given.iter().find(|given| given.key == name)
    }

    /// The expressions that say who works, by which model, in which conversation.
    pub(crate) fn who_and_where(&self) -> TokenStream {
        let names = ["agent", "subagent", "model", "conversation"];
        let given = names.iter().filter_map(|name| self.get(name)?.value.as_ref());
        given.map(ToTokens::to_token_stream).collect()
    }

    /// The expressions by which values are computed from the arguments.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = TokenStream> {
        self.given.iter().filter_map(|given| given.value.as_ref()).map(ToTokens::to_token_stream)
    }
}

/// The options that this attribute has beside those that all have, and how they are written.
pub(super) fn of(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Op => &[],
        Kind::Turn => &TURN,
        Kind::Llm => &LLM,
        Kind::Tool => &TOOL,
    }
}

/// How an option of any of the attributes is written.
pub(super) fn usage(key: &Ident) -> Option<&'static str> {
    let all = TURN.iter().chain(&LLM).chain(&TOOL);
    all.into_iter().find(|(name, _)| key == name).map(|(_, usage)| *usage)
}

/// The option of this attribute that others know by the name `word`.
pub(super) fn known_otherwise(kind: Kind, word: &str) -> Option<&'static str> {
    // What tools are called where they are executed and where they are offered.
    let names = OTHER_NAMES.iter().chain(&[("tool_definitions", "tools"), ("functions", "tools")]);
    let meant = names.filter(|(other, _)| *other == word).map(|(_, name)| *name);
    meant.into_iter().find(|name| of(kind).iter().any(|(known, _)| known == name))
}

/// `key = expression`. A literal that can never be right is told of here, where the runtime would only ignore it.
fn value(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    let sort = sort(key);
    let what = match sort {
        Sort::Text => "a text",
        Sort::Number => "a number",
        Sort::Any => "a value",
    };
    let value = expression(key, input, what)?;
    match &value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value().trim().is_empty() => {
            Err(misuse(key, text.span(), "must not be empty"))
        }
        Expr::Lit(ExprLit { lit, .. }) => {
            let fits = match sort {
                Sort::Text => matches!(lit, Lit::Str(_)),
                Sort::Number => matches!(lit, Lit::Int(_) | Lit::Float(_)),
                Sort::Any => true,
            };
            if fits { Ok(value) } else { Err(misuse(key, value.span(), &format!("takes {what}"))) }
        }
        _ => Ok(value),
    }
}

fn sort(key: &Ident) -> Sort {
    match key.to_string().as_str() {
        "temperature" | "top_p" | "top_k" | "max_tokens" | "frequency_penalty" | "presence_penalty" | "seed"
        | "choice_count" => Sort::Number,
        "agent" | "subagent" | "model" | "provider" | "output_type" | "call_id" | "description" | "tool_type" => {
            Sort::Text
        }
        _ => Sort::Any,
    }
}
