//! Objects and files of Weave as items: what is written of them, and what the sender reads again.

use serde_json::Value;

use super::digest;
use crate::remote::{Item, Route};

/// A file as an item: its name, its media type and its digest in a line of their own, then its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) mime_type: &'a str,
    pub(super) digest: &'a str,
    pub(super) bytes: &'a [u8],
}

impl<'a> File<'a> {
    pub(super) fn item(&self) -> Item {
        let Self { name, mime_type, digest, bytes } = self;
        let head = format!("{}\t{}\t{digest}\n", plain(name), plain(mime_type));
        Item { route: Route::Files, trace: None, call: None, body: [head.as_bytes(), bytes].concat() }
    }

    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let (head, bytes) = split(body)?;
        let mut fields = head.split('\t');
        let (name, mime_type, digest) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Self { name, mime_type, digest, bytes })
    }
}

/// An object as an item: its id and its digest in a line of their own, then its value as JSON.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'a> {
    pub(super) id: &'a str,
    pub(super) digest: &'a str,
    pub(super) value: &'a str,
}

impl<'a> Object<'a> {
    /// The item, and the digest of the object, which must have no references in it.
    pub(super) fn item(id: &str, value: &Value) -> (Item, String) {
        let digest = digest::of_object(value);
        let body = format!("{id}\t{digest}\n{value}").into_bytes();
        (Item { route: Route::Ops, trace: None, call: None, body }, digest)
    }

    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let (head, value) = split(body)?;
        let (id, digest) = head.split_once('\t')?;
        Some(Self { id, digest, value: std::str::from_utf8(value).ok()? })
    }
}

/// The first line, and the rest.
pub(super) fn split(body: &[u8]) -> Option<(&str, &[u8])> {
    let end = body.iter().position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(body.get(..end)?).ok()?, body.get(end + 1..)?))
}

/// A text that fits into a line, and into a header.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '"' { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let file = File { name: "a\t\"b\".txt", mime_type: "text/plain", digest: "d", bytes: b"x\ny" };
        let item = file.item();
        let File { name, mime_type, digest, bytes } = File::read(&item.body).unwrap();
        assert_eq!((name, mime_type, digest, bytes), ("a__b_.txt", "text/plain", "d", &b"x\ny"[..]));
    }

    #[test]
    fn an_object_is_read_as_it_was_written() {
        let (item, digest) = Object::item("f", &json!({ "a": 1 }));
        let object = Object::read(&item.body).unwrap();
        assert_eq!((object.id, object.digest, object.value), ("f", digest.as_str(), r#"{"a":1}"#));
    }
}
