//! The parts of a data URL, as RFC 2397 has them.

use std::borrow::Cow;

/// What a data URL is made of, when it is one.
pub(super) struct DataUrl<'a> {
    pub(super) mime_type: Cow<'a, str>,
    pub(super) is_base64: bool,
    /// As it stands in the URL.
    pub(super) data: &'a str,
}

impl<'a> DataUrl<'a> {
    pub(super) fn read(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once(':')?;
        let (head, data) = rest.split_once(',').filter(|_| scheme.eq_ignore_ascii_case("data"))?;
        let base64_at = head.len().checked_sub(";base64".len());
        let bare =
            base64_at.and_then(|at| head.split_at_checked(at)).filter(|(_, end)| end.eq_ignore_ascii_case(";base64"));
        let mime_type = bare.map_or(head, |(bare, _)| bare);
        let mime_type = match mime_type {
            "" => Cow::Borrowed("text/plain"),
            parameters if parameters.starts_with(';') => Cow::Owned(format!("text/plain{parameters}")),
            whole => Cow::Borrowed(whole),
        };
        Some(Self { mime_type, is_base64: bare.is_some(), data })
    }
}

/// The bytes of text in which `%` and two digits stand for one; any other `%` for itself.
pub(super) fn percent_decoded(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let escaped = match rest {
            [b'%', high, low, ..] => digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        decoded.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { rest.get(3..).unwrap_or_default() } else { after };
    }
    decoded
}
