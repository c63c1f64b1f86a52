//! The content of a JSON string, and where in the original each part of it stands.

use super::Edit;
use crate::value::text::push_escaped;

pub(super) struct Unescaped {
    pub(super) text: String,
    /// The places after each escape: in the text, and in the original.
    places: Vec<(usize, usize)>,
}

impl Unescaped {
    pub(super) fn new(content: &str) -> Self {
        let mut unescaped = Self { text: String::with_capacity(content.len()), places: Vec::new() };
        let mut rest = content;
        while let Some((plain, escape)) = rest.split_once('\\') {
            unescaped.text.push_str(plain);
            let (letter, length) = unescape(escape);
            unescaped.text.push(letter);
            rest = escape.get(length..).unwrap_or_default();
            unescaped.places.push((unescaped.text.len(), content.len() - rest.len()));
        }
        unescaped.text.push_str(rest);
        unescaped
    }

    /// An edit of the text as an edit of the original, in which the content starts at `start`.
    pub(super) fn outer(&self, edit: &Edit, start: usize) -> Edit {
        let mut text = String::new();
        push_escaped(&mut text, &edit.text, usize::MAX);
        Edit { range: start + self.place(edit.range.start)..start + self.place(edit.range.end), text }
    }

    fn place(&self, at: usize) -> usize {
        let before = self.places.partition_point(|(inner, _)| *inner <= at);
        match before.checked_sub(1).and_then(|last| self.places.get(last)) {
            Some((inner, outer)) => outer + (at - inner),
            None => at,
        }
    }
}

/// The letter that the text after a backslash stands for, and how much of that text it takes.
fn unescape(escape: &str) -> (char, usize) {
    match escape.chars().next() {
        Some('n') => ('\n', 1),
        Some('t') => ('\t', 1),
        Some('r') => ('\r', 1),
        Some('b') => ('\u{8}', 1),
        Some('f') => ('\u{c}', 1),
        Some('u') => unescape_unicode(escape),
        Some(letter) => (letter, letter.len_utf8()),
        None => ('\\', 0),
    }
}

/// `uHHHH`, or two of them that make up one letter.
fn unescape_unicode(escape: &str) -> (char, usize) {
    let unit = |from: usize| escape.get(from..from + 4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let Some(first) = unit(1) else { return ('u', 1) };
    let second = if escape.get(5..7) == Some("\\u") { unit(7) } else { None };
    match char::decode_utf16([Some(first), second].into_iter().flatten()).next() {
        Some(Ok(letter)) => (letter, if letter.len_utf16() == 2 { 11 } else { 5 }),
        _ => (char::REPLACEMENT_CHARACTER, 5),
    }
}
