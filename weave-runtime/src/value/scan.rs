//! Looking for single bytes in text, eight at a time.
//!
//! A word of eight bytes is searched at once: `word ^ spread(b)` is zero in the bytes that equal `b`, and subtracting one
//! from each byte borrows into the high bit of exactly those. A borrow can spill into the byte above and mark it
//! wrongly, so only "is there any" and "where is the first" may be asked.

const WORD: usize = size_of::<u64>();
const HIGH: u64 = spread(0x80);

const fn spread(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; WORD])
}

/// Marks the bytes that JSON escapes: below 0x20, `"` and `\`.
#[inline]
const fn escapes(word: u64) -> u64 {
    // Flipping bit 1 moves `"` (0x22) to 0x20, next to the control characters, and 0x20 and 0x21 out of the way.
    let control_or_quote = (word ^ spread(0x02)).wrapping_sub(spread(0x21));
    let backslash = (word ^ spread(b'\\')).wrapping_sub(spread(1));
    (control_or_quote | backslash) & !word & HIGH
}

/// Marks `:`, `=` and `\`.
#[inline]
const fn separators(word: u64) -> u64 {
    let colon = (word ^ spread(b':')).wrapping_sub(spread(1));
    let equals = (word ^ spread(b'=')).wrapping_sub(spread(1));
    let backslash = (word ^ spread(b'\\')).wrapping_sub(spread(1));
    (colon | equals | backslash) & !word & HIGH
}

/// True when the text can stand in a JSON string as it is.
#[inline]
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // A tail is read together with what is before it: looking at a byte twice does no harm.
    let tail = match (bytes.last_chunk::<WORD>(), bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(last), _, _) => {
            let (words, _) = bytes.as_chunks::<WORD>();
            if words.iter().any(|word| escapes(u64::from_le_bytes(*word)) != 0) {
                return false;
            }
            u64::from_le_bytes(*last)
        }
        (_, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => match *bytes {
            [] => return true,
            [a] => pack(a, b' ', b' '),
            [a, b] => pack(a, b, b' '),
            [a, b, c, ..] => pack(a, b, c),
        },
    };
    escapes(tail) == 0
}

/// Three bytes as a word.
const fn pack(a: u8, b: u8, c: u8) -> u64 {
    u64::from_le_bytes([a, b, c, b' ', b' ', b' ', b' ', b' '])
}

/// The first byte at or after `from` that JSON escapes.
#[inline]
pub(super) fn find_escape(bytes: &[u8], from: usize) -> Option<usize> {
    find(bytes, from, escapes)
}

/// The first `:`, `=` or `\` at or after `from`.
#[inline]
pub(super) fn find_separator(bytes: &[u8], from: usize) -> Option<usize> {
    find(bytes, from, separators)
}

#[inline]
fn find(bytes: &[u8], from: usize, marks: impl Fn(u64) -> u64) -> Option<usize> {
    let (words, rest) = bytes.get(from..)?.as_chunks::<WORD>();
    let mut at = from;
    for word in words {
        let found = marks(u64::from_le_bytes(*word));
        if found != 0 {
            return Some(at + first(found));
        }
        at += WORD;
    }
    let found = marks(padded(rest));
    (found != 0).then(|| at + first(found))
}

/// Fewer than eight bytes as a word, filled with spaces, which nothing here looks for.
#[inline]
fn padded(rest: &[u8]) -> u64 {
    rest.iter().rev().fold(spread(b' '), |word, byte| word << 8 | u64::from(*byte))
}

#[inline]
fn first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn must_escape(byte: u8) -> bool {
        byte < 0x20 || byte == b'"' || byte == b'\\'
    }

    proptest! {
        #[test]
        fn escapes_are_found_where_a_look_at_each_byte_finds_them(text in r#"[a-z"\\\x00-\x24é本\u{80}-\u{ff}]{0,40}"#) {
            let expected = text.bytes().position(must_escape);
            prop_assert_eq!(find_escape(text.as_bytes(), 0), expected);
            prop_assert_eq!(is_plain(&text), expected.is_none());
        }

        #[test]
        fn separators_are_found_where_a_look_at_each_byte_finds_them(text in r"[:-=a\\é]{0,40}", from in 0_usize..50) {
            let expected = text.bytes().skip(from).position(|byte| b":=\\".contains(&byte)).map(|at| at + from);
            prop_assert_eq!(find_separator(text.as_bytes(), from), expected);
        }
    }

    #[test]
    fn each_single_byte_is_judged_alike_at_every_place_of_a_word() {
        for byte in 0..0x80_u8 {
            for (before, after) in [(0, 0), (0, 9), (3, 2), (7, 0), (8, 1), (12, 4)] {
                let text = format!("{}{}{}", "x".repeat(before), char::from(byte), "y".repeat(after));
                assert_eq!(is_plain(&text), !must_escape(byte), "byte {byte:#x} in {text:?}");
            }
        }
    }
}
