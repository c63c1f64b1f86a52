//! Reads the parameters: the names that can be recorded, and the statements that move each argument into the body.
//!
//! A body inside a closure or an async block must find its arguments as if it were the function: dropped in reverse
//! order of declaration, whether mentioned or not. So each is bound again in there, under the user's own ident, which
//! also keeps `unused_variables` and the like working. A pattern other than a plain name is bound in there, as rustc
//! itself would do it, and the parameter is called `__argN` outside.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Pat, PatIdent, PatType, Receiver, ReceiverKind, Token};

use crate::expectations;

mod moved;
mod named;
pub(crate) mod texts;
mod view;

use named::Named;
pub(crate) use named::mentions;

/// The parameters of one function.
pub(crate) struct Params {
    pub(crate) receiver: Option<SelfParam>,
    /// The parenthesised parameters of the new function.
    pub(crate) group: Group,
    pub(crate) params: Vec<Param>,
}

/// A `self` parameter.
pub(crate) struct SelfParam {
    /// `self` with the user's own span: no other names this function's receiver.
    pub(crate) ident: Ident,
    /// Whether `*self` is `Self`.
    pub(crate) derefs: bool,
}

/// Any other parameter.
pub(crate) struct Param {
    /// `#[cfg(..)]` of the parameter, which everything made from it repeats.
    pub(crate) conditions: TokenStream,
    /// The statement that moves it into a scope, as it is.
    pub(crate) hold: TokenStream,
    /// The statements that bind it again inside the body.
    pub(crate) rebind: TokenStream,
    /// `let PATTERN = &__argN;`: the parts of a pattern by reference, for capturing before the body takes them.
    pub(crate) view: Option<view::View>,
    pub(crate) bindings: Vec<Binding>,
    /// Whether it is the body itself that binds them, because another macro has moved the pattern there.
    pub(crate) is_moved: bool,
}

/// A name that a parameter binds.
pub(crate) struct Binding {
    pub(crate) ident: Ident,
    /// Further conditions, of a field inside a pattern.
    pub(crate) conditions: TokenStream,
    /// An expression that is a reference to the value, valid before the body runs.
    pub(crate) reference: TokenStream,
    /// Whether an expression of the user's may refer to it.
    pub(crate) mentioned: bool,
}

impl Binding {
    /// The name as recorded.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }
}

impl Params {
    /// `expressions` of the user's may refer to the arguments; the `body` may have the patterns of some.
    pub(crate) fn new(arguments: Vec<FnArg>, original: &Group, expressions: &TokenStream, body: &Group) -> Self {
        let named = Named { expressions, homonyms: has_homonyms(&arguments) };
        let mut receiver = None;
        let mut params = Vec::new();
        let mut declared = Punctuated::<TokenStream, Token![,]>::new();
        for (index, argument) in arguments.into_iter().enumerate() {
            match argument {
                FnArg::Receiver(argument) => {
                    declared.push(argument.to_token_stream());
                    receiver = Some(SelfParam::new(&argument));
                }
                FnArg::Typed(argument) => {
                    let (tokens, param) = Param::new(index, argument, &named, body);
                    declared.push(tokens);
                    params.push(param);
                }
            }
        }
        let mut group = Group::new(original.delimiter(), declared.to_token_stream());
        group.set_span(original.span());
        Self { receiver, group, params }
    }

    /// Every name that can be skipped or captured, `self` apart.
    pub(crate) fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.params.iter().flat_map(|param| &param.bindings)
    }
}

impl SelfParam {
    fn new(receiver: &Receiver) -> Self {
        Self { ident: Ident::new("self", receiver.self_token.span), derefs: derefs(receiver) }
    }
}

