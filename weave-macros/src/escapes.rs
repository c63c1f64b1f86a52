//! Finds what would leave an expression that is evaluated on its own, before the body runs: `?`, `.await`, `return`, `break`.
//!
//! By tokens: what a macro makes of its arguments is its own affair, and only a closure or an async block must be told
//! apart, which may be left.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Error, Expr};

/// One error for each escape from a value of `option`.
pub(crate) fn of(option: &str, value: &Expr) -> Vec<Error> {
    let mut scan = Scan { option, breakable: false, found: Vec::new() };
    scan.tokens(value.to_token_stream());
    scan.found
}

struct Scan<'a> {
    option: &'a str,
    /// Whether a loop or a labelled block is around.
    breakable: bool,
    found: Vec<Error>,
}

impl Scan<'_> {
    fn tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let breakable = self.breakable;
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            let before = at.checked_sub(1).and_then(|before| trees.get(before));
            at += 1;
            match tree {
                TokenTree::Punct(bar) if bar.as_char() == '|' && begins_expression(before) => {
                    at = behind_closure(&trees, at);
                }
                TokenTree::Punct(mark) if mark.as_char() == '?' && ends_expression(before) => {
                    self.push(tree, "`?`", "record the `Result` itself, or what `.ok()` makes of it");
                }
                TokenTree::Ident(word) => match word.to_string().as_str() {
                    "fn" => break,
                    "async" => at = behind_block(&trees, at),
                    "loop" | "while" | "for" => self.breakable = true,
                    "await" if is_punct(before, '.') => {
                        self.push(
                            tree,
                            "`.await`",
                            "await it in the body, and record it there with `weave::current_call()`",
                        );
                    }
                    "return" => self.push(tree, "`return`", "write the value alone"),
                    "break" | "continue" if !self.breakable => {
                        self.push(tree, &format!("`{word}`"), "write the value alone");
                    }
                    _ => {}
                },
                TokenTree::Group(group) if !is_punct(before, '!') => {
                    self.breakable |= is_punct(before, ':');
                    self.tokens(group.stream());
                }
                TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        self.breakable = breakable;
    }

    fn push(&mut self, at: &TokenTree, what: &str, instead: &str) {
        let option = self.option;
        let message =
            format!("{what} cannot leave a value of `{option}`, which is computed before the body runs: {instead}");
        self.found.push(Error::new(at.span(), message));
    }
}

/// Whether a bar here opens a closure, rather than standing between two values.
fn begins_expression(before: Option<&TokenTree>) -> bool {
    match before {
        None => true,
        Some(TokenTree::Ident(word)) => {
            ["move", "async", "static", "return", "break", "in", "else", "if", "match", "while"]
                .iter()
                .any(|key| word == key)
        }
        Some(TokenTree::Punct(punct)) => punct.as_char() != '?' && punct.as_char() != '|',
        Some(TokenTree::Group(_) | TokenTree::Literal(_)) => false,
    }
}

/// Whether a value stands before: `?Sized` has none.
fn ends_expression(before: Option<&TokenTree>) -> bool {
    match before {
        Some(TokenTree::Punct(punct)) => punct.as_char() == '?',
        before => before.is_some(),
    }
}

/// Behind the parameters and the body of a closure, which ends at the next comma or semicolon.
fn behind_closure(trees: &[TokenTree], start: usize) -> usize {
    let rest = |from: usize| trees.get(from..).unwrap_or_default();
    let is = |wanted: &'static str| move |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if wanted.contains(punct.as_char()));
    let body = rest(start).iter().position(is("|")).map_or(trees.len(), |bar| start + bar + 1);
    rest(body).iter().position(is(",;")).map_or(trees.len(), |end| body + end)
}

/// Behind the block of `async { .. }` or `async move { .. }`; a closure is met as one.
fn behind_block(trees: &[TokenTree], start: usize) -> usize {
    let is_block = |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Group(group)) if is_brace(group));
    match trees.get(start) {
        tree if is_block(tree) => start + 1,
        Some(TokenTree::Ident(word)) if word == "move" && is_block(trees.get(start + 1)) => start + 2,
        _ => start,
    }
}

fn is_brace(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

fn is_punct(tree: Option<&TokenTree>, character: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

#[cfg(test)]
mod tests {
    use super::of;

    /// The escapes of an expression, each by its name.
    fn escapes(value: &str) -> Vec<String> {
        let found = of("capture", &syn::parse_str(value).unwrap());
        found.iter().filter_map(|error| error.to_string().split('`').nth(1).map(str::to_owned)).collect()
    }

    #[test]
    fn what_leaves_the_expression_is_found() {
        for (value, expected) in [
            ("a?", vec!["?"]),
            ("a.parse::<u8>()?.pow(2)", vec!["?"]),
            ("a??", vec!["?", "?"]),
            ("f(a?, g().await)", vec!["?", ".await"]),
            ("{ if a { return 1; } 2 }", vec!["return"]),
            ("match a { Some(n) => n, None => break }", vec!["break"]),
            ("a | b?", vec!["?"]),
            ("(|n| n + 1, a?)", vec!["?"]),
            ("{ async { a? }; b? }", vec!["?"]),
        ] {
            assert_eq!(escapes(value), expected, "{value}");
        }
    }

    #[test]
    fn what_stays_inside_is_left_alone() {
        for value in [
            "a.map(|n| n?)",
            "(|| -> Option<u8> { Some(a?) })()",
            "async move { a.await? }",
            "async |n| n?",
            "move |n: Option<u8>| { return n? }",
            "loop { break 1 }",
            "'a: { break 'a 1 }",
            "for x in y { if x { continue } }",
            "{ fn inner<T: ?Sized>(t: &T) -> Option<u8> { return None } inner(a) }",
            "sql!(select ? from b)",
            "size_of::<dyn Fn(&str) -> u8>()",
        ] {
            assert_eq!(escapes(value), Vec::<String>::new(), "{value}");
        }
    }
}
