//! An item as the text that all its formattings have in common.
//!
//! rustfmt does not only move tokens: it adds and removes commas, braces, semicolons and parentheses, and sorts imports.
//! Each is told by what is around it. Where two programs of different meaning would become one text, the rule is
//! narrower than it might be, so that at worst a version too many is seen.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::imports;
use super::tokens::{
    ends_operand, has_arms, is_arm_arrow, is_braces, is_ident, is_joint, is_jump, is_one_of, is_punct, is_tuple_of_one,
    lone, prepare, unbroken,
};

/// The normal text: tokens with one space behind each.
pub(super) fn normal(item: TokenStream) -> String {
    text(&prepare(item))
}

/// The normal text of some tokens.
pub(super) fn text(trees: &[TokenTree]) -> String {
    let mut text = String::new();
    Run::new(&mut text, trees, Place::Item).write();
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
    trees: &'a [TokenTree],
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
    fn new(text: &'a mut String, trees: &'a [TokenTree], place: Place) -> Self {
        Self {
            text,
            trees,
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
        while let Some(tree) = self.trees.get(self.at) {
            if self.at == self.start && self.has_statements() && self.write_imports() {
                continue;
            }
            match tree {
                TokenTree::Group(group) => self.group(group),
                TokenTree::Punct(punct) => self.punct(tree, punct.as_char()),
                TokenTree::Ident(_) => self.ident(tree),
                TokenTree::Literal(literal) => self.push(&unbroken(literal.to_string())),
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

    fn peek(&self, ahead: usize) -> Option<&'a TokenTree> {
        self.trees.get(self.at + ahead)
    }

    fn before(&self) -> &'a [TokenTree] {
        &self.trees[..self.at]
    }

    /// Whether the last that was written is a block, behind which a comma means nothing.
    fn is_after_block(&self) -> bool {
        self.text.ends_with("} ")
    }

    fn write_imports(&mut self) -> bool {
        let Some((taken, lines)) = imports::take(&self.trees[self.at..]) else { return false };
        self.text.extend(lines);
        self.at += taken;
        self.start = self.at;
        true
    }

    fn ident(&mut self, tree: &TokenTree) {
        self.push(&tree.to_string());
        if self.at == self.start {
            self.in_loop = is_one_of(tree, &["while", "for", "loop"]);
        }
        if is_ident(tree, "where") {
            self.in_where = true;
        } else if is_ident(tree, "match") {
            self.awaits_arms = true;
        } else if is_ident(tree, "extern") && self.peek(1).is_some_and(|next| is_one_of(next, &["fn", "unsafe"])) {
            self.push("\"C\"");
        }
    }

    fn punct(&mut self, tree: &TokenTree, char: char) {
        if self.at == self.start && char != ';' {
            // Behind a label there is a loop, or a block, which is none the worse for it.
            self.in_loop = char == '\'';
        }
        match char {
            ',' => self.comma(),
            ';' => self.semicolon(),
            '|' => self.pipe(tree),
            '&' if self.joins(tree) => self.push_joined("&&"),
            '=' if self.place == Place::Match && self.peek(1).is_some_and(|next| is_arm_arrow(tree, next)) => {
                self.arm();
            }
            char => self.push(char.encode_utf8(&mut [0; 4])),
        }
    }

    /// Whether a sign and the same one behind it are one operator between two operands, rather than two in front of one.
    /// No other operator could be two, so that the others are written sign by sign.
    fn joins(&self, tree: &TokenTree) -> bool {
        let (TokenTree::Punct(sign), Some(next)) = (tree, self.peek(1)) else { return false };
        is_joint(tree) && is_punct(next, sign.as_char()) && ends_operand(self.before())
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
                    || is_punct(next, '>')
                    || self.closing_pipe == Some(self.at + 1)
                    || self.in_where && (is_braces(next) || is_punct(next, ';') || is_punct(next, '='))
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
        let is_empty = self.at == self.start && self.before().last().is_none_or(|before| is_punct(before, ';'));
        let dropped = match self.place {
            Place::Block => {
                is_empty
                    || self.in_loop && self.before().last().is_some_and(is_braces)
                    || last && self.trees.get(self.start).is_some_and(is_jump)
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
    fn pipe(&mut self, tree: &TokenTree) {
        if self.place == Place::Match && self.at == self.start {
            return;
        }
        if self.closing_pipe == Some(self.at) {
            self.push("|");
            self.closing_pipe = None;
            self.closure_body();
        } else if self.joins(tree) {
            self.push_joined("||");
        } else {
            self.push("|");
            let before = self.before();
            if !ends_operand(before) && !before.last().is_some_and(is_braces) {
                let end = self.trees[self.at + 1..].iter().position(|tree| is_punct(tree, '|'));
                self.closing_pipe = end.map(|end| self.at + 1 + end);
            }
        }
    }

    /// Takes a lone expression out of the braces around it, where nothing behind it could join it then.
    fn closure_body(&mut self) {
        let is_end = self.peek(2).is_none_or(|next| is_punct(next, ',') || is_punct(next, ';'));
        if let (Some(TokenTree::Group(group)), true) = (self.peek(1), is_end)
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
        let Some(TokenTree::Group(body)) = self.peek(1) else { return };
        let goes_on = match (self.peek(2), self.peek(3)) {
            (Some(next), _) if is_punct(next, '?') => true,
            (Some(dot), Some(next)) => is_punct(dot, '.') && !is_punct(next, '.'),
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
        if self.peek(1).is_some_and(|next| is_punct(next, ',')) {
            self.at += 1;
        }
        if self.peek(1).is_some() && !self.is_after_block() {
            self.push(",");
        }
        self.start = self.at + 1;
    }

    fn nested(&mut self, trees: &[TokenTree], place: Place) {
        Run::new(self.text, trees, place).write();
    }

    fn group(&mut self, group: &Group) {
        let trees = prepare(group.stream());
        match (self.macro_called(), group.delimiter()) {
            (Some("vec"), _) => self.delimited("[", &trees, Place::List, "]"),
            (Some(name), delimiter) => {
                let (open, close) = delimiters(delimiter);
                let place = if name == "macro_rules" { Place::Rules } else { Place::Macro };
                self.delimited(open, &trees, place, close);
            }
            (None, Delimiter::Brace) => self.braces(&trees),
            // What a rule of `macro_rules!` becomes is in whichever delimiters; formatting makes them braces.
            (None, Delimiter::Parenthesis | Delimiter::Bracket) if self.is_transcriber() => self.braces(&trees),
            (None, Delimiter::Parenthesis) => self.parentheses(&trees),
            (None, Delimiter::Bracket) => {
                self.delimited("[", &trees, Place::List, "]");
                // An arm begins behind its attributes.
                if self.place == Place::Match && self.before().last().is_some_and(|before| is_punct(before, '#')) {
                    self.start = self.at + 1;
                }
            }
            (None, Delimiter::None) => self.delimited("⟨", &trees, Place::Item, "⟩"),
        }
    }

    fn delimited(&mut self, open: &str, trees: &[TokenTree], place: Place, close: &str) {
        self.push(open);
        self.nested(trees, place);
        self.push(close);
    }

    fn braces(&mut self, trees: &[TokenTree]) {
        let is_match = self.awaits_arms && has_arms(trees);
        self.delimited("{", trees, if is_match { Place::Match } else { Place::Block }, "}");
        self.awaits_arms &= !is_match;
        self.in_where = false;
        if self.place == Place::Block {
            self.start = self.at + 1;
        }
    }

    fn parentheses(&mut self, trees: &[TokenTree]) {
        let is_call = ends_operand(self.before());
        if let ([TokenTree::Group(inner)], false) = (trees, is_call)
            && inner.delimiter() == Delimiter::Parenthesis
        {
            let inside = prepare(inner.stream());
            if !inside.is_empty() && !inside.iter().any(|tree| is_punct(tree, ',')) {
                return self.parentheses(&inside);
            }
        }
        self.push("(");
        let keeps_last_comma = !is_call && is_tuple_of_one(trees);
        Run { keeps_last_comma, ..Run::new(self.text, trees, Place::List) }.write();
        self.push(")");
    }

    /// The macro whose call a group here is.
    fn macro_called(&self) -> Option<&'static str> {
        match self.before() {
            [.., rules, bang, TokenTree::Ident(_)] if is_punct(bang, '!') && is_ident(rules, "macro_rules") => {
                Some("macro_rules")
            }
            [.., vec, bang] if is_punct(bang, '!') && is_ident(vec, "vec") => Some("vec"),
            [before @ .., bang] if is_punct(bang, '!') => {
                (matches!(before.last(), Some(TokenTree::Ident(_))) && ends_operand(before)).then_some("")
            }
            _ => None,
        }
    }

    fn is_transcriber(&self) -> bool {
        self.place == Place::Rules && matches!(self.before(), [.., equals, greater] if is_arm_arrow(equals, greater))
    }
}

fn delimiters(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("⟨", "⟩"),
    }
}