impl Param {
    /// The parameter as the new function declares it, and what the body needs of it.
    fn new(index: usize, argument: PatType, named: &Named, body: &Group) -> (TokenStream, Self) {
        let PatType { attrs, pat, colon_token, ty } = argument;
        let (conditions, lints, others) = sort_attributes(&attrs);
        let site = Span::mixed_site();
        let stand_in = format_ident!("__arg{index}", span = site);
        let (outer, rebind, view, bindings) = match *pat {
            Pat::Ident(name) if is_plain(&name) => {
                let PatIdent { mutability, ident, .. } = name;
                let outer = if named.keeps(&ident) { ident.clone() } else { apart(&ident) };
                let (pattern, value) = if ident.to_string().starts_with('_') {
                    // A tuple, because clippy calls binding a name to an `_` name an effect missed.
                    (quote_spanned!(site=> (#mutability #ident,)), quote_spanned!(site=> (#outer,)))
                } else {
                    (quote!(#mutability #ident), quote!(#outer))
                };
                let rebind = quote_spanned!(site=> #conditions #lints let #pattern = #value;);
                let reference = quote_spanned!(site=> &#outer);
                if let Some(pattern) = moved::pattern(&ident, body.stream()) {
                    let (view, bindings) = view::of_pattern(pattern, &outer, named);
                    let declared = quote!(#conditions #others #outer #colon_token #ty);
                    let hold = quote_spanned!(site=> #conditions let #outer = #outer;);
                    return (declared, Self { conditions, hold, rebind, view, bindings, is_moved: true });
                }
                let mentioned = named.mentions(&ident);
                (outer, rebind, None, vec![Binding { ident, conditions: TokenStream::new(), reference, mentioned }])
            }
            Pat::Wild(_) => {
                let rebind = quote_spanned!(site=> #conditions let #stand_in = #stand_in;);
                (stand_in, rebind, None, Vec::new())
            }
            pattern => {
                let mutability = takes_ref_mut(pattern.to_token_stream()).then(|| quote_spanned!(site=> mut));
                let rebind = quote_spanned! {site=>
                    #conditions let #mutability #stand_in = #stand_in;
                    #conditions #lints let #pattern = #stand_in;
                };
                let (view, bindings) = view::of_pattern(pattern, &stand_in, named);
                (stand_in, rebind, view, bindings)
            }
        };
        let declared = quote!(#conditions #others #outer #colon_token #ty);
        let hold = quote_spanned!(site=> #conditions let #outer = #outer;);
        (declared, Self { conditions, hold, rebind, view, bindings, is_moved: false })
    }
}

/// The same name at the same place, but not the same variable: the parameter that a user's name is bound from.
///
/// Were it the user's own, clippy would see a name shadowed by itself, and an `_` name used.
///
/// A `gen` is no keyword where the user stands, if that is before 2024, but is one where we do.
fn apart(ident: &Ident) -> Ident {
    let site = Span::mixed_site().located_at(ident.span());
    if ident == "gen" {
        return Ident::new_raw("gen", site);
    }
    let mut apart = ident.clone();
    apart.set_span(site);
    apart
}

/// Whether two parameters are spelled alike and only hygiene tells them apart, as a `macro_rules!` can make them.
fn has_homonyms(arguments: &[FnArg]) -> bool {
    let names: Vec<&Ident> = arguments.iter().filter_map(plain_name).collect();
    names.iter().enumerate().any(|(index, name)| names[..index].contains(name))
}

fn plain_name(argument: &FnArg) -> Option<&Ident> {
    match argument {
        FnArg::Typed(PatType { pat, .. }) => match &**pat {
            Pat::Ident(name) => Some(&name.ident),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// `name` or `mut name`. A capital letter may be a unit struct or a constant, which must not be bound twice.
fn is_plain(name: &PatIdent) -> bool {
    name.by_ref.is_none() && name.subpat.is_none() && !is_capital(&name.ident)
}

fn is_capital(ident: &Ident) -> bool {
    ident.unraw().to_string().starts_with(char::is_uppercase)
}

/// Conditions stay with the parameter and go wherever it goes; lint levels move to the `let` that now binds the name
/// (an `expect` left behind would be unfulfilled); what another macro may be waiting for stays.
fn sort_attributes(attributes: &[Attribute]) -> (TokenStream, TokenStream, TokenStream) {
    let (mut conditions, mut lints, mut others) = Default::default();
    for attribute in attributes {
        let name = attribute.path().get_ident().map(ToString::to_string).unwrap_or_default();
        let sorted: &mut TokenStream = match name.as_str() {
            "cfg" => &mut conditions,
            "allow" | "warn" | "deny" | "forbid" | "expect" | "cfg_attr" => &mut lints,
            _ => &mut others,
        };
        attribute.to_tokens(sorted);
    }
    (conditions, expectations::relax(lints), others)
}

/// `ref mut` somewhere in a pattern asks for a mutable place.
fn takes_ref_mut(pattern: TokenStream) -> bool {
    let mut after_ref = false;
    pattern.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => takes_ref_mut(group.stream()),
        TokenTree::Ident(word) => {
            let found = after_ref && word == "mut";
            after_ref = word == "ref";
            found
        }
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Whether a receiver is surely a pointer to `Self`: `&self`, or `self:` of a reference or a standard smart pointer.
fn derefs(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Value => false,
        ReceiverKind::Typed(_, ty) => match &**ty {
            syn::Type::Reference(_) => true,
            syn::Type::Path(path) => path.path.segments.last().is_some_and(|last| {
                !last.arguments.is_empty() && ["Box", "Rc", "Arc", "Pin"].iter().any(|pointer| last.ident == pointer)
            }),
            _ => false,
        },
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Ident, Span};

    use super::apart;

    #[test]
    fn what_is_no_keyword_before_2024_is_none_apart_from_its_place() {
        let apart = |name| apart(&Ident::new(name, Span::call_site())).to_string();
        assert_eq!([apart("gen"), apart("gene")], ["r#gen", "gene"]);
    }
}
