//! What is in delimiters, and what the delimiters say about it.

use proc_macro2::{Delimiter, Group};

use super::{Place, Run};
use crate::digest::tokens::{Token, ends_operand, has_arms, is_arm_arrow, is_tuple_of_one, prepare};

impl Run<'_> {
    pub(super) fn nested(&mut self, tokens: &[Token], place: Place) {
        Run::new(self.text, tokens, place).write();
    }

    pub(super) fn group(&mut self, group: &Group) {
        let tokens = prepare(group.stream());
        match (self.macro_called(), group.delimiter()) {
            (Some("vec"), _) => self.delimited("[", &tokens, Place::List, "]"),
            (Some(name), delimiter) => {
                let (open, close) = delimiters(delimiter);
                let place = if name == "macro_rules" { Place::Rules } else { Place::Macro };
                self.delimited(open, &tokens, place, close);
            }
            (None, Delimiter::Brace) => self.braces(&tokens),
            // What a rule of `macro_rules!` becomes is in whichever delimiters; formatting makes them braces.
            (None, Delimiter::Parenthesis | Delimiter::Bracket) if self.is_transcriber() => self.braces(&tokens),
            (None, Delimiter::Parenthesis) => self.parentheses(&tokens, group),
            (None, Delimiter::Bracket) => {
                self.delimited("[", &tokens, Place::List, "]");
                // An arm begins behind its attributes.
                if self.place == Place::Match && self.before().last().is_some_and(|before| before.is_sign('#')) {
                    self.start = self.at + 1;
                }
            }
            (None, Delimiter::None) => self.delimited("⟨", &tokens, Place::Item, "⟩"),
        }
    }

    fn delimited(&mut self, open: &str, tokens: &[Token], place: Place, close: &str) {
        self.push(open);
        self.nested(tokens, place);
        self.push(close);
    }

    fn braces(&mut self, tokens: &[Token]) {
        let is_match = self.awaits_arms && has_arms(tokens);
        self.delimited("{", tokens, if is_match { Place::Match } else { Place::Block }, "}");
        self.awaits_arms &= !is_match;
        self.in_where = false;
        // A jump goes on behind what it gives, to its semicolon.
        if self.place == Place::Block && !self.tokens.get(self.start).is_some_and(Token::is_jump) {
            self.start = self.at + 1;
        }
    }

    fn parentheses(&mut self, tokens: &[Token], group: &Group) {
        let is_call = ends_operand(self.before());
        if let ([Token::Group(inner)], false) = (tokens, is_call)
            && inner.delimiter() == Delimiter::Parenthesis
        {
            let inside = prepare(inner.stream());
            if !inside.is_empty() && !inside.iter().any(|token| token.is_sign(',')) {
                return self.parentheses(&inside, inner);
            }
        }
        self.push("(");
        let keeps_last_comma = !is_call && is_tuple_of_one(tokens, group);
        Run { keeps_last_comma, ..Run::new(self.text, tokens, Place::List) }.write();
        self.push(")");
    }

    /// The macro whose call a group here is.
    fn macro_called(&self) -> Option<&'static str> {
        match self.before() {
            [.., rules, bang, Token::Word(_)] if bang.is_sign('!') && rules.is_word("macro_rules") => {
                Some("macro_rules")
            }
            [.., vec, bang] if bang.is_sign('!') && vec.is_word("vec") => Some("vec"),
            [before @ .., bang] if bang.is_sign('!') => {
                (matches!(before.last(), Some(Token::Word(_))) && ends_operand(before)).then_some("")
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
