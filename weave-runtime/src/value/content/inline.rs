//! Content where a format wants plain base64: a reference all the same where the bytes travel beside the JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::Content;
use super::form::NAME;

/// Content as a string of base64, for all but our own serialiser.
pub(crate) struct Inline<'a>(pub(crate) &'a Content);

impl Serialize for Inline<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NAME, &Form(self.0))
    }
}

struct Form<'a>(&'a Content);

impl Serialize for Form<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if super::taken::has_offer() {
            super::form::Form(self.0).serialize(serializer)
        } else {
            serializer.serialize_str(&STANDARD.encode(self.0.bytes()))
        }
    }
}

impl Inline<'_> {
    /// What either form stands for.
    pub(crate) fn read(value: &Value, mime_type: Option<&str>) -> Option<Content> {
        match value {
            Value::String(base64) => Content::from_base64(base64, mime_type.unwrap_or(super::media::UNKNOWN)).ok(),
            other => Content::deserialize(other.clone()).ok(),
        }
    }
}
