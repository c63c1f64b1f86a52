//! The source text of a function, for people to see what a version of it was.

use proc_macro2::{Delimiter, Group, TokenStream};

use crate::digest;
use crate::model::Instrumented;

/// The longest text that is kept, in bytes.
const LONGEST: usize = 64 * 1024;

/// The function as it was written, but for its docs: the signature by its tokens, parameters and body with their
/// comments and line breaks.
pub(crate) fn source(model: &Instrumented) -> String {
    let head = digest::without_docs(&model.head);
    let parts = [printed(&head), written(&model.params.group), gap(&model.tail), written(model.block())];
    shortened(parts.concat())
}

fn printed(tokens: &TokenStream) -> String {
    tokens.to_string()
}

/// What is between the parameters and the body, set off from both.
fn gap(tail: &TokenStream) -> String {
    let tail = printed(tail);
    if tail.is_empty() { " ".to_owned() } else { format!(" {tail} ") }
}

/// A group as it stands in its file. What a macro made has no such text, or that of the macro, with its variables.
fn written(group: &Group) -> String {
    let ends = match group.delimiter() {
        Delimiter::Parenthesis => ('(', ')'),
        _ => ('{', '}'),
    };
    let is_whole = |text: &String| text.starts_with(ends.0) && text.ends_with(ends.1) && !text.contains('$');
    group.span().source_text().filter(is_whole).unwrap_or_else(|| group.to_string())
}

fn shortened(text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    format!("{}… [cut: {} bytes]", &text[..end], text.len())
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::{LONGEST, source};
    use crate::check;
    use crate::kind::Kind;

    fn source_of(item: &str) -> String {
        source(&check(Kind::Op, TokenStream::new(), item.parse().unwrap()).unwrap())
    }

    #[test]
    fn a_body_is_kept_as_it_was_written() {
        let body = "{\n    // Twice.\n    n  + n /* not n * 2 */\n}";
        let text = source_of(&format!("/// Doubles.\n#[inline] pub fn double(n: u8) -> u8 {body}"));
        assert_eq!(text, format!("# [inline] pub fn double(n: u8) -> u8 {body}"));
    }

    #[test]
    fn a_function_without_output_has_one_space_before_its_body() {
        assert_eq!(source_of("fn f(\n    a: u8, // first\n) {}"), "fn f(\n    a: u8, // first\n) {}");
    }

    #[test]
    fn a_text_from_inside_a_macro_is_not_shown() {
        assert_eq!(source_of("fn f() { a . b ($c) }"), "fn f() { a . b ($ c) }");
    }

    #[test]
    fn a_long_text_is_cut_between_two_characters() {
        let text = source_of(&format!("fn f() {{ let x = \"{}\"; }}", "é".repeat(LONGEST)));
        assert!(text.len() < LONGEST + 40 && text.ends_with(" bytes]"), "{}", &text[text.len() - 40..]);
    }
}
