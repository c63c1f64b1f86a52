//! What is in delimiters, and what the delimiters say about it.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::{Place, Run};
use crate::digest::tokens::{ends_operand, has_arms, is_arm_arrow, is_ident, is_punct, is_tuple_of_one, prepare};

impl Run<'_> {
    pub(super) fn nested(&mut self, trees: &[TokenTree], place: Place) {
        Run::new(self.text, trees, place).write();
    }

    pub(super) fn group(&mut self, group: &Group) {
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
