//! The options that say something of the op itself, whatever it is called with: each is kept with its static.

use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::{Expr, LitStr};

use super::values::{display_name, function, set, share, text};
use super::{DisplayName, Given};

/// Each and how it is written.
pub(super) const OPTIONS: [(&str, &str); 5] = [
    ("display_name", r#"`display_name = "..."` or `display_name = function_of_the_call`"#),
    ("inputs", "`inputs = path::to::function` (of the form `fn(&mut Map<String, Value>)`) or `inputs = |inputs| ..`"),
    ("kind", r#"`kind = "..."`"#),
    ("color", r#"`color = "..."`"#),
    ("sample_rate", "`sample_rate = 0.1` (from 0 to 1)"),
];

/// Those that were given.
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) display_name: Option<Given<DisplayName>>,
    /// The function that reshapes the inputs.
    pub(crate) inputs: Option<Given<Expr>>,
    pub(crate) label: Option<Given<LitStr>>,
    pub(crate) color: Option<Given<LitStr>>,
    /// The share of traces.
    pub(crate) sample_rate: Option<Given<Expr>>,
}

impl Facts {
    /// Reads the option behind a key, if it is one of these.
    pub(super) fn parse_option(&mut self, key: &Ident, input: ParseStream) -> Option<syn::Result<()>> {
        Some(match key.to_string().as_str() {
            "display_name" => set(&mut self.display_name, key, display_name(key, input)),
            "inputs" => set(&mut self.inputs, key, function(key, input)),
            "kind" => set(&mut self.label, key, text(key, input)),
            "color" => set(&mut self.color, key, text(key, input)),
            "sample_rate" => set(&mut self.sample_rate, key, share(key, input)),
            _ => return None,
        })
    }
}
