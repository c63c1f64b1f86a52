//! Turns what the user expects of clippy into what is allowed.
//!
//! Much of clippy's advice is given on hand-written functions only. Where it was expected, adding an annotation would
//! otherwise be answered with "this lint expectation is unfulfilled". What is expected of rustc comes true as before.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

/// ```text
/// Input:  #[expect(clippy::needless_pass_by_value, unused_mut, reason = "..")]
/// Output: #[allow(clippy::needless_pass_by_value, reason = "..")] #[expect(unused_mut, reason = "..")]
/// ```
/// In every attribute at the top of the tokens, inner ones too.
pub(crate) fn relax(tokens: TokenStream) -> TokenStream {
    let mut relaxed = TokenStream::new();
    let mut sigils = TokenStream::new();
    for tree in tokens {
        match &tree {
            TokenTree::Punct(punct) if matches!((punct.as_char(), sigils.is_empty()), ('#', true) | ('!', false)) => {
                sigils.extend([tree]);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket && !sigils.is_empty() => {
                relaxed.extend(relax_attribute(&std::mem::take(&mut sigils), group));
            }
            _ => {
                relaxed.extend(std::mem::take(&mut sigils));
                relaxed.extend([tree]);
            }
        }
    }
    relaxed.extend(sigils);
    relaxed
}

/// One attribute, whose `#` or `#!` is in `sigils`.
fn relax_attribute(sigils: &TokenStream, attribute: &Group) -> TokenStream {
    let trees: Vec<TokenTree> = attribute.stream().into_iter().collect();
    if let [TokenTree::Ident(level), TokenTree::Group(list)] = trees.as_slice()
        && level == "expect"
    {
        let entries = entries(list.stream());
        let (reason, lints): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| starts_with(entry, "reason"));
        let (clippy, others): (Vec<_>, Vec<_>) = lints.into_iter().partition(|entry| starts_with(entry, "clippy"));
        if !clippy.is_empty() {
            let site = Span::mixed_site().located_at(level.span());
            let allow = Ident::new("allow", site);
            let expect =
                (!others.is_empty()).then(|| quote_spanned!(site=> #sigils [#level(#(#others,)* #(#reason)*)]));
            return quote_spanned!(site=> #sigils [#allow(#(#clippy,)* #(#reason)*)] #expect);
        }
    }
    let mut whole = sigils.clone();
    whole.extend([TokenTree::Group(attribute.clone())]);
    whole
}

/// What is between the commas.
fn entries(list: TokenStream) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = list.into_iter().collect();
    let is_comma = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',');
    let entries = trees.split(is_comma).filter(|entry| !entry.is_empty());
    entries.map(|entry| entry.iter().cloned().collect()).collect()
}

fn starts_with(entry: &TokenStream, word: &str) -> bool {
    matches!(entry.clone().into_iter().next(), Some(TokenTree::Ident(first)) if first == word)
}

#[cfg(test)]
mod tests {
    use super::relax;

    #[test]
    fn only_what_is_expected_of_clippy_becomes_allowed() {
        let cases = [
            ("#[expect(unused_mut)] pub fn", "#[expect(unused_mut)] pub fn"),
            ("#[expect(clippy::ptr_arg)] #[inline] fn", "#[allow(clippy::ptr_arg,)] #[inline] fn"),
            (
                "#![expect(clippy::a, unused, reason = \"b\")]",
                "#![allow(clippy::a, reason = \"b\")] #![expect(unused, reason = \"b\")]",
            ),
            ("#[deny(clippy::a)] #[doc = \"c\"]", "#[deny(clippy::a)] #[doc = \"c\"]"),
        ];
        for (given, expected) in cases {
            let expected: proc_macro2::TokenStream = expected.parse().unwrap();
            assert_eq!(relax(given.parse().unwrap()).to_string(), expected.to_string(), "{given}");
        }
    }
}
