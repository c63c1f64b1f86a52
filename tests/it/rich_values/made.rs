//! What content is made from.

use weave::Content;

use super::png;

#[test]
fn content_is_made_from_what_one_has() {
    let made = Content::from_base64("AAEC", "a/b").unwrap();
    assert_eq!((made.bytes(), made.size(), made.to_base64().as_str()), (&[0, 1, 2][..], 3, "AAEC"));
    let error = Content::from_base64("A", "a/b").unwrap_err();
    assert!(error.is_invalid() && error.to_string().starts_with("the a/b is not in base64: invalid "), "{error}");
    assert!(error.to_string().ends_with("; expected the standard alphabet, padded"), "{error}");
    let error = Content::from_data_url("http://x").unwrap_err();
    assert_eq!(
        error.to_string(),
        r#""http://x" is no data URL: expected data:<type>;base64,<bytes> or data:<type>,<text>"#
    );
    let error = Content::from_data_url(&"http://x/".repeat(9)).unwrap_err().to_string();
    assert!(
        error.ends_with("\" begins no data URL: expected data:<type>;base64,<bytes> or data:<type>,<text>"),
        "{error}"
    );
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("picture");
    png().save(&path).unwrap();
    let read = Content::from_path(&path).unwrap();
    assert_eq!((read.mime_type(), read.filename(), read.extension()), ("image/png", Some("picture"), Some("png")));
    assert_eq!(read.digest(), png().digest());
}

#[test]
fn a_data_url_may_be_in_base64_or_in_text() {
    for (url, mime_type, text) in [
        ("data:text/html;base64,PGI+", "text/html", "<b>"),
        ("DATA:;Base64,PGI+", "text/plain", "<b>"),
        ("data:,a%20b%C3%A9%", "text/plain", "a bé%"),
        ("data:;charset=utf-8,1,2", "text/plain;charset=utf-8", "1,2"),
        ("data:image/svg+xml,%3csvg/>", "image/svg+xml", "<svg/>"),
    ] {
        let content = Content::from_data_url(url).unwrap();
        assert_eq!((content.mime_type(), content.text()), (mime_type, Some(text)), "{url}");
    }
}
