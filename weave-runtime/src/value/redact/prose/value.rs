//! Where the value of a key ends, in text without a grammar. In doubt it is taken to go on.

use std::ops::Range;

use super::{Scope, Style};

/// What is to be replaced.
pub(super) struct Found {
    pub(super) range: Range<usize>,
    /// True when the range is what the quotes enclose.
    pub(super) is_quoted: bool,
}

/// How the mark of a cut begins.
const CUT_MARK: &str = "… [cut: kept ";

/// Words before the credential itself in an authorization header.
const SCHEMES: [&str; 6] = ["bearer", "basic", "digest", "token", "negotiate", "apikey"];

/// The value that starts at byte `from`, blanks aside.
pub(super) fn find(text: &str, from: usize, scope: &Scope) -> Option<Found> {
    let bytes = text.as_bytes();
    let mut start = skip(bytes, from, b" \t");
    if matches!(bytes.get(start), Some(b'\n' | b'\r')) {
        start = skip(bytes, start, b" \t\r\n");
        // On the next line it is a value only if it cannot be the next key.
        if !matches!(bytes.get(start), Some(b'"' | b'\'' | b'{' | b'[' | b'(')) {
            return None;
        }
    }
    if let Some(open) = quote_at(bytes, start) {
        let content = open.end;
        let end = closing_quote(bytes, &open).map_or_else(|| without_cut_mark(text, content), |close| close.start);
        return Some(Found { range: content..end, is_quoted: true });
    }
    let end = match scope.style {
        Style::Field => field_end(text, start, scope),
        Style::Word => word_end(text, start, scope),
    };
    let value = text.get(start..end)?.trim_end();
    (!value.is_empty()).then(|| Found { range: start..start + value.len(), is_quoted: false })
}

/// The end of a field: of its line, or where what is around it closes.
fn field_end(text: &str, start: usize, scope: &Scope) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' | b'\r' => return at,
            b'{' | b'[' | b'(' => {
                at = group_end(bytes, at).unwrap_or_else(|| without_cut_mark(text, at));
                continue;
            }
            b'}' | b']' | b')' if scope.is_in_brackets => return at,
            b',' if scope.is_in_brackets || is_before_key(bytes, at + 1) => return at,
            b';' if is_before_key(bytes, at + 1) => return at,
            b'\\' if scope.is_in_quotes && matches!(bytes.get(at + 1), Some(b'n' | b'r')) => return at,
            b'"' | b'\\' => {
                if let Some(open) = quote_at(bytes, at) {
                    if scope.is_in_quotes && !is_attached(bytes, start, at) {
                        return at;
                    }
                    at = closing_quote(bytes, &open).map_or(open.end, |close| close.end);
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    without_cut_mark(text, start)
}

/// The end of a word, with a second one where the first is the scheme of a credential.
fn word_end(text: &str, start: usize, scope: &Scope) -> usize {
    let end = one_word_end(text, start, scope);
    let word = text.get(start..end).unwrap_or_default();
    let is_scheme = SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme));
    match text.as_bytes().get(end) {
        Some(b' ') if is_scheme => one_word_end(text, end + 1, scope),
        _ => end,
    }
}

fn one_word_end(text: &str, start: usize, scope: &Scope) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'&' | b',' | b';' => return at,
            b'}' | b']' | b')' if scope.is_in_brackets => return at,
            b'"' if scope.is_in_quotes && !is_attached(bytes, start, at) => return at,
            b'\\' if scope.is_in_quotes && matches!(bytes.get(at + 1), Some(b'n' | b'r' | b'"')) => return at,
            b'{' | b'[' | b'(' => {
                at = group_end(bytes, at).unwrap_or_else(|| without_cut_mark(text, at));
                continue;
            }
            b'"' => {
                at = closing_quote(bytes, &(at..at + 1)).map_or(at + 1, |close| close.end);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    without_cut_mark(text, start)
}

/// True for the quote in `b"..` at the start of a value, and in `realm="..`.
fn is_attached(bytes: &[u8], start: usize, quote: usize) -> bool {
    let before = bytes.get(start..quote).unwrap_or_default();
    before.ends_with(b"=")
        || (!before.is_empty() && before.len() <= 3 && before.iter().all(|byte| b"brcu#&".contains(byte)))
}

/// True when a key and a colon are next, so that the value before has ended.
fn is_before_key(bytes: &[u8], from: usize) -> bool {
    let start = skip(bytes, from, b" \t\\\"'");
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let length = bytes.iter().skip(start).take(64).take_while(|byte| is_letter(byte)).count();
    length > 0 && bytes.get(skip(bytes, start + length, b" \t\\\"'")) == Some(&b':')
}

/// The end of the brackets that open at `open`, those in strings left out; `None` if they do not close.
fn group_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = open;
    loop {
        match bytes.get(at)? {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'"' | b'\\' => {
                if let Some(quote) = quote_at(bytes, at).filter(|quote| bytes.get(quote.end - 1) == Some(&b'"')) {
                    at = closing_quote(bytes, &quote)?.end;
                    continue;
                }
            }
            b'\''
                if at
                    .checked_sub(1)
                    .and_then(|before| bytes.get(before))
                    .is_some_and(|byte| b" [({,:=".contains(byte)) =>
            {
                at = closing_quote(bytes, &(at..at + 1)).map_or(at + 1, |close| close.end);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// The quote at `at`, with the backslashes before it.
fn quote_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let quote = skip(bytes, at, b"\\");
    matches!(bytes.get(quote), Some(b'"' | b'\'' | b'`')).then_some(at..quote + 1)
}

/// The quote that closes what `open` opens.
///
/// With `n` backslashes on each quote, a quote inside has `2n + 1`, and a backslash inside is written as `2(n + 1)`. So the
/// closing one has `n` and any multiple of `2(n + 1)`.
fn closing_quote(bytes: &[u8], open: &Range<usize>) -> Option<Range<usize>> {
    let slashes = open.len() - 1;
    let mark = bytes.get(open.end - 1)?;
    let mut run = 0;
    for (at, byte) in bytes.iter().enumerate().skip(open.end) {
        if byte == mark && run >= slashes && (run - slashes).is_multiple_of(2 * (slashes + 1)) {
            return Some(at - slashes..at + 1);
        }
        run = if *byte == b'\\' { run + 1 } else { 0 };
    }
    None
}

/// The end of text that ends inside a value, which may be because it was cut there.
fn without_cut_mark(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.rfind(CUT_MARK).filter(|_| rest.ends_with(']')).unwrap_or(rest.len())
}

fn skip(bytes: &[u8], from: usize, skipped: &[u8]) -> usize {
    from + bytes.iter().skip(from).take_while(|byte| skipped.contains(byte)).count()
}
