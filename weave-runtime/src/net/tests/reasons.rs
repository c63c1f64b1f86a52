//! The reason is found in the bodies that servers send.

use proptest::prelude::*;

use super::super::reason::found;

fn reason(body: &str) -> Option<String> {
    found(body.as_bytes())
}

#[test]
fn json_says_it_under_several_names() {
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(reason(r#"{"reason": "no such project"}"#), some("no such project"));
    assert_eq!(reason(r#"{"message": "a", "reason": "b"}"#), some("a"));
    assert_eq!(reason(r#"{"code": 3, "message": "bad span"}"#), some("bad span"));
    assert_eq!(reason(r#"{"error": {"message": "quota"}}"#), some("quota"));
    assert_eq!(reason(r#"{"errors": [{"message": "one"}, {"message": "two"}]}"#), some("one; two"));
    assert_eq!(
        reason(r#"{"detail": [{"loc": ["body", "batch", 0, "op_name"], "msg": "field required", "type": "missing"}]}"#),
        some("body.batch.0.op_name: field required")
    );
    assert_eq!(reason(r#"{"detail": "Not Found"}"#), some("Not Found"));
    assert_eq!(reason(r#""just text""#), some("just text"));
    assert_eq!(reason("{}"), None);
    assert_eq!(reason("null"), None);
}

#[test]
fn a_status_of_protobuf_has_a_message() {
    let mut body = vec![0x08, 3, 0x12, 8];
    body.extend(b"too many");
    assert_eq!(found(&body), Some("too many".to_owned()));
}

#[test]
fn text_says_it_in_its_first_line_and_a_page_in_its_title() {
    assert_eq!(reason("\n  upstream connect error \nreset"), Some("upstream connect error".to_owned()));
    let page = "<!DOCTYPE html><html><head><TITLE>502 Bad\n Gateway</TITLE></head><body>..";
    assert_eq!(reason(page), Some("502 Bad Gateway".to_owned()));
    assert_eq!(reason("<html><body>x"), None);
    assert_eq!(reason(""), None);
}

#[test]
fn a_long_reason_is_cut() {
    let reason = reason(&"ä".repeat(1_000)).unwrap();
    assert_eq!(reason.chars().count(), 302);
    assert!(reason.ends_with("ä.."));
}

proptest! {
    #[test]
    fn any_body_has_one_short_line_or_none(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Some(reason) = found(&body) {
            prop_assert!(reason.chars().count() <= 302 && !reason.contains('\n'), "{reason}");
        }
    }
}
