//! Values that are more than JSON, in the form in which Weave knows them.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Value, json};

use super::digest;
use super::object::File;
use crate::record::{CallRecord, Timestamp, rfc3339};
use crate::remote::Item;
use crate::value::{Card, Digest, Mark, UNKNOWN_TYPE, extension_of, may_have_marks, replace_marks};

/// As many files are remembered as sent.
const REMEMBERED: usize = 10_000;

/// The members of what serde makes of a `SystemTime`, in this order, or by name where it was reshaped since.
const SECONDS: &str = "\"secs_since_epoch\":";
const NANOS: &str = "\"nanos_since_epoch\":";

/// Writes values, and the files that they refer to.
#[derive(Default)]
pub(super) struct Values {
    sent: HashSet<String>,
}

impl Values {
    /// The JSON of a call in Weave's words. Files that it names and that were not sent by this process are added to the items.
    pub(super) fn write<'a>(&mut self, call: &CallRecord, json: &'a str, items: &mut Vec<Item>) -> Cow<'a, str> {
        let mut json = Cow::Borrowed(json);
        if may_have_marks(&json) {
            let marked = replace_marks(&json, |mark| match mark {
                Mark::Markdown(text) => Some(markdown(text).to_string()),
                Mark::Content(card) => self.content(call, card, items).map(|value| value.to_string()),
                Mark::Base64(_) => None,
            });
            json = marked.map_or(json, Cow::Owned);
        }
        if json.contains(SECONDS) {
            json = times(&json).map_or(json, Cow::Owned);
        }
        json
    }

    /// Content, if its bytes are there.
    fn content(&mut self, call: &CallRecord, card: &Card<'_>, items: &mut Vec<Item>) -> Option<Value> {
        let blob = call.blob(&Digest::parse(card.digest.as_deref()?)?)?;
        let mime_type = card.mime_type.as_deref().unwrap_or(UNKNOWN_TYPE);
        Some(self.object(&blob.digest(), blob.bytes(), mime_type, card.filename.as_deref(), items))
    }

    /// Bytes as the object that stands for them.
    pub(super) fn object(
        &mut self,
        digest: &Digest,
        bytes: &[u8],
        mime_type: &str,
        filename: Option<&str>,
        items: &mut Vec<Item>,
    ) -> Value {
        let metadata = metadata(digest, bytes.len(), mime_type, filename).to_string();
        let content = digest::of_sha256(&digest.0);
        let about = digest::of_bytes(metadata.as_bytes());
        for (name, mime_type, digest, bytes) in [
            ("content", "application/octet-stream", &content, bytes),
            ("metadata.json", "application/json", &about, metadata.as_bytes()),
        ] {
            if self.sent.len() >= REMEMBERED {
                self.sent.clear();
            }
            if self.sent.insert(digest.clone()) {
                items.push(File { name, mime_type, digest, bytes }.item());
            }
        }
        json!({
            "_type": "CustomWeaveType",
            "weave_type": { "type": "weave.type_wrappers.Content.content.Content" },
            "files": { "content": content, "metadata.json": about },
        })
    }
}

fn markdown(text: &str) -> Value {
    json!({
        "_type": "CustomWeaveType",
        "weave_type": { "type": "rich.markdown.Markdown" },
        "val": { "markup": text, "code_theme": "monokai" },
    })
}

/// What the Python SDK needs to make a `Content` of the bytes again.
fn metadata(digest: &Digest, size: usize, mime_type: &str, filename: Option<&str>) -> Value {
    let digest = digest.to_string();
    let of_name = filename.and_then(|name| Some(name.rsplit_once('.')?.1));
    let extension = of_name.or_else(|| extension_of(mime_type)).map(|extension| format!(".{extension}"));
    let extension = extension.unwrap_or_default();
    let filename = filename.map_or_else(
        || {
            let (family, start) =
                (mime_type.split('/').next().unwrap_or_default(), digest.get(..4).unwrap_or_default());
            format!("{family}-{start}{extension}")
        },
        str::to_owned,
    );
    json!({
        "size": size,
        "mimetype": mime_type,
        "digest": digest,
        "filename": filename,
        "content_type": "bytes",
        "input_type": "bytes",
        "encoding": "utf-8",
        "metadata": null,
        "extension": extension,
    })
}

/// The JSON with each `SystemTime` as a date and time; `None` when it has none.
fn times(json: &str) -> Option<String> {
    let (mut out, mut done, mut from) = (String::new(), 0, 0);
    // An unescaped quote right after a brace stands in no string: an object begins there.
    while let Some(at) = json.get(from..)?.find("{\"").map(|found| from + found) {
        from = at + 1;
        let Some((nanos, length)) = time(json.get(from..)?) else { continue };
        let time = json!({
            "_type": "CustomWeaveType",
            "weave_type": { "type": "datetime.datetime" },
            "val": rfc3339(Timestamp(nanos)).replace('Z', "+00:00"),
        });
        out.push_str(json.get(done..at)?);
        out.push_str(&time.to_string());
        (done, from) = (from + length, from + length);
    }
    if done == 0 {
        return None;
    }
    out.push_str(json.get(done..)?);
    Some(out)
}

/// Nanoseconds since the epoch from the text after the brace that opens a time, and how long that is with the one that closes it.
fn time(text: &str) -> Option<(i64, usize)> {
    if !text.starts_with(SECONDS) && !text.starts_with(NANOS) {
        return None;
    }
    let end = text.find('}')?;
    let (one, other) = text.get(..end)?.split_once(',')?;
    let (seconds, nanos) = if one.starts_with(SECONDS) { (one, other) } else { (other, one) };
    let seconds: i64 = seconds.strip_prefix(SECONDS)?.parse().ok()?;
    let nanos: i64 = nanos.strip_prefix(NANOS)?.parse().ok().filter(|nanos| (0..1_000_000_000).contains(nanos))?;
    Some((seconds.checked_mul(1_000_000_000)?.checked_add(nanos)?, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_datetime_at_any_depth() {
        for json in [
            r#"{"at":{"secs_since_epoch":1577934245,"nanos_since_epoch":5000},"n":[1]}"#,
            r#"{"at":{"nanos_since_epoch":5000,"secs_since_epoch":1577934245},"n":[1]}"#,
        ] {
            let written: Value = serde_json::from_str(&times(json).unwrap()).unwrap();
            assert_eq!(
                written,
                json!({
                    "at": {
                        "_type": "CustomWeaveType",
                        "weave_type": { "type": "datetime.datetime" },
                        "val": "2020-01-02T03:04:05.000005+00:00",
                    },
                    "n": [1],
                })
            );
        }
    }

    #[test]
    fn what_only_begins_like_a_time_stays() {
        for json in [
            r#"{"secs_since_epoch":1}"#,
            r#"{"secs_since_epoch":1,"nanos_since_epoch":2,"x":3}"#,
            r#"{"secs_since_epoch":1,"nanos_since_epoch":1000000000}"#,
            r#"{"secs_since_epoch":99999999999999,"nanos_since_epoch":0}"#,
            r#"{"secs_since_epoch":"#,
        ] {
            assert_eq!(times(json), None, "{json}");
        }
    }

    #[test]
    fn content_says_how_python_is_to_read_it() {
        let digest = Digest([0xb1; 32]);
        let about = metadata(&digest, 3, "text/plain", None);
        assert_eq!((&about["filename"], &about["extension"]), (&json!("text-b1b1.txt"), &json!(".txt")));
        let about = metadata(&digest, 3, "text/plain", Some("a.rs"));
        assert_eq!((&about["filename"], &about["extension"]), (&json!("a.rs"), &json!(".rs")));
    }
}
