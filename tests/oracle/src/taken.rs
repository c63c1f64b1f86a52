//! Which calls a request brings.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::spans;

/// The ids of the calls that have ended, in a request to a path. An error says what could not be read.
pub fn ids(path: &str, is_gzip: bool, body: &[u8]) -> Result<Vec<String>, String> {
    let mut unpacked = Vec::new();
    let body = if is_gzip {
        GzDecoder::new(body).read_to_end(&mut unpacked).map_err(|error| format!("not gzip: {error}"))?;
        &unpacked
    } else {
        body
    };
    if path.ends_with("/v1/traces") {
        return spans::ids(body).ok_or_else(|| "not a request of OTLP".to_owned());
    }
    let is_of_calls = path.ends_with("/calls/complete") || path.ends_with("/call/end");
    if !is_of_calls {
        return Ok(Vec::new());
    }
    let body: Value = serde_json::from_slice(body).map_err(|error| format!("not JSON: {error}"))?;
    let items = body["batch"].as_array().map_or_else(|| std::slice::from_ref(&body["end"]), Vec::as_slice);
    let id = |item: &Value| item["id"].as_str().map(str::to_owned).ok_or_else(|| format!("no id: {item}"));
    items.iter().map(id).collect()
}
