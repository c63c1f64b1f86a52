//! Makes any text fit for one line of a terminal: nothing that acts on it, no more columns than asked for.

use std::iter::Peekable;
use std::str::Chars;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// At most so many columns of `text`, escaped; `…` stands where something was cut.
///
/// A JSON string, array or object keeps its last character behind the `…`, so that one sees what it was.
pub(crate) fn clip(text: &str, columns: usize) -> String {
    let closing = closing(text).filter(|_| columns > 2);
    let room = columns.saturating_sub(1 + usize::from(closing.is_some()));
    // Marks that combine with the letter before have no width: without a second bound a text of them would have no end.
    let most_bytes = columns.saturating_mul(16);
    let (mut out, mut width, mut kept) = (String::new(), 0, 0);
    let mut chars = text.chars().peekable();
    while push_unit(&mut chars, &mut out, &mut width) {
        if width > columns || out.len() > most_bytes {
            out.truncate(kept);
            if columns > 0 {
                out.push('…');
            }
            out.extend(closing);
            return out;
        }
        if width <= room {
            kept = out.len();
        }
    }
    out
}

/// How many columns a terminal needs for a text without control characters.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

fn closing(text: &str) -> Option<char> {
    let last = text.chars().next_back()?;
    matches!((text.chars().next()?, last), ('"', '"') | ('[', ']') | ('{', '}')).then_some(last)
}

/// Appends the next character, or the next escape of JSON as a whole, so that none is cut in two. False at the end.
fn push_unit(chars: &mut Peekable<Chars<'_>>, out: &mut String, width: &mut usize) -> bool {
    let Some(first) = chars.next() else { return false };
    *width += push_escaped(first, out);
    if first == '\\'
        && let Some(second) = chars.next()
    {
        *width += push_escaped(second, out);
        if second == 'u' {
            let digits = std::iter::from_fn(|| chars.next_if(char::is_ascii_hexdigit));
            *width += digits.take(4).map(|digit| push_escaped(digit, out)).sum::<usize>();
        }
    }
    true
}

/// Appends a character, in the form of a JSON escape when it could act on a terminal. Returns its columns.
fn push_escaped(c: char, out: &mut String) -> usize {
    let before = out.len();
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if acts_on_terminal(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        c => {
            out.push(c);
            // This one asks for the wide picture instead of the narrow sign before it.
            return if c == '\u{fe0f}' { 1 } else { c.width().unwrap_or(0) };
        }
    }
    out.len() - before
}

/// Controls (escape codes begin with one), and the invisible characters that reorder, break or hide what is around them.
fn acts_on_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
