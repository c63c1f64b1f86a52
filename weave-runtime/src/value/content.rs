//! Bytes with a media type: images, audio, documents.

mod data_url;
mod form;
mod inline;
pub(crate) mod media;

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use self::data_url::DataUrl;
use super::blob::Blob;
use super::taken;
use crate::error::Error;
pub(super) use form::NAME;
pub(crate) use form::{Lookup, reading};
pub(crate) use inline::Inline;

/// Bytes with a media type: an image, a recording, a document. Cheap to clone, since the bytes are shared.
///
/// Recorded as an input or an output, alone or anywhere inside one, its bytes are neither copied nor written as text on your
/// thread: they go beside the call, are stored once by their hash however many calls have them, and come back whole. In
/// their place stands what they are. Limits and forms are told below.
///
/// ```
/// use weave::Content;
///
/// #[weave::op]
/// fn thumbnail(image: &Content) -> Content {
///     Content::from_bytes(&image.bytes()[..8], image.mime_type()).named("small.png")
/// }
///
/// let png = b"\x89PNG\r\n\x1a\n and so on";
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| thumbnail(&Content::from_bytes(png, "image/png")));
///
/// assert_eq!(recorder.tree().outline(), "thumbnail(image: <image/png, 18 B>) -> <image/png, 8 B>");
/// let call = &recorder.calls()[0];
/// assert_eq!(call.input::<Content>("image")?.bytes(), png);
/// assert_eq!(call.output::<Content>()?.filename(), Some("small.png"));
/// # Ok::<(), weave::Error>(())
/// ```
///
/// Elsewhere, as in your own `serde_json::to_string`, it is written whole: `{"weave.content": {"mime_type": "image/png",
/// "filename": "small.png", "data": ".."}}`, with the bytes as base64, and without the file name where there is none. That form
/// and no other is read back.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    blob: Blob,
    mime_type: Arc<str>,
    filename: Option<Arc<str>>,
}

impl Content {
    /// These bytes, of this media type. A `Vec` is kept as it is, a slice is copied.
    #[must_use]
    pub fn from_bytes(bytes: impl Into<Vec<u8>>, mime_type: &str) -> Self {
        Self::of(Blob::new(bytes.into()), mime_type)
    }

    fn of(blob: Blob, mime_type: &str) -> Self {
        Self { blob, mime_type: mime_type.into(), filename: None }
    }

    /// A text, as `text/plain`.
    ///
    /// ```
    /// let content = weave::Content::from_text("hello");
    /// assert_eq!((content.mime_type(), content.text()), ("text/plain", Some("hello")));
    /// ```
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self::from_bytes(text.into(), "text/plain")
    }

    /// What is in a file, read now and whole. The media type is that of its extension, else of how it begins, else
    /// `application/octet-stream`.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("notes.md");
    /// # std::fs::write(&path, "# Rome")?;
    /// let notes = weave::Content::from_path(&path)?;
    /// assert_eq!((notes.mime_type(), notes.filename()), ("text/markdown", Some("notes.md")));
    ///
    /// let error = weave::Content::from_path("no such file").unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such file, [`is_invalid`](Error::is_invalid) when it cannot be
    /// read.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| failed("read", path, error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mime_type = media::of_name(&name).or_else(|| media::of_bytes(&bytes)).unwrap_or(media::UNKNOWN);
        Ok(Self::from_bytes(bytes, mime_type).named(name))
    }

    /// The bytes that this base64 stands for (the standard alphabet, padded).
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) when it is none.
    pub fn from_base64(base64: impl AsRef<[u8]>, mime_type: &str) -> Result<Self, Error> {
        match STANDARD.decode(base64) {
            Ok(bytes) => Ok(Self::from_bytes(bytes, mime_type)),
            Err(error) => {
                let why = error.to_string().to_lowercase();
                let why = why.trim_end_matches('.');
                let message =
                    format!("the {mime_type} is not in base64: {why}; expected the standard alphabet, padded");
                Err(Error::invalid(message).because(error))
            }
        }
    }

    /// What a data URL holds, in base64 or as text. Without a media type it is `text/plain`.
    ///
    /// ```
    /// let url = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    /// let content = weave::Content::from_data_url(url)?;
    /// assert_eq!(content.mime_type(), "image/gif");
    /// assert_eq!(content.to_data_url(), url);
    /// # Ok::<(), weave::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) when it is no data URL, or what it has of base64 is none.
    pub fn from_data_url(url: &str) -> Result<Self, Error> {
        let wrong = || {
            let start = super::text::prefix(url, 60);
            let is = if start.len() < url.len() { "begins" } else { "is" };
            Error::invalid(format!(
                "{start:?} {is} no data URL: expected data:<type>;base64,<bytes> or data:<type>,<text>"
            ))
        };
        let DataUrl { mime_type, is_base64, data } = DataUrl::read(url).ok_or_else(wrong)?;
        if is_base64 {
            Self::from_base64(data, &mime_type)
        } else {
            Ok(Self::from_bytes(data_url::percent_decoded(data), &mime_type))
        }
    }

    /// The same content under the name of a file.
    #[must_use]
    pub fn named(mut self, filename: impl AsRef<str>) -> Self {
        self.filename = Some(filename.as_ref().into());
        self
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.blob.bytes()
    }

    /// The bytes as text, where they are UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes()).ok()
    }

    /// The media type, such as `image/png`, as it was given.
    #[must_use]
    pub fn mime_type(&self) -> &str {
        &self.mime_type
    }

    /// How many bytes there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes().len()
    }

    /// The name of the file, where it has one.
    #[must_use]
    pub fn filename(&self) -> Option<&str> {
        self.filename.as_deref()
    }

    /// What the name of a file of it ends in, without the dot: that of its own name, else the usual one of its media type.
    ///
    /// ```
    /// use weave::Content;
    ///
    /// assert_eq!(Content::from_bytes([0], "image/jpeg").extension(), Some("jpg"));
    /// assert_eq!(Content::from_bytes([0], "image/jpeg").named("a.jpeg").extension(), Some("jpeg"));
    /// assert_eq!(Content::from_bytes([0], "x/unheard-of").extension(), None);
    /// ```
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        let own = self.filename().and_then(|name| Path::new(name).extension()?.to_str());
        own.or_else(|| media::extension(&self.mime_type))
    }

    /// The SHA-256 of the bytes in hexadecimal, by which they are stored.
    #[must_use]
    pub fn digest(&self) -> String {
        self.blob.digest().to_string()
    }

    /// The bytes as base64, which model APIs take.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.bytes())
    }

    /// All of it as a data URL.
    #[must_use]
    pub fn to_data_url(&self) -> String {
        format!("data:{};base64,{}", self.mime_type, self.to_base64())
    }

    /// Writes the bytes to a file, over what is there.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when the folder does not exist, [`is_invalid`](Error::is_invalid) when the file
    /// cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        std::fs::write(path, self.bytes()).map_err(|error| failed("write", path, error))
    }
}

fn failed(doing: &str, path: &Path, error: std::io::Error) -> Error {
    let message = format!("cannot {doing} {}: {error}", path.display());
    match error.kind() {
        ErrorKind::NotFound => Error::not_found(message).because(error),
        _ => Error::invalid(message).because(error),
    }
}

/// What it is; the bytes stay out.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Content");
        shown.field("mime_type", &self.mime_type).field("size", &self.size());
        if let Some(name) = &self.filename {
            shown.field("filename", name);
        }
        shown.finish_non_exhaustive()
    }
}

impl AsRef<[u8]> for Content {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}
