//! What a server says is wrong, out of the bodies in which servers say it.

use serde_json::Value;

/// Characters of it that are shown.
const LONGEST: usize = 300;

/// Under these keys, in this order.
const KEYS: [&str; 6] = ["message", "error", "detail", "reason", "errors", "error_message"];

/// The reason in a body of JSON, of a `google.rpc.Status`, or of text.
pub(super) fn found(body: &[u8]) -> Option<String> {
    let reason = match serde_json::from_slice::<Value>(body) {
        Ok(value) => in_json(&value)?,
        Err(_) => in_status(body).or_else(|| in_text(body))?,
    };
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    (!reason.is_empty()).then(|| cut(&reason))
}

/// What a status is called, where the body says nothing.
pub(super) fn phrase(status: u16) -> Option<&'static str> {
    ureq::http::StatusCode::from_u16(status).ok()?.canonical_reason()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}..", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn in_json(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(object) => KEYS.iter().find_map(|key| in_json(object.get(*key)?)).or_else(|| {
            // FastAPI: what is wrong, and where.
            let message = object.get("msg")?.as_str()?;
            let place = object.get("loc").and_then(Value::as_array).map(|place| {
                place
                    .iter()
                    .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
                    .collect::<Vec<_>>()
            });
            Some(place.map_or_else(|| message.to_owned(), |place| format!("{}: {message}", place.join("."))))
        }),
        Value::Array(items) => {
            let reasons: Vec<String> = items.iter().filter_map(in_json).collect();
            (!reasons.is_empty()).then(|| reasons.join("; "))
        }
        _ => None,
    }
}

/// The message of a `google.rpc.Status`: its second field.
fn in_status(body: &[u8]) -> Option<String> {
    let mut rest = body;
    let mut message = None;
    while let Some((&key, after)) = rest.split_first() {
        let (number, after) = varint(after)?;
        rest = match key {
            0x08 => after,
            0x12 | 0x1A => {
                let (text, after) = after.split_at_checked(usize::try_from(number).ok()?)?;
                if key == 0x12 {
                    message = Some(std::str::from_utf8(text).ok()?.to_owned());
                }
                after
            }
            _ => return None,
        };
    }
    message
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (at, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7F).checked_shl(u32::try_from(at).ok()? * 7)?;
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(at + 1..)?));
        }
    }
    None
}

/// The first line with something on it. A page of HTML has its words in the title.
fn in_text(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title>").and_then(|at| {
        let from = at + "<title>".len();
        text.get(from..from + lower.get(from..)?.find("</title>")?)
    });
    let is_page = lower.trim_start().starts_with("<!doctype") || lower.trim_start().starts_with("<html");
    let line = if is_page { title } else { text.lines().map(str::trim).find(|line| !line.is_empty()) };
    line.map(|line| line.chars().filter(|letter| !letter.is_control()).collect())
}
