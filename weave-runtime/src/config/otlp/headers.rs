//! What is sent along with each request, which most often is a key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::Environment;
use crate::config::url::percent_decoded;
use crate::error::Error;
use crate::secret::Secret;

/// The first that is set: that for traces may belong to another backend than the one for everything.
const VARIABLES: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];

/// Those that say how the body is written, which only its writer knows.
const OURS: [&str; 5] = ["content-type", "content-encoding", "content-length", "transfer-encoding", "host"];

/// The headers of the builder and of the variables. Of two with one name the builder's stays, or the last.
pub(super) fn resolve(given: &[(String, Secret)], env: &Environment) -> Result<Vec<(String, Secret)>, Error> {
    let mut headers = Vec::new();
    let said = VARIABLES.into_iter().find_map(|variable| Some((variable, env.text(variable)?)));
    if let Some((variable, text)) = said {
        for (at, entry) in text.split(',').enumerate().filter(|(_, entry)| !entry.trim().is_empty()) {
            // Its text may be the key.
            let wrong = |what| Error::config(format!("{variable}: entry {} {what}", at + 1));
            let Some((name, value)) = entry.split_once('=') else {
                return Err(wrong("has no \"=\": expected name=value, separated by commas"));
            };
            let name = name.trim();
            if !is_name(name) {
                return Err(wrong("has no name that a header can have"));
            }
            let Some(value) = percent_decoded(value.trim()).filter(|value| is_value(value)) else {
                return Err(Error::config(format!(
                    "{variable}: the value of {name} has a character that a header cannot have"
                )));
            };
            put(&mut headers, name, Secret::new(value));
        }
    }
    for (name, value) in given {
        let wrong = |what| Error::config(format!("otlp_header: {what}"));
        if !is_name(name) {
            return Err(wrong("expected a name that a header can have".to_owned()));
        }
        if !is_value(value.expose()) {
            return Err(wrong(format!("the value of {name} has a character that a header cannot have")));
        }
        put(&mut headers, name, value.clone());
    }
    Ok(headers)
}

/// The header that says `user:password`.
pub(super) fn basic(userinfo: &str) -> (String, Secret) {
    let text = percent_decoded(userinfo).unwrap_or_else(|| userinfo.to_owned());
    ("authorization".to_owned(), Secret::new(format!("Basic {}", STANDARD.encode(text))))
}

fn put(headers: &mut Vec<(String, Secret)>, name: &str, value: Secret) {
    headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    if !OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name)) {
        headers.push((name.to_owned(), value));
    }
}

pub(in crate::config) fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(allowed)
}

pub(in crate::config) fn is_value(value: &str) -> bool {
    value.bytes().all(|byte| byte == b' ' || byte == b'\t' || byte.is_ascii_graphic())
}
