//! Media types, from what a file is called or begins with, and back.

/// The type of what nobody knows.
pub(crate) const UNKNOWN: &str = "application/octet-stream";

/// The usual extensions of types that have several.
const USUAL: [(&str, &str); 14] = [
    ("text/plain", "txt"),
    ("text/markdown", "md"),
    ("text/html", "html"),
    ("application/json", "json"),
    ("application/xml", "xml"),
    ("image/jpeg", "jpg"),
    ("image/tiff", "tiff"),
    ("image/svg+xml", "svg"),
    ("audio/mpeg", "mp3"),
    ("audio/wav", "wav"),
    ("audio/ogg", "ogg"),
    ("audio/mp4", "m4a"),
    ("video/mp4", "mp4"),
    ("video/quicktime", "mov"),
];

/// What the formats begin with that models take and give: where, what, the type.
const BEGINNINGS: [(usize, &[u8], &str); 13] = [
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (4, b"ftyp", "video/mp4"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
];

/// The type of a file by its extension.
pub(super) fn of_name(name: &str) -> Option<&'static str> {
    mime_guess::from_path(name).first_raw()
}

/// The type of bytes by their beginning.
pub(crate) fn of_bytes(bytes: &[u8]) -> Option<&'static str> {
    let begins = |at: usize, with: &[u8]| bytes.get(at..).is_some_and(|bytes| bytes.starts_with(with));
    BEGINNINGS.iter().find(|(at, with, _)| begins(*at, with)).map(|(_, _, mime_type)| *mime_type)
}

/// The extension of files of a type, without the dot.
pub(crate) fn extension(mime_type: &str) -> Option<&'static str> {
    let essence = mime_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let usual = USUAL.iter().find(|(known, _)| *known == essence).map(|(_, extension)| *extension);
    usual.or_else(|| mime_guess::get_mime_extensions_str(&essence)?.first().copied())
}
