//! The bytes beside the JSON of a record, and the JSON with them.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;

use super::{CallRecord, Text, decode};
use crate::error::Error;
use crate::genai::Facts;
use crate::value::{
    Blob, CONTENT_KEY, Card, Content, Digest, Lookup, Mark, each_mark, may_have_marks, reading, replace_marks, restore,
};

/// What the marks in the JSON of one record stand for: at hand, or somewhere to be read from when it is asked for, so that a
/// list of records stays small.
pub(crate) struct Contents {
    held: Vec<(Digest, Blob)>,
    stored: Option<Arc<dyn Lookup>>,
    /// The text with the strings that were taken out; `None` where there were none. Worked out once.
    whole: OnceLock<Option<Text>>,
}

impl Contents {
    /// Those that are at hand.
    pub(crate) fn held(blobs: Vec<Blob>) -> Self {
        let mut held: Vec<_> = blobs.into_iter().map(|blob| (blob.digest(), blob)).collect();
        held.sort_by_key(|(digest, _)| *digest);
        held.dedup_by_key(|(digest, _)| *digest);
        Self { held, stored: None, whole: OnceLock::new() }
    }

    /// Those of a record that is read from a store.
    #[allow(dead_code, reason = "each feature uses its own")]
    pub(crate) fn stored(place: Arc<dyn Lookup>) -> Self {
        Self { held: Vec::new(), stored: Some(place), whole: OnceLock::new() }
    }

    /// Those that these texts still name; `None` when they name none.
    pub(crate) fn named_in<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let named = digests(texts);
        let held: Vec<_> = self.held.iter().filter(|(digest, _)| named.contains(digest)).cloned().collect();
        (!held.is_empty()).then(|| Self { held, stored: self.stored.clone(), whole: OnceLock::new() })
    }

    /// All that these texts name, as far as they can be read.
    #[allow(dead_code, reason = "each feature uses its own")]
    pub(crate) fn all<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<(Digest, Blob)> {
        let find = |digest| Some((digest, self.find(&digest).ok()??));
        digests(texts).into_iter().filter_map(find).collect()
    }

    /// The text with the strings that were taken out. What cannot be read stays as it is.
    fn whole<'a>(&'a self, text: &'a Text) -> &'a Text {
        let whole = self.whole.get_or_init(|| {
            let inputs = self.with_strings(text.inputs());
            let output = text.output().map(|output| self.with_strings(output));
            let is_changed = matches!(inputs, Cow::Owned(_)) || matches!(output, Some(Cow::Owned(_)));
            is_changed.then(|| Text::join(&inputs, output.as_deref()))
        });
        whole.as_ref().unwrap_or(text)
    }

    /// JSON with the strings that were taken out of it.
    fn with_strings<'a>(&self, json: &'a str) -> Cow<'a, str> {
        self.replaced(json, |mark, card, blob| matches!(mark, Mark::Base64(_)).then(|| restore(card, blob)))
    }

    /// JSON that says all by itself: with the strings, and with the bytes of content as base64.
    fn with_all<'a>(&self, json: &'a str) -> Cow<'a, str> {
        self.replaced(json, |mark, card, blob| match mark {
            Mark::Base64(_) => Some(restore(card, blob)),
            _ => {
                let base64 = restore(&Card::default(), blob);
                let data = Some(Cow::Borrowed(base64.trim_matches('"')));
                Some(mark.with(&Card { digest: None, size: None, data, ..card.clone() }))
            }
        })
    }

    fn replaced<'a>(
        &self,
        json: &'a str,
        mut with: impl FnMut(&Mark<'a>, &Card<'a>, &Blob) -> Option<String>,
    ) -> Cow<'a, str> {
        if !may_have_marks(json) {
            return Cow::Borrowed(json);
        }
        let replaced = replace_marks(json, |mark| {
            let card = mark.card()?;
            let blob = self.find(&Digest::parse(card.digest.as_deref()?)?).ok()??;
            with(mark, card, &blob)
        });
        replaced.map_or(Cow::Borrowed(json), Cow::Owned)
    }
}

