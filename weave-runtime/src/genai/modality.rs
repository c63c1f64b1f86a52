//! What kind of media something is.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What kind of media a part of a message is. Any text may be one; the usual ones have a name.
///
/// ```
/// use weave::Modality;
///
/// assert_eq!(Modality::of_mime_type("image/png"), Modality::Image);
/// assert_eq!(Modality::of_mime_type("application/pdf").as_str(), "document");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Modality {
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// Any other.
    Other(Cow<'static, str>),
}

impl Modality {
    /// The kind of a media type: the part before the slash where that is a kind, `document` for those of documents, else
    /// `unknown`.
    #[must_use]
    pub fn of_mime_type(mime_type: &str) -> Self {
        match mime_type.split('/').next().unwrap_or_default() {
            "image" => Self::Image,
            "audio" => Self::Audio,
            "video" => Self::Video,
            _ if mime_type == "application/pdf" => Self::Other(Cow::Borrowed("document")),
            _ => Self::Other(Cow::Borrowed("unknown")),
        }
    }

    /// The kind as the GenAI conventions spell it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for Modality {
    fn from(name: &str) -> Self {
        match name {
            "image" => Self::Image,
            "audio" => Self::Audio,
            "video" => Self::Video,
            _ => Self::Other(Cow::Owned(name.to_owned())),
        }
    }
}

impl fmt::Display for Modality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Modality {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Modality {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(String::deserialize(deserializer)?.as_str()))
    }
}
