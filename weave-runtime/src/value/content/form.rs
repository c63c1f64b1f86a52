//! Content as JSON: whole, with its bytes as base64, or a reference where the bytes travel beside it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::Content;
use crate::error::Error;
use crate::value::blob::{Blob, Digest};
use crate::value::mark::Card;
use crate::value::{CONTENT_KEY, taken};

/// The name by which our own serialiser knows content, whatever wrappers of serde it comes through.
pub(in crate::value) const NAME: &str = "$weave::private::Content";

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NAME, &Form(self))
    }
}

pub(super) struct Form<'a>(pub(super) &'a Content);

impl Serialize for Form<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let offer = taken::take_offer();
        let Self(content) = self;
        let mut object = serializer.serialize_struct("Content", 1)?;
        let card = Card {
            mime_type: Some(Cow::Borrowed(content.mime_type())),
            filename: content.filename().map(Cow::Borrowed),
            ..Card::default()
        };
        let size = Some(content.size() as u64);
        let card = match offer {
            Some(most) => match taken::hold(&content.blob, most) {
                Some(held) => Card { held: Some(held), size, ..card },
                None => Card { left_out: Some(Cow::Borrowed(taken::NOT_HERE)), size, ..card },
            },
            None => Card { data: Some(Cow::Owned(STANDARD.encode(content.bytes()))), ..card },
        };
        object.serialize_field(CONTENT_KEY, &card)?;
        object.end()
    }
}

/// Where the bytes of references are.
pub(crate) trait Lookup: Send + Sync {
    /// The bytes of this digest, if they are there.
    fn find(&self, digest: &Digest) -> Result<Option<Blob>, Error>;
}

thread_local! {
    static WHERE: RefCell<Option<Arc<dyn Lookup>>> = const { RefCell::new(None) };
}

/// Runs `read`, in which references find their bytes in `there`.
pub(crate) fn reading<R>(there: Option<Arc<dyn Lookup>>, read: impl FnOnce() -> R) -> R {
    /// Puts back what was there before, also when a `Deserialize` of the user's panics.
    struct Before(Option<Arc<dyn Lookup>>);

    impl Drop for Before {
        fn drop(&mut self) {
            let _ = WHERE.try_with(|place| place.replace(self.0.take()));
        }
    }

    let _before = Before(WHERE.try_with(|place| place.replace(there)).ok().flatten());
    read()
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(rename = "Content")]
        struct Marked<'a> {
            #[serde(rename = "weave.content", borrow)]
            card: Card<'a>,
        }

        let Marked { card } = Marked::deserialize(deserializer)?;
        let blob = blob(&card).map_err(D::Error::custom)?;
        let mime_type = card.mime_type.as_deref().unwrap_or(super::media::UNKNOWN);
        let content = Self::of(blob, mime_type);
        Ok(match card.filename {
            Some(name) => content.named(name),
            None => content,
        })
    }
}

fn blob(card: &Card<'_>) -> Result<Blob, String> {
    let what = || {
        let size = card.size.map(|size| format!(" of {size} bytes")).unwrap_or_default();
        format!("the content{size} ({})", card.mime_type.as_deref().unwrap_or(super::media::UNKNOWN))
    };
    if let Some(data) = &card.data {
        return STANDARD.decode(&**data).map(Blob::new).map_err(|error| format!("{} is no base64: {error}", what()));
    }
    if let Some(reason) = &card.left_out {
        return Err(format!("{} was not recorded: {reason}", what()));
    }
    let digest = card.digest.as_deref().and_then(Digest::parse);
    let there = WHERE.try_with(|place| place.borrow().clone()).ok().flatten();
    match (digest, there) {
        (Some(digest), Some(there)) => match there.find(&digest) {
            Ok(Some(blob)) => Ok(blob),
            Ok(None) => Err(format!("the bytes of {} are not among those of the call", what())),
            Err(error) => Err(format!("the bytes of {} cannot be read: {error}", what())),
        },
        _ => Err(format!(
            "{} is a reference, whose bytes are beside the call: read it with `input` or `output` of the record",
            what()
        )),
    }
}