/// Inputs and output with what is beside them.
impl CallRecord {
    /// The bytes in inputs, output and messages, in their order: each [`Content`], and base64 of 64 KiB or more with the media type
    /// that its data URL or its beginning says. What was left out when it was recorded is left out here.
    ///
    /// ```
    /// #[weave::op]
    /// fn paint(like: &weave::Content) -> weave::Content {
    ///     like.clone().named("copy.gif")
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| paint(&weave::Content::from_bytes(*b"GIF89a", "image/gif")));
    ///
    /// let contents = recorder.calls()[0].contents()?;
    /// assert_eq!((contents.len(), contents[1].filename()), (2, Some("copy.gif")));
    /// # Ok::<(), weave::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_decode`](Error::is_decode) when bytes cannot be read, because the store is gone or has lost them.
    pub fn contents(&self) -> Result<Vec<Content>, Error> {
        let mut objects = Vec::new();
        for json in self.texts() {
            each_mark(json, |mark| {
                let card = mark.card().filter(|card| card.digest.is_some() && card.left_out.is_none());
                objects.extend(card.map(|card| card.object(CONTENT_KEY)));
            });
        }
        objects.iter().map(|object| self.decode(object, "a content of the call")).collect()
    }

    /// The bytes that a mark in its JSON names.
    #[allow(dead_code, reason = "each feature uses its own")]
    pub(crate) fn blob(&self, digest: &Digest) -> Option<Blob> {
        self.beside()?.find(digest).ok()?
    }

    /// All JSON of the record in which marks may stand: inputs, output, and what is said by agents.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let said = self.facts().into_iter().flat_map(Facts::said);
        [Some(self.text.inputs()), self.text.output()].into_iter().flatten().chain(said)
    }

    fn beside(&self) -> Option<&Arc<Contents>> {
        self.details.as_ref()?.contents.as_ref()
    }

    /// The text as it was before anything was taken out to be kept beside it, but for content.
    pub(super) fn whole(&self) -> &Text {
        self.beside().map_or(&self.text, |contents| contents.whole(&self.text))
    }

    /// JSON of this record that says all by itself.
    pub(super) fn with_all<'a>(&self, json: &'a str) -> Cow<'a, str> {
        self.beside().map_or(Cow::Borrowed(json), |contents| contents.with_all(json))
    }

    /// What can be read from JSON of this record, with the bytes that are beside it.
    pub(super) fn decode_with<T>(&self, json: &str, read: impl FnOnce(&serde_json::Value) -> Option<T>) -> Option<T> {
        let Some(contents) = self.beside() else { return read(&serde_json::from_str(json).ok()?) };
        let there: Arc<dyn Lookup> = Arc::<Contents>::clone(contents);
        let value = serde_json::from_str(&contents.with_strings(json)).ok()?;
        reading(Some(there), || read(&value))
    }

    /// A value from JSON of this record.
    pub(super) fn decode<T: DeserializeOwned>(&self, json: &str, what: &str) -> Result<T, Error> {
        let Some(contents) = self.beside() else { return decode(json, what) };
        let there: Arc<dyn Lookup> = Arc::<Contents>::clone(contents);
        reading(Some(there), || decode(&contents.with_strings(json), what))
    }
}

impl Lookup for Contents {
    fn find(&self, digest: &Digest) -> Result<Option<Blob>, Error> {
        if let Ok(at) = self.held.binary_search_by_key(digest, |(digest, _)| *digest) {
            return Ok(self.held.get(at).map(|(_, blob)| blob.clone()));
        }
        self.stored.as_ref().map_or(Ok(None), |stored| stored.find(digest))
    }
}

/// The digests that the marks in these texts name, each once.
fn digests<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Digest> {
    let mut found = Vec::new();
    for json in texts {
        each_mark(json, |mark| found.extend(mark.card().and_then(|card| Digest::parse(card.digest.as_deref()?))));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The bytes stay out.
impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contents").field("held", &self.held).finish_non_exhaustive()
    }
}
