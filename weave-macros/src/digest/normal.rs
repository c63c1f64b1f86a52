//! An item as the text that all its formattings have in common.
//!
//! rustfmt does not only move tokens: it adds and removes commas, braces, semicolons and parentheses, and sorts imports.
//! Each is told by what is around it. Where two programs of different meaning would become one text, the rule is
//! narrower than it might be, so that at worst a version too many is seen.

use proc_macro2::{Delimiter, TokenStream};

use super::tokens::{Token, ends_operand, is_arm_arrow, lone, prepare};

mod groups;
mod imports;

/// The normal text: tokens with one space behind each.
pub(super) fn normal(item: TokenStream) -> String {
    text(&prepare(item))
}

/// The normal text of some tokens.
fn text(tokens: &[Token]) -> String {
    let mut text = String::new();
    Run::new(&mut text, tokens, Place::Item).write();
    text
}

/// Where a run of tokens stands, which decides what formatting may do to them.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In no group, or in an invisible one.
    Item,
    /// In braces: statements, fields, variants.
    Block,
    /// In the braces of a `match`.
    Match,
    /// In parentheses or brackets.
    List,
    /// Right in the delimiters of a macro's call.
    Macro,
    /// In a `macro_rules!`.
    Rules,
}

/// The tokens of one group, written from first to last.
struct Run<'a> {
    text: &'a mut String,
    tokens: &'a [Token],
    place: Place,
    /// Whether a comma at the end is more than a matter of taste.
    keeps_last_comma: bool,
    at: usize,
    /// Where the statement, or the arm of a match, begins.
    start: usize,
    in_loop: bool,
    in_where: bool,
    awaits_arms: bool,
    /// The pipe that ends the parameters of a closure.
    closing_pipe: Option<usize>,
}

impl<'a> Run<'a> {
    fn new(text: &'a mut String, tokens: &'a [Token], place: Place) -> Self {
        Self {
            text,
            tokens,
            place,
            keeps_last_comma: matches!(place, Place::Macro | Place::Item),
            at: 0,
            start: 0,
            in_loop: false,
            in_where: false,
            awaits_arms: false,
            closing_pipe: None,
        }
    }

    fn write(mut self) {
        while let Some(token) = self.tokens.get(self.at) {
            if self.at == self.start && self.has_statements() && self.write_imports() {
                continue;
            }
            match token {
                Token::Group(group) => self.group(group),
                Token::Sign(sign, _) => self.sign(token, *sign),
                Token::Word(word) => self.word(token, word),
                Token::Literal(literal) => self.push(literal),
            }
            self.at += 1;
        }
    }

    fn push(&mut self, token: &str) {
        self.text.push_str(token);
        self.text.push(' ');
    }

    fn has_statements(&self) -> bool {
        matches!(self.place, Place::Block | Place::Match)
    }

