//! What a server says is wrong, out of the bodies in which servers say it.

use serde_json::Value;

use super::fields::{Field, fields};

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
    let reason = plain(&reason);
    (!reason.is_empty()).then_some(reason)
}

/// What somebody else says, on one line that is not too long and does nothing to a terminal.
pub(crate) fn plain(text: &str) -> String {
    let visible: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    cut(&visible.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a body is HTML.
pub(super) fn is_page(body: &[u8]) -> bool {
    let starts_with = |start: &str| {
        body.trim_ascii_start().get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start.as_bytes()))
    };
    starts_with("<!doctype") || starts_with("<html")
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

/// The message of a `google.rpc.Status`: its second field, after its code.
fn in_status(body: &[u8]) -> Option<String> {
    let fields = fields(body)?;
    let is_status = fields.iter().all(|field| matches!(field, Field::Number(1, _) | Field::Bytes(2 | 3, _)));
    let message = fields.iter().find_map(|field| match field {
        Field::Bytes(2, text) => std::str::from_utf8(text).ok(),
        _ => None,
    });
    message.filter(|_| is_status).map(str::to_owned)
}

/// The first line with something on it. A page of HTML has its words in the title.
fn in_text(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title>").and_then(|at| {
        let from = at + "<title>".len();
        text.get(from..from + lower.get(from..)?.find("</title>")?)
    });
    let line = if is_page(body) { title } else { text.lines().map(str::trim).find(|line| !line.is_empty()) };
    line.map(str::to_owned)
}
