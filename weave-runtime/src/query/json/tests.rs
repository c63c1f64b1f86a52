use serde::Serialize;
use serde_json::json;

use super::JsonMatch;

fn holds(json: &str, path: &str, value: impl Serialize) -> bool {
    JsonMatch::new(path, &value).unwrap().holds_in(json)
}

#[test]
fn a_dot_leads_one_level_down() {
    assert!(holds(r#"{"city": {"name": "Rome"}}"#, "city.name", "Rome"));
    assert!(!holds(r#"{"city": {"name": "Rome"}}"#, "name", "Rome"));
}

#[test]
fn a_dot_can_be_part_of_a_key() {
    assert!(holds(r#"{"http.method": "GET"}"#, "http.method", "GET"));
    assert!(holds(r#"{"a": {"b.c": {"d": 1}}}"#, "a.b.c.d", 1));
    assert!(holds(r#"{"a.b": 1, "a": {"b": 2}}"#, "a.b", 2));
}

#[test]
fn a_number_leads_to_an_element_of_an_array() {
    let json = r#"{"messages": [{"role": "system"}, {"role": "user"}]}"#;
    assert!(holds(json, "messages.1.role", "user"));
    assert!(holds(r#"{"days": [3, 4]}"#, "days.1", 4));
    assert!(!holds(json, "messages.2.role", "user"));
}

#[test]
fn numbers_are_equal_by_value() {
    assert!(holds(r#"{"n": 1.0}"#, "n", 1));
    assert!(holds(r#"{"n": 0.1}"#, "n", 0.1_f32));
    assert!(holds(r#"{"n": 18446744073709551615}"#, "n", u64::MAX));
    assert!(!holds(r#"{"n": 9007199254740993}"#, "n", 9_007_199_254_740_992_u64));
}

#[test]
fn whole_objects_and_arrays_are_compared_by_content() {
    assert!(holds(r#"{"q": {"b": [1, 2.0], "a": null}}"#, "q", json!({"a": null, "b": [1.0, 2]})));
    assert!(!holds(r#"{"q": [1, 2, 3]}"#, "q", [1, 2]));
}

#[test]
fn what_is_missing_is_not_null() {
    assert!(holds(r#"{"a": null}"#, "a", ()));
    assert!(!holds("{}", "a", ()));
}

#[test]
fn escaped_keys_are_found() {
    assert!(holds(r#"{"say \"hi\"": true}"#, "say \"hi\"", true));
    assert!(holds(r#"{"na\u00efve": "yes"}"#, "naïve", "yes"));
}

#[test]
fn a_text_that_is_not_json_holds_nothing() {
    assert!(!holds("a", "a", "a"));
    assert!(!holds("", "a", ()));
}
