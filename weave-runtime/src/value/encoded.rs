//! Strings that are bytes in disguise: long base64, alone or in a data URL.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::blob::Blob;
use super::content::media;
use super::mark::Card;
use super::{BASE64_KEY, scan, taken};

/// Strings from this length on, in bytes, are kept as the bytes that they stand for.
pub(crate) const LONG: usize = 64 << 10;

/// The longest beginning of a data URL.
const LONGEST_BEFORE: usize = 256;

/// A string that is base64 which says the same bytes in no other way, so that it can be made again from them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encoded<'a> {
    /// What stands before the base64: nothing, or the beginning of a data URL.
    pub(crate) before: &'a str,
    base64: &'a str,
}

impl<'a> Encoded<'a> {
    /// Recognises a string by looking at each of its bytes once.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let (before, base64) = match text.strip_prefix("data:") {
            Some(_) => {
                let window = super::text::prefix(text, LONGEST_BEFORE);
                let end = window.find(',')? + 1;
                let (before, base64) = text.split_at_checked(end)?;
                let is_plain = before.is_ascii() && scan::is_plain(before);
                (Some(before).filter(|before| is_plain && before.ends_with(";base64,"))?, base64)
            }
            None => ("", text),
        };
        let is_bytes = !before.is_empty() || is_varied(base64);
        (is_bytes && is_canonical(base64)).then_some(Self { before, base64 })
    }

    /// How many bytes it stands for.
    pub(crate) fn size(self) -> usize {
        let padding = self.base64.bytes().rev().take(2).filter(|byte| *byte == b'=').count();
        self.base64.len() / 4 * 3 - padding
    }

    pub(crate) fn decode(self) -> Option<Blob> {
        STANDARD.decode(self.base64).ok().map(Blob::new)
    }

    /// What is said of it in its place.
    pub(crate) fn card(self, blob: &Blob) -> Card<'a> {
        let named = self.before.strip_prefix("data:").and_then(|before| before.split(';').next());
        let mime_type = named.filter(|name| !name.is_empty()).or_else(|| media::of_bytes(blob.bytes()));
        Card {
            mime_type: mime_type.map(Into::into),
            size: Some(blob.bytes().len() as u64),
            digest: Some(blob.digest().to_string().into()),
            before: (!self.before.is_empty()).then(|| self.before.into()),
            ..Card::default()
        }
    }
}

/// The string of a card, as JSON.
pub(crate) fn restore(card: &Card<'_>, blob: &Blob) -> String {
    let before = card.before.as_deref().unwrap_or_default();
    let mut text = String::with_capacity(2 + before.len() + blob.bytes().len().div_ceil(3) * 4);
    text.push('"');
    text.push_str(before);
    STANDARD.encode_string(blob.bytes(), &mut text);
    text.push('"');
    text
}

/// Holds a string that is too long to stand in the JSON, if it is of this kind. Returns what stands there instead.
pub(super) fn hold(text: &str, most: usize) -> Option<String> {
    if text.len() / 4 > most.div_ceil(3) {
        // To be cut like any other text, without being looked through first.
        return None;
    }
    let size = Encoded::read(text)?.size();
    let held = taken::hold_base64(text, size)?;
    Some(Card { held: Some(held), size: Some(size as u64), ..Card::default() }.object(BASE64_KEY))
}

/// Replaces the long ones among the string values of a JSON text; `None` when there are none. The blobs are given to
/// `keep`.
pub(crate) fn take_out(json: &str, mut keep: impl FnMut(Blob)) -> Option<String> {
    let (mut out, mut done) = (String::new(), 0);
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(open) = find_quote(bytes, at) {
        let close = string_end(bytes, open + 1)?;
        at = close + 1;
        let is_long = close - open > LONG && bytes.get(at) != Some(&b':');
        let Some(encoded) = is_long.then(|| json.get(open + 1..close)).flatten().and_then(Encoded::read) else {
            continue;
        };
        let Some(blob) = encoded.decode() else { continue };
        out.push_str(json.get(done..open)?);
        out.push_str(&encoded.card(&blob).object(BASE64_KEY));
        done = at;
        keep(blob);
    }
    if done == 0 {
        return None;
    }
    out.push_str(json.get(done..)?);
    Some(out)
}

/// The next quote outside of strings, where blanks may be between.
fn find_quote(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = scan::find_escape(bytes, from)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The closing quote of the string whose content starts at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = scan::find_escape(bytes, at)?;
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Whether there is no other base64 of the same bytes: the standard alphabet, padded, and nothing in the bits left over.
fn is_canonical(base64: &str) -> bool {
    let Some((groups, last)) = base64.len().checked_sub(4).and_then(|at| base64.split_at_checked(at)) else {
        return false;
    };
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    base64.len().is_multiple_of(4) && groups.as_bytes().iter().all(is_digit) && STANDARD.decode(last).is_ok()
}

/// Whether it has capital and small letters and digits. Text without them is base64 by its alphabet only, as a line of
/// `x` would be.
fn is_varied(base64: &str) -> bool {
    let has = |is: fn(&u8) -> bool| base64.as_bytes().iter().any(is);
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests;
