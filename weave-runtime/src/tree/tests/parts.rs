use proptest::prelude::*;

use crate::tree::json;
use crate::tree::text::{clip, columns};

#[test]
fn cuts_show_what_was_cut() {
    let texts = [
        ("plain", 5, "plain"),
        ("plainer", 5, "plai…"),
        (r#""quoted""#, 6, r#""quo…""#),
        ("[1,2,3,4]", 6, "[1,2…]"),
        (r#"{"a":12345}"#, 8, r#"{"a":1…}"#),
        ("日本語です", 7, "日本語…"),
        ("日本語です", 8, "日本語…"),
        ("日本語です", 10, "日本語です"),
        (r"a\nb\nc", 5, r"a\nb…"),
        (r"a\nb\nc", 4, r"a\n…"),
        (r"a\nb\nc", 3, "a…"),
        (r"\u00e9\u00e9", 8, r"\u00e9…"),
        ("ab", 1, "…"),
        ("ab", 0, ""),
    ];
    for (text, most, cut) in texts {
        assert_eq!(clip(text, most), cut, "{text} in {most}");
    }
}

#[test]
fn marks_without_width_do_not_make_a_text_endless() {
    assert!(clip(&format!("a{}", "\u{301}".repeat(1_000_000)), 10).len() < 200);
}

#[test]
fn members_are_read_in_order_without_reading_their_values() {
    let members = json::members(r#"{"b": [1, {"x": 2}], "a\n": "t"}"#).unwrap();
    assert_eq!(members, [("b".into(), r#"[1, {"x": 2}]"#), ("a\n".into(), r#""t""#)]);
    assert!(json::members("[1]").is_none());
    assert!(json::members("{").is_none());
}

#[test]
fn a_value_that_is_too_deep_to_sort_is_left_as_it_is() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert_eq!(json::sorted(&deep), deep);
}

proptest! {
    #[test]
    fn no_text_is_wider_than_asked_for_or_reaches_a_terminal_raw(text in "\\PC*|.*|[\\\\u0-9a\u{1b}\u{202e}語]*", most in 0_usize..40) {
        let clipped = clip(&text, most);
        prop_assert!(columns(&clipped) <= most, "{:?}", clipped);
        let acting = clipped.chars().find(|c| c.is_control() || *c == '\u{202e}');
        prop_assert_eq!(acting, None);
    }
}
