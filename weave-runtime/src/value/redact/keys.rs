//! Which keys are secret.

use crate::value::scan;

/// Secret when the whole key, or its part behind the last dot, is this, in lower case and without `-` and `_`.
const NAMES: [&str; 4] = ["authorization", "authheaders", "passwd", "privatekey"];

/// Secret when the key ends in this; the whole key may be just that.
const ENDINGS: [&str; 6] = ["apikey", "password", "secret", "accesstoken", "refreshtoken", "authtoken"];

/// The rules, and a quick look at the last two letters of a key.
#[derive(Debug)]
pub(super) struct Keys {
    rules: Vec<Rule>,
    /// For each last byte of a key, which bytes before it a rule asks for: a bit for each value of their lower five bits,
    /// which are the same in upper and lower case.
    endings: [u32; 256],
    /// Whether a rule has letters beyond ASCII, which JSON may hold as any `\u` escape.
    is_wide: bool,
}

#[derive(Debug)]
struct Rule {
    /// Backwards, since keys are found by what follows them.
    reversed: Vec<char>,
    is_ending: bool,
}

impl Keys {
    pub(super) fn new(extra: impl IntoIterator<Item = String>) -> Self {
        let rule = |name: &str, is_ending| Rule {
            reversed: name.chars().rev().filter(|c| !is_skipped(*c)).flat_map(lower).collect(),
            is_ending,
        };
        let mut rules: Vec<Rule> = NAMES.iter().map(|name| rule(name, false)).collect();
        rules.extend(ENDINGS.iter().map(|name| rule(name, true)));
        rules.extend(extra.into_iter().map(|name| rule(&name, false)).filter(|rule| !rule.reversed.is_empty()));

        let mut endings = [0; 256];
        for (byte, bits) in (0..=u8::MAX).zip(&mut endings) {
            *bits = rules.iter().fold(0, |bits, rule| bits | rule.bits_before(byte));
        }
        let is_wide = rules.iter().any(|rule| !rule.reversed.iter().all(char::is_ascii));
        Self { rules, endings, is_wide }
    }

    /// True when the whole of `key` is secret, or its last part where dots divide it, as in `http.request.header.authorization`.
    pub(super) fn is_secret(&self, key: &str) -> bool {
        self.ends_in_secret(key, |rest| {
            let before = rest.trim_end_matches(is_skipped);
            before.is_empty() || before.ends_with('.')
        })
    }

    /// True when the word that `text` ends in is a secret key.
    pub(super) fn is_secret_word(&self, text: &str) -> bool {
        self.ends_in_secret(text, |rest| {
            let mut before = rest.trim_end_matches(is_skipped).chars().rev();
            match before.next() {
                // The letter of an escape such as `\n` is no part of the word after it.
                Some('n' | 'r' | 't' | '0') if before.next() == Some('\\') => true,
                Some(letter) => !letter.is_alphanumeric(),
                None => true,
            }
        })
    }

    /// Whether any key of a text can be secret: a quick look that may say yes wrongly, but never no.
    ///
    /// Keys are found by the colon or equals sign behind them.
    pub(super) fn may_occur_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut from = 0;
        while let Some(at) = scan::find_separator(bytes, from) {
            let is_candidate = match bytes.get(at) {
                Some(b'\\') => self.is_escaped_letter(bytes.get(at + 1..).unwrap_or_default()),
                _ => self.may_end_in_secret(text, at),
            };
            if is_candidate {
                return true;
            }
            from = at + 1;
        }
        false
    }

    /// After a backslash: `u0041` and the like, which no writer needs for a plain letter.
    fn is_escaped_letter(&self, rest: &[u8]) -> bool {
        match rest {
            [b'u', b'0', b'0', b'2'..=b'7', ..] => true,
            [b'u', ..] => self.is_wide,
            _ => false,
        }
    }

    /// Whether the key before the separator at byte `end` can be secret.
    #[inline]
    pub(super) fn may_end_in_secret(&self, text: &str, end: usize) -> bool {
        let mut bytes = text.as_bytes().get(..end).unwrap_or_default();
        loop {
            bytes = match bytes {
                [rest @ .., b'\\', b'n' | b'r' | b't'] => rest,
                [rest @ .., b'"' | b'\'' | b'`' | b'\\' | b' ' | b'\t' | b'\n' | b'\r' | b'-' | b'_'] => rest,
                [rest @ .., last] => {
                    let bits = self.endings.get(usize::from(*last)).copied().unwrap_or_default();
                    let is_possible = match rest {
                        [.., b'-' | b'_'] => bits != 0,
                        [.., before] if before.is_ascii() => bits & bit(*before) != 0,
                        _ => bits != 0,
                    };
                    return is_possible
                        && text.get(..bytes.len()).is_some_and(|text| self.ends_in_secret(text, |_| true));
                }
                [] => return false,
            }
        }
    }

    /// Whether `text` ends in a rule; one that asks for the whole key leaves it to `is_start` to judge what is before.
    fn ends_in_secret(&self, text: &str, is_start: impl Fn(&str) -> bool) -> bool {
        self.rules.iter().any(|rule| rule.rest_before(text).is_some_and(|rest| rule.is_ending || is_start(rest)))
    }
}

impl Rule {
    /// The bits of the bytes that may stand before `last` at the end of a key.
    fn bits_before(&self, last: u8) -> u32 {
        match *self.reversed {
            [first, second, ..] if first.is_ascii() && second.is_ascii() => {
                let is_last = first.eq_ignore_ascii_case(&char::from(last));
                if is_last { u8::try_from(second).map_or(u32::MAX, bit) } else { 0 }
            }
            // Letters beyond ASCII have other bytes in upper case.
            [first, ..] if first.is_ascii() && !first.eq_ignore_ascii_case(&char::from(last)) => 0,
            [first, ..] if !first.is_ascii() && last.is_ascii() => 0,
            _ => u32::MAX,
        }
    }

    /// What is before the rule when `text` ends in it.
    #[inline]
    fn rest_before<'a>(&self, text: &'a str) -> Option<&'a str> {
        let mut rest = text.as_bytes();
        for expected in &self.reversed {
            while let [before @ .., b'-' | b'_'] = rest {
                rest = before;
            }
            match rest {
                [before @ .., byte] if char::from(byte.to_ascii_lowercase()) == *expected => rest = before,
                [.., byte] if !byte.is_ascii() => return self.wide_rest_before(text),
                _ => return None,
            }
        }
        text.get(..rest.len())
    }

    /// The same for text that is not ASCII, whose letters may change their length with their case.
    #[cold]
    fn wide_rest_before<'a>(&self, text: &'a str) -> Option<&'a str> {
        let mut chars = text.chars();
        let mut expected = self.reversed.iter();
        while !expected.as_slice().is_empty() {
            let letter = chars.next_back()?;
            if !is_skipped(letter) && !lower(letter).all(|letter| expected.next() == Some(&letter)) {
                return None;
            }
        }
        Some(chars.as_str())
    }
}

fn bit(byte: u8) -> u32 {
    1 << (byte & 31)
}

fn is_skipped(letter: char) -> bool {
    matches!(letter, '-' | '_')
}

/// The lower case of a letter, backwards.
fn lower(letter: char) -> std::iter::Rev<std::char::ToLowercase> {
    letter.to_lowercase().rev()
}