    fn peek(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead)
    }

    fn before(&self) -> &'a [Token] {
        &self.tokens[..self.at]
    }

    /// Whether the last that was written is a block, behind which a comma means nothing.
    fn is_after_block(&self) -> bool {
        self.text.ends_with("} ")
    }

    fn write_imports(&mut self) -> bool {
        let Some((taken, lines)) = imports::take(&self.tokens[self.at..]) else { return false };
        self.text.extend(lines);
        self.at += taken;
        self.start = self.at;
        true
    }

    fn word(&mut self, token: &Token, word: &str) {
        self.push(word);
        if self.at == self.start {
            self.in_loop = token.is_one_of(&["while", "for", "loop"]);
        }
        if token.is_word("where") {
            self.in_where = true;
        } else if token.is_word("match") {
            self.awaits_arms = true;
        } else if token.is_word("extern") && self.peek(1).is_some_and(|next| next.is_one_of(&["fn", "unsafe"])) {
            self.push("\"C\"");
        }
    }

    fn sign(&mut self, token: &Token, char: char) {
        if self.at == self.start && char != ';' {
            // Behind a label there is a loop, or a block, which is none the worse for it.
            self.in_loop = char == '\'';
        }
        match char {
            ',' => self.comma(),
            ';' => self.semicolon(),
            '|' => self.pipe(token),
            '&' if self.joins(token) => self.push_joined("&&"),
            '=' if self.place == Place::Match && self.peek(1).is_some_and(|next| is_arm_arrow(token, next)) => {
                self.arm();
            }
            char => self.push(char.encode_utf8(&mut [0; 4])),
        }
    }

    /// Whether a sign and the same one behind it are one operator between two operands, rather than two in front of one.
    /// No other operator could be two, so that the others are written sign by sign.
    fn joins(&self, token: &Token) -> bool {
        let (Token::Sign(sign, true), Some(next)) = (token, self.peek(1)) else { return false };
        next.is_sign(*sign) && ends_operand(self.before())
    }

    fn push_joined(&mut self, operator: &str) {
        self.push(operator);
        self.at += 1;
    }

    fn comma(&mut self) {
        let dropped = match self.peek(1) {
            None => !self.keeps_last_comma,
            Some(next) => {
                self.has_statements() && self.is_after_block()
                    || next.is_sign('>')
                    || self.closing_pipe == Some(self.at + 1)
                    || self.in_where && (next.is_braces() || next.is_sign(';') || next.is_sign('='))
            }
        };
        if !dropped {
            self.push(",");
        }
        if self.place == Place::Match {
            self.start = self.at + 1;
        }
    }

    fn semicolon(&mut self) {
        let last = self.peek(1).is_none();
        let is_empty = self.at == self.start && self.before().last().is_none_or(|before| before.is_sign(';'));
        let dropped = match self.place {
            Place::Block => {
                is_empty
                    || self.in_loop && self.before().last().is_some_and(Token::is_braces)
                    || last && self.tokens.get(self.start).is_some_and(Token::is_jump)
            }
            Place::Rules => last,
            _ => false,
        };
        if !dropped {
            self.push(";");
        }
        (self.start, self.in_loop, self.in_where, self.awaits_arms) = (self.at + 1, false, false, false);
    }

    /// A pipe is an operator, begins or ends the parameters of a closure, or leads the patterns of an arm, where
    /// formatting takes it away.
    fn pipe(&mut self, token: &Token) {
        if self.place == Place::Match && self.at == self.start {
            return;
        }
        if self.closing_pipe == Some(self.at) {
            self.push("|");
            self.closing_pipe = None;
            self.closure_body();
        } else if self.joins(token) {
            self.push_joined("||");
        } else {
            self.push("|");
            let before = self.before();
            if !ends_operand(before) && !before.last().is_some_and(Token::is_braces) {
                let end = self.tokens[self.at + 1..].iter().position(|token| token.is_sign('|'));
                self.closing_pipe = end.map(|end| self.at + 1 + end);
            }
        }
    }

    /// Takes a lone expression out of the braces around it, where nothing behind it could join it then.
    fn closure_body(&mut self) {
        let is_end = self.peek(2).is_none_or(|next| next.is_sign(',') || next.is_sign(';'));
        if let (Some(Token::Group(group)), true) = (self.peek(1), is_end)
            && group.delimiter() == Delimiter::Brace
            && let Some(expression) = lone(group)
        {
            self.nested(&expression, Place::Block);
            self.at += 1;
        }
    }

    /// ```text
    /// Input:  A => { a } B => { b; }, C => { c },
    /// Output: A => a , B => { b ; } C => c
    /// ```
    fn arm(&mut self) {
        self.push("=>");
        self.at += 1;
        let Some(Token::Group(body)) = self.peek(1) else { return };
        let goes_on = match (self.peek(2), self.peek(3)) {
            (Some(next), _) if next.is_sign('?') => true,
            (Some(dot), Some(next)) => dot.is_sign('.') && !next.is_sign('.'),
            _ => false,
        };
        if body.delimiter() != Delimiter::Brace || goes_on {
            return;
        }
        self.at += 1;
        match lone(body) {
            Some(expression) => self.nested(&expression, Place::Block),
            None => self.group(body),
        }
        if self.peek(1).is_some_and(|next| next.is_sign(',')) {
            self.at += 1;
        }
        if self.peek(1).is_some() && !self.is_after_block() {
            self.push(",");
        }
        self.start = self.at + 1;
    }
}
