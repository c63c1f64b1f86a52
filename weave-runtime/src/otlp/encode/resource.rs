//! What is true of all spans of a process.

use serde_json::Value;

use super::attribute::attribute;
use super::proto::Open;
use crate::span::Scalar;

/// `ResourceSpans.resource`, `Resource.attributes`.
const RESOURCE: u32 = 1;
const ATTRIBUTES: u32 = 1;

/// The resource of a request: the bytes of the field of `ResourceSpans`. Null says nothing, and objects are told as JSON.
pub(crate) fn resource(attributes: &[(String, Value)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let open = Open::new(&mut bytes, RESOURCE, 2);
    for (key, value) in attributes {
        let json = || value.is_object().then(|| Scalar::from(value.to_string()));
        if let Some(value) = Scalar::of(value).or_else(json) {
            attribute(&mut bytes, ATTRIBUTES, key, &value);
        }
    }
    open.close(&mut bytes);
    bytes
}
