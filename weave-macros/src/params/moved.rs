//! Finds the pattern that another macro has moved out of the signature into the body.
//!
//! An async-trait method arrives as `fn f(&self, __arg1: (u8, u8)) -> .. { Box::pin(async move { let (a, b) = .. }) }`. To
//! the user its arguments are `a` and `b`, also in `skip(a)`.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::{Pat, PatWild, Token};

/// What the user wrote in place of a name that a macro made: a pattern, or `_`. `None` for a name of the user's.
pub(super) fn pattern(name: &Ident, body: TokenStream) -> Option<Pat> {
    let word = name.to_string();
    let number = word.strip_prefix("__arg")?;
    if number.is_empty() || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    search(&word, body)
}

/// Looks for `let PATTERN = { let name = name; name };`, and for `let name = name;`, which stands for `_`.
fn search(name: &str, tokens: TokenStream) -> Option<Pat> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (start, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Ident(word) if word == "let" => {
                let rest = &trees[start + 1..];
                let Some(end) = rest.iter().position(|tree| is_punct(tree, '=')) else { continue };
                match (&rest[..end], rest.get(end + 1)) {
                    ([TokenTree::Ident(bound)], Some(TokenTree::Ident(value))) if bound == name && value == name => {
                        return Some(wildcard());
                    }
                    (pattern, Some(TokenTree::Group(block)))
                        if block.delimiter() == Delimiter::Brace && rebinds(name, block.stream()) =>
                    {
                        return Pat::parse_multi.parse2(pattern.iter().cloned().collect()).ok();
                    }
                    _ => {}
                }
            }
            TokenTree::Group(group) => {
                if let Some(found) = search(name, group.stream()) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a block begins with `let name = name;`.
fn rebinds(name: &str, block: TokenStream) -> bool {
    let mut words = block.into_iter().take(4).map(|tree| tree.to_string());
    ["let", name, "=", name].iter().all(|expected| words.next().as_deref() == Some(expected))
}

fn is_punct(tree: &TokenTree, character: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn wildcard() -> Pat {
    Pat::Wild(PatWild { attrs: Vec::new(), underscore_token: Token![_](Span::mixed_site()) })
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Ident, Span};
    use quote::ToTokens;

    use super::pattern;

    #[test]
    fn a_name_made_by_a_macro_stands_for_what_the_body_makes_of_it() {
        let body = "Box::pin(async move {
            let __arg1 = __arg1;
            let Point { x, .. } = { let __arg2 = __arg2; __arg2 };
            let n = n;
        })";
        let found = |name| {
            let found = pattern(&Ident::new(name, Span::call_site()), body.parse().unwrap());
            found.map_or_else(|| "none".to_owned(), |pattern| pattern.to_token_stream().to_string())
        };
        let names = ["__arg1", "__arg2", "__arg3", "__argument", "n"];
        assert_eq!(names.map(found), ["_", "Point { x , .. }", "none", "none", "none"]);
    }
}
