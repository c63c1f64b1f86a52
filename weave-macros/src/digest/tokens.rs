//! What the tokens of an item mean, as far as that can be told without parsing it.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};

/// One token, with its text at hand: to compare an identifier of the compiler's is to print it.
#[derive(Clone)]
pub(super) enum Token {
    Word(String),
    Literal(String),
    /// And whether another sign follows at once.
    Sign(char, bool),
    Group(Group),
}

impl Token {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text == word)
    }

    pub(super) fn is_one_of(&self, words: &[&str]) -> bool {
        matches!(self, Self::Word(text) if words.contains(&text.as_str()))
    }

    pub(super) fn is_sign(&self, sign: char) -> bool {
        matches!(self, Self::Sign(char, _) if *char == sign)
    }

    pub(super) fn is_joint(&self) -> bool {
        matches!(self, Self::Sign(_, true))
    }

    pub(super) fn is_group(&self, delimiter: Delimiter) -> bool {
        matches!(self, Self::Group(group) if group.delimiter() == delimiter)
    }

    pub(super) fn is_braces(&self) -> bool {
        self.is_group(Delimiter::Brace)
    }

    /// What formatting ends with a semicolon.
    pub(super) fn is_jump(&self) -> bool {
        self.is_one_of(&["return", "break", "continue"])
    }
}

/// The tokens of a stream without what is no code: comments of docs, and invisible groups around one token.
pub(super) fn prepare(stream: TokenStream) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for tree in stream {
        match tree {
            TokenTree::Ident(ident) => tokens.push(Token::Word(ident.to_string())),
            TokenTree::Literal(literal) => tokens.push(Token::Literal(unbroken(literal.to_string()))),
            TokenTree::Punct(punct) => tokens.push(Token::Sign(punct.as_char(), punct.spacing() == Spacing::Joint)),
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                let mut inner = prepare(group.stream());
                match inner.len() {
                    1 => tokens.append(&mut inner),
                    _ => tokens.push(Token::Group(group)),
                }
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket && ends_with_pound(&tokens) => {
                push_attribute(&mut tokens, group);
            }
            TokenTree::Group(group) => tokens.push(Token::Group(group)),
        }
    }
    tokens
}

/// Adds an attribute, whose `#` or `#!` is there already: docs are left out, one `derive` after another is one with it.
fn push_attribute(tokens: &mut Vec<Token>, attribute: Group) {
    if is_doc(&attribute) {
        tokens.pop_if(|last| last.is_sign('!'));
        tokens.pop();
    } else if let [.., Token::Group(before), _] = tokens.as_slice()
        && let (Some(list), Some(more)) = (derived(before), derived(&attribute))
    {
        let both = joined(before, &list, &more);
        tokens.truncate(tokens.len() - 2);
        tokens.push(Token::Group(both));
    } else {
        tokens.push(Token::Group(attribute));
    }
}

/// Whether an attribute is `doc = ..`, as comments of docs are.
pub(super) fn is_doc(attribute: &Group) -> bool {
    let mut inner = attribute.stream().into_iter();
    matches!(inner.next(), Some(TokenTree::Ident(word)) if word == "doc")
        && matches!(inner.next(), Some(TokenTree::Punct(equals)) if equals.as_char() == '=')
}

/// The list of a `derive(..)`.
fn derived(attribute: &Group) -> Option<Group> {
    let mut inner = attribute.stream().into_iter();
    match (inner.next(), inner.next()) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Group(list))) if word == "derive" => Some(list),
        _ => None,
    }
}

/// The attribute with both lists in place of its own.
fn joined(attribute: &Group, list: &Group, more: &Group) -> Group {
    let mut entries: Vec<TokenTree> = list.stream().into_iter().collect();
    if !matches!(entries.last(), Some(TokenTree::Punct(comma)) if comma.as_char() == ',') {
        entries.push(Punct::new(',', Spacing::Alone).into());
    }
    entries.extend(more.stream());
    let list = Group::new(list.delimiter(), entries.into_iter().collect());
    let derive = attribute.stream().into_iter().next();
    Group::new(attribute.delimiter(), derive.into_iter().chain([TokenTree::Group(list)]).collect())
}

fn ends_with_pound(tokens: &[Token]) -> bool {
    match tokens {
        [.., pound, bang] if bang.is_sign('!') => pound.is_sign('#'),
        [.., pound] => pound.is_sign('#'),
        [] => false,
    }
}

/// Whether a value or a type may end with the last of these tokens: then what follows is between two of them, or called
/// on the first.
pub(super) fn ends_operand(before: &[Token]) -> bool {
    const NONE_BEFORE: [&str; 23] = [
        "as", "async", "break", "const", "continue", "dyn", "else", "for", "if", "impl", "in", "let", "loop", "match",
        "move", "mut", "ref", "return", "static", "unsafe", "where", "while", "yield",
    ];
    match before {
        [.., arrow, end] if end.is_sign('>') => !arrow.is_sign('=') && !arrow.is_sign('-'),
        [.., end] => match end {
            Token::Word(_) => !end.is_one_of(&NONE_BEFORE),
            Token::Literal(_) => true,
            Token::Group(_) => !end.is_braces(),
            Token::Sign(sign, _) => *sign == '?',
        },
        [] => false,
    }
}

/// Whether there is an arrow of a match arm in a block.
pub(super) fn has_arms(trees: &[Token]) -> bool {
    trees.windows(2).any(|two| is_arm_arrow(&two[0], &two[1]))
}

pub(super) fn is_arm_arrow(equals: &Token, greater: &Token) -> bool {
    equals.is_sign('=') && equals.is_joint() && greater.is_sign('>')
}

/// What formatting takes out of the braces around a lone expression, and puts into them.
///
/// ```text
/// Input:  { a + b }   { { a } }   { return a; }   { a; }   { }
/// Output: a + b       a           return a        -        -
/// ```
pub(super) fn lone(block: &Group) -> Option<Vec<Token>> {
    let mut trees = prepare(block.stream());
    if trees.first().is_some_and(Token::is_jump) {
        trees.pop_if(|last| last.is_sign(';'));
    }
    match trees.as_slice() {
        [] => None,
        [Token::Group(inner)] if inner.delimiter() == Delimiter::Brace => lone(inner).or(Some(trees)),
        _ => trees.iter().all(|token| !token.is_sign(';')).then_some(trees),
    }
}

/// A literal without the line breaks that mean nothing in it: behind a backslash, with the blanks after them.
fn unbroken(literal: String) -> String {
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

/// Whether the comma that ends the tokens in these parentheses makes them a tuple of one.
pub(super) fn is_tuple_of_one(tokens: &[Token], parentheses: &Group) -> bool {
    let commas = tokens.iter().filter(|token| token.is_sign(',')).count();
    if commas < 2 || !tokens.iter().any(|token| token.is_sign('<')) {
        return commas == 1 && tokens.len() > 1 && tokens.last().is_some_and(|last| last.is_sign(','));
    }
    // The commas may be those of generics: only parsing tells.
    let tuple = TokenTree::from(parentheses.clone());
    if let Ok(ty) = syn::parse2::<syn::Type>(tuple.clone().into()) {
        return matches!(ty, syn::Type::Tuple(tuple) if tuple.elems.len() == 1);
    }
    matches!(syn::parse2::<syn::Expr>(tuple.into()), Ok(syn::Expr::Tuple(tuple)) if tuple.elems.len() == 1)
}
