//! Text that is Markdown, and is recorded as such.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::MARKDOWN_KEY;

/// Text that is Markdown: wherever it stands in a recorded value it keeps that it is, so that a viewer can render it.
///
/// Around a `&str`, a `String` or any other text. As JSON it is `{"weave.markdown": ".."}`; from JSON a plain string will do,
/// too. Trees show the text alone.
///
/// ```
/// use weave::Markdown;
///
/// #[weave::op]
/// fn report(title: &str) -> Markdown {
///     Markdown::new(format!("# {title}"))
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| report("Rome"));
///
/// let call = &recorder.calls()[0];
/// assert_eq!(call.output_json(), Some(r##"{"weave.markdown":"# Rome"}"##));
/// assert_eq!(call.output::<Markdown>()?, Markdown("# Rome".to_owned()));
/// assert_eq!(recorder.tree().outline(), r##"report(title: "Rome") -> "# Rome""##);
/// # Ok::<(), weave::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Markdown<T = String>(pub T);

impl Markdown {
    /// Markdown that owns its text. What is borrowed for a while needs no copy: `Markdown(text)`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl<T: AsRef<str>> Markdown<T> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }
}

impl<T: AsRef<str>> AsRef<str> for Markdown<T> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Markdown {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Markdown {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// The text as it is.
impl<T: fmt::Display> fmt::Display for Markdown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: AsRef<str>> Serialize for Markdown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut marked = serializer.serialize_struct("Markdown", 1)?;
        marked.serialize_field(MARKDOWN_KEY, self.as_str())?;
        marked.end()
    }
}

impl<'de, T: From<String>> Deserialize<'de> for Markdown<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Marked).map(|text| Self(text.into()))
    }
}

struct Marked;

impl<'de> Visitor<'de> for Marked {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the text under {MARKDOWN_KEY:?}, or a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == MARKDOWN_KEY {
                let text = map.next_value()?;
                while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
                return Ok(text);
            }
            map.next_value::<serde::de::IgnoredAny>()?;
        }
        Err(A::Error::custom(format_args!("the key {MARKDOWN_KEY:?} is missing")))
    }
}
