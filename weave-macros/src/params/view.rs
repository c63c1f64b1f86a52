//! Looks into a destructured argument by reference, so that its parts can be recorded before the body takes them.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{FieldPat, Pat, PatIdent, PatStruct, Token};

use super::named::Named;
use super::{Binding, apart, is_capital};

/// A pattern that is no plain name, over the argument that it takes apart.
pub(crate) struct View {
    pattern: Pat,
    stand_in: Ident,
}

/// The view of a pattern, when it has parts to look at, and the names that it binds.
///
/// `ref name` and a lone capital letter name the whole argument: no view is needed for those.
pub(super) fn of_pattern(pattern: Pat, stand_in: &Ident, named: &Named) -> (Option<View>, Vec<Binding>) {
    if let Pat::Ident(PatIdent { ident, subpat: None, .. }) = &pattern {
        let reference = quote_spanned!(Span::mixed_site()=> &#stand_in);
        let (ident, conditions) = (ident.clone(), TokenStream::new());
        let mentioned = named.mentions(&ident);
        return (None, vec![Binding { ident, conditions, reference, mentioned }]);
    }
    let mut bindings = Vec::new();
    collect(&pattern, named, &TokenStream::new(), &mut bindings);
    if bindings.is_empty() {
        return (None, bindings);
    }
    (Some(View { pattern, stand_in: stand_in.clone() }), bindings)
}

impl View {
    /// ```text
    /// Input:  (mut a, Point { x, ref y }, _): (String, Point, u8), of which `a` and `x` are wanted
    /// Output: let (a, Point { x: x, y: _ }, _) = &__arg0;
    /// ```
    /// Matching a reference makes every name in the pattern one, so `mut`, `ref` and `&` have nothing left to say.
    pub(crate) fn to_let(&self, wanted: &[&Binding]) -> TokenStream {
        let pattern = by_reference(&self.pattern, &|ident| {
            let binding = wanted.iter().find(|binding| binding.ident == *ident)?;
            Some(binding.reference.clone())
        });
        let stand_in = &self.stand_in;
        quote_spanned!(Span::mixed_site()=> let #pattern = &#stand_in;)
    }
}

/// Notes each name once: the alternatives of an or-pattern bind the same names.
fn collect(pattern: &Pat, named: &Named, conditions: &TokenStream, bindings: &mut Vec<Binding>) {
    match pattern {
        Pat::Ident(name) => {
            let ident = &name.ident;
            if !is_capital(ident) && !bindings.iter().any(|known| known.ident == *ident) {
                let (conditions, reference) = (conditions.clone(), local(ident, named).to_token_stream());
                let mentioned = named.mentions(ident);
                bindings.push(Binding { ident: ident.clone(), conditions, reference, mentioned });
            }
            if let Some((_, inner)) = &name.subpat {
                collect(inner, named, conditions, bindings);
            }
        }
        Pat::Struct(pattern) => {
            for field in &pattern.fields {
                let mut conditions = conditions.clone();
                conditions.extend(conditions_of(field));
                collect(&field.pat, named, &conditions, bindings);
            }
        }
        Pat::Paren(pattern) => collect(&pattern.pat, named, conditions, bindings),
        Pat::Reference(pattern) => collect(&pattern.pat, named, conditions, bindings),
        Pat::Slice(pattern) => collect_all(&pattern.elems, named, conditions, bindings),
        Pat::Tuple(pattern) => collect_all(&pattern.elems, named, conditions, bindings),
        Pat::TupleStruct(pattern) => collect_all(&pattern.elems, named, conditions, bindings),
        Pat::Or(pattern) => pattern.cases.iter().take(1).for_each(|case| collect(case, named, conditions, bindings)),
        _ => {}
    }
}

fn collect_all(
    patterns: &Punctuated<Pat, Token![,]>,
    named: &Named,
    conditions: &TokenStream,
    bindings: &mut Vec<Binding>,
) {
    patterns.iter().for_each(|pattern| collect(pattern, named, conditions, bindings));
}

/// The ident under which to bind a name, if it is to be bound at all.
type Bind<'a> = &'a dyn Fn(&Ident) -> Option<TokenStream>;

fn local(ident: &Ident, named: &Named) -> Ident {
    if named.keeps(ident) { ident.clone() } else { apart(ident) }
}

/// Placed where the user's pattern is: a refutable one is told of there.
fn by_reference(pattern: &Pat, bind: Bind) -> TokenStream {
    let site = Span::mixed_site().located_at(pattern.span());
    match pattern {
        Pat::Ident(name) => {
            let inner = name.subpat.as_ref().map(|(_, inner)| by_reference(inner, bind));
            match (bind(&name.ident).filter(|_| !is_capital(&name.ident)), inner) {
                (Some(bound), Some(inner)) => quote!(#bound @ #inner),
                (Some(bound), None) => quote!(#bound),
                (None, Some(inner)) => inner,
                (None, None) => quote_spanned!(site=> _),
            }
        }
        Pat::Struct(pattern) => struct_by_reference(pattern, bind),
        Pat::Paren(pattern) => by_reference(&pattern.pat, bind),
        Pat::Reference(pattern) => by_reference(&pattern.pat, bind),
        Pat::Slice(pattern) => {
            let elements = pattern.elems.iter().map(|element| by_reference(element, bind));
            quote_spanned!(site=> [#(#elements),*])
        }
        Pat::Tuple(pattern) => {
            let elements = pattern.elems.iter().map(|element| by_reference(element, bind));
            quote_spanned!(site=> (#(#elements,)*))
        }
        Pat::TupleStruct(pattern) => {
            let path = path_of(pattern);
            let elements = pattern.elems.iter().map(|element| by_reference(element, bind));
            quote_spanned!(site=> #path(#(#elements),*))
        }
        Pat::Or(pattern) => {
            let cases = pattern.cases.iter().map(|case| by_reference(case, bind));
            quote_spanned!(site=> (#(#cases)|*))
        }
        // What a macro binds cannot be seen, only that it takes the value whole.
        Pat::Macro(_) => quote_spanned!(site=> _),
        other => other.to_token_stream(),
    }
}

/// Fields keep their conditions.
fn struct_by_reference(pattern: &PatStruct, bind: Bind) -> TokenStream {
    let path = path_of(pattern);
    let fields = pattern.fields.iter().map(|field| {
        let conditions = conditions_of(field);
        let inner = by_reference(&field.pat, bind);
        // Spelled out only where it must be: rustc calls `x: x` redundant.
        if field.colon_token.is_none() && inner.to_string() == field.member.to_token_stream().to_string() {
            return quote!(#conditions #inner);
        }
        let member = &field.member;
        quote!(#conditions #member: #inner)
    });
    let rest = &pattern.rest;
    quote_spanned!(Span::mixed_site().located_at(pattern.span())=> #path { #(#fields,)* #rest })
}

/// The path in front of a pattern's fields, whatever it is made of: all tokens but the last group.
fn path_of(pattern: &impl ToTokens) -> TokenStream {
    let mut trees: Vec<TokenTree> = pattern.to_token_stream().into_iter().collect();
    trees.pop();
    trees.into_iter().collect()
}

fn conditions_of(field: &FieldPat) -> TokenStream {
    field.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg")).map(ToTokens::to_token_stream).collect()
}
