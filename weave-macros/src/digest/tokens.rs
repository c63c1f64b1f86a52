//! What the tokens of an item mean, as far as that can be told without parsing it.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// The tokens of a stream without what is no code: comments of docs, and invisible groups around one token.
pub(super) fn prepare(stream: TokenStream) -> Vec<TokenTree> {
    let mut trees: Vec<TokenTree> = Vec::new();
    for tree in stream {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                let mut inner = prepare(group.stream());
                match inner.len() {
                    1 => trees.append(&mut inner),
                    _ => trees.push(TokenTree::Group(group)),
                }
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket && ends_with_pound(&trees) => {
                push_attribute(&mut trees, group);
            }
            tree => trees.push(tree),
        }
    }
    trees
}

/// Adds an attribute, whose `#` or `#!` is there already: docs are left out, one `derive` after another is one with it.
fn push_attribute(trees: &mut Vec<TokenTree>, attribute: Group) {
    let inner: Vec<TokenTree> = attribute.stream().into_iter().collect();
    match inner.as_slice() {
        [doc, equals, ..] if is_ident(doc, "doc") && is_punct(equals, '=') => {
            trees.pop_if(|last| is_punct(last, '!'));
            trees.pop();
        }
        [derive, TokenTree::Group(_)] if is_ident(derive, "derive") => match trees.as_slice() {
            [.., TokenTree::Group(before), _] if is_derive(before) => {
                let mut both: Vec<TokenTree> = before.stream().into_iter().collect();
                if let [.., TokenTree::Group(list)] = both.as_mut_slice()
                    && let [_, TokenTree::Group(more)] = inner.as_slice()
                {
                    *list = joined(list, more);
                }
                trees.truncate(trees.len() - 2);
                trees.push(Group::new(Delimiter::Bracket, both.into_iter().collect()).into());
            }
            _ => trees.push(attribute.into()),
        },
        _ => trees.push(attribute.into()),
    }
}

/// One list of what two lists have.
fn joined(list: &Group, more: &Group) -> Group {
    let mut entries: Vec<TokenTree> = list.stream().into_iter().collect();
    if entries.last().is_some_and(|last| !is_punct(last, ',')) {
        entries.push(proc_macro2::Punct::new(',', Spacing::Alone).into());
    }
    entries.extend(more.stream());
    Group::new(list.delimiter(), entries.into_iter().collect())
}

fn is_derive(attribute: &Group) -> bool {
    let mut inner = attribute.stream().into_iter();
    inner.next().is_some_and(|first| is_ident(&first, "derive")) && matches!(inner.next(), Some(TokenTree::Group(_)))
}

fn ends_with_pound(trees: &[TokenTree]) -> bool {
    match trees {
        [.., pound, bang] if is_punct(bang, '!') => is_punct(pound, '#'),
        [.., pound] => is_punct(pound, '#'),
        [] => false,
    }
}

pub(super) fn is_ident(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == word)
}

pub(super) fn is_one_of(tree: &TokenTree, words: &[&str]) -> bool {
    matches!(tree, TokenTree::Ident(ident) if words.iter().any(|word| ident == word))
}

pub(super) fn is_punct(tree: &TokenTree, char: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == char)
}

pub(super) fn is_joint(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint)
}

pub(super) fn is_braces(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Whether a value or a type may end with the last of these tokens: then what follows is between two of them, or called
/// on the first.
pub(super) fn ends_operand(before: &[TokenTree]) -> bool {
    const NONE_BEFORE: [&str; 23] = [
        "as", "async", "break", "const", "continue", "dyn", "else", "for", "if", "impl", "in", "let", "loop", "match",
        "move", "mut", "ref", "return", "static", "unsafe", "where", "while", "yield",
    ];
    match before {
        [.., arrow, end] if is_punct(end, '>') => !is_punct(arrow, '=') && !is_punct(arrow, '-'),
        [.., end] => match end {
            TokenTree::Ident(_) => !is_one_of(end, &NONE_BEFORE),
            TokenTree::Literal(_) => true,
            TokenTree::Group(group) => group.delimiter() != Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == '?',
        },
        [] => false,
    }
}

/// Whether there is an arrow of a match arm in a block.
pub(super) fn has_arms(trees: &[TokenTree]) -> bool {
    trees.windows(2).any(|two| is_arm_arrow(&two[0], &two[1]))
}

pub(super) fn is_arm_arrow(equals: &TokenTree, greater: &TokenTree) -> bool {
    is_punct(equals, '=') && is_joint(equals) && is_punct(greater, '>')
}

/// What formatting takes out of the braces around a lone expression, and puts into them.
///
/// ```text
/// Input:  { a + b }   { { a } }   { return a; }   { a; }   { }
/// Output: a + b       a           return a        -        -
/// ```
pub(super) fn lone(block: &Group) -> Option<Vec<TokenTree>> {
    let mut trees = prepare(block.stream());
    if trees.first().is_some_and(is_jump) {
        trees.pop_if(|last| is_punct(last, ';'));
    }
    match trees.as_slice() {
        [] => None,
        [TokenTree::Group(inner)] if inner.delimiter() == Delimiter::Brace => lone(inner).or(Some(trees)),
        _ => trees.iter().all(|tree| !is_punct(tree, ';')).then_some(trees),
    }
}

/// A literal without the line breaks that mean nothing in it: behind a backslash, with the blanks after them.
pub(super) fn unbroken(literal: String) -> String {
    if literal.trim_start_matches(['b', 'c']).starts_with('r') || !literal.contains("\\\n") && !literal.contains("\\\r")
    {
        return literal;
    }
    let mut text = String::with_capacity(literal.len());
    let mut rest = literal.as_str();
    while let Some((before, escaped)) = rest.split_once('\\') {
        text.push_str(before);
        rest = if escaped.starts_with(['\n', '\r']) {
            escaped.trim_start_matches([' ', '\t', '\n', '\r'])
        } else {
            let end = escaped.chars().next().map_or(0, char::len_utf8);
            text.push('\\');
            text.push_str(&escaped[..end]);
            &escaped[end..]
        };
    }
    text + rest
}

/// What formatting ends with a semicolon.
pub(super) fn is_jump(tree: &TokenTree) -> bool {
    is_one_of(tree, &["return", "break", "continue"])
}

/// Whether the comma that ends these parentheses makes them a tuple of one.
pub(super) fn is_tuple_of_one(trees: &[TokenTree]) -> bool {
    let commas = trees.iter().filter(|tree| is_punct(tree, ',')).count();
    if commas < 2 || !trees.iter().any(|tree| is_punct(tree, '<')) {
        return commas == 1 && trees.len() > 1 && trees.last().is_some_and(|last| is_punct(last, ','));
    }
    // The commas may be those of generics: only parsing tells.
    let tuple = TokenTree::from(Group::new(Delimiter::Parenthesis, trees.iter().cloned().collect()));
    if let Ok(ty) = syn::parse2::<syn::Type>(tuple.clone().into()) {
        return matches!(ty, syn::Type::Tuple(tuple) if tuple.elems.len() == 1);
    }
    matches!(syn::parse2::<syn::Expr>(tuple.into()), Ok(syn::Expr::Tuple(tuple)) if tuple.elems.len() == 1)
}
