//! A `Serialize` that errs, panics or breaks the rules still leaves valid JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{Error as _, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use super::{bytes, json, json_within};

/// A value whose `Serialize` is a closure for one serializer: this crate's own.
macro_rules! serialize_as {
    ($name:ident, $serializer:ident => $body:expr) => {
        struct $name;
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, $serializer: S) -> Result<S::Ok, S::Error> {
                $body
            }
        }
    };
}

serialize_as!(Failing, serializer => {
    let mut array = serializer.serialize_seq(None)?;
    array.serialize_element(&1)?;
    Err(S::Error::custom("no \"luck\""))
});
serialize_as!(Panicking, serializer => {
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("a", &1)?;
    panic!("not {}", "today")
});

#[test]
fn an_error_leaves_a_placeholder() {
    assert_eq!(
        json(&Failing),
        r#"{"weave.error":{"type":"weave_runtime::value::json::tests::misuse::Failing","message":"no \"luck\""}}"#
    );
    assert!(json(&(1, Failing)).starts_with(r#"{"weave.error":"#));
}

#[test]
fn a_panic_leaves_a_placeholder() {
    assert_eq!(
        json(&Panicking),
        r#"{"weave.error":{"type":"weave_runtime::value::json::tests::misuse::Panicking","message":"panicked: not today"}}"#
    );
}

#[test]
fn a_panic_with_a_payload_that_panics_again_is_contained() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    serialize_as!(Thrower, _serializer => std::panic::panic_any(Bomb));
    assert!(json(&Thrower).contains(r#""message":"panicked""#));
}

#[test]
fn an_endless_message_is_bounded() {
    serialize_as!(Chatty, _serializer => Err(S::Error::custom("x".repeat(1 << 20))));
    assert!(json(&Chatty).len() < 5000);
}

#[test]
fn an_element_that_failed_can_be_left_out() {
    serialize_as!(Lenient, serializer => {
        let mut array = serializer.serialize_seq(None)?;
        array.serialize_element(&1)?;
        let _ = array.serialize_element(&(2, [Failing]));
        array.serialize_element(&3)?;
        array.end()
    });
    assert_eq!(json(&Lenient), "[1,3]");

    serialize_as!(LenientMap, serializer => {
        let mut map = serializer.serialize_map(None)?;
        let _ = map.serialize_entry(&[Failing], &1);
        let _ = map.serialize_entry("a", &Failing);
        map.serialize_entry("b", &2)?;
        map.end()
    });
    assert_eq!(json(&LenientMap), r#"{"a":null,"b":2}"#);
}

#[test]
fn keys_without_values_and_values_without_keys_are_filled_up() {
    serialize_as!(Odd, serializer => {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_value(&1)?;
        map.serialize_key("a")?;
        map.serialize_key("b")?;
        map.serialize_value(&2)?;
        map.serialize_value(&3)?;
        map.serialize_key("c")?;
        map.end()
    });
    assert_eq!(json(&Odd), r#"{"":1,"a":null,"b":2,"":3,"c":null}"#);
}

#[test]
fn a_struct_may_lie_about_its_length() {
    serialize_as!(Liar, serializer => {
        let mut object = serializer.serialize_struct("Liar", 7)?;
        object.serialize_field("a", &1)?;
        object.end()
    });
    assert_eq!(json(&Liar), r#"{"a":1}"#);
}

#[test]
fn going_on_after_the_cut_changes_nothing() {
    serialize_as!(Stubborn, serializer => {
        let mut array = serializer.serialize_seq(Some(9))?;
        for n in 0..9 {
            let _ = array.serialize_element(&(n, "text", [n]));
        }
        let _ = array.serialize_element(&BTreeMap::from([("k", 1)]));
        array.end()
    });
    assert_eq!(
        json_within(&Stubborn, &bytes(20)),
        r#"[[0,"text",[0]],[1,{"weave.cut":{"kept_bytes":18,"length":3}}]]"#
    );
}

#[test]
fn unwrapping_the_stop_keeps_what_was_written() {
    serialize_as!(Unwrapping, serializer => {
        let mut array = serializer.serialize_seq(None)?;
        for n in 0..9 {
            array.serialize_element(&n).unwrap();
        }
        array.end()
    });
    assert_eq!(json_within(&Unwrapping, &bytes(6)), r#"[0,1,{"weave.cut":{"kept_bytes":4}}]"#);
}

#[test]
fn what_only_claims_to_be_raw_json_is_a_string() {
    const RAW: &str = "$serde_json::private::RawValue";
    struct Raw(&'static [&'static str]);
    impl Serialize for Raw {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut object = serializer.serialize_struct(RAW, 1)?;
            for text in self.0 {
                object.serialize_field(RAW, text)?;
            }
            object.end()
        }
    }
    assert_eq!(json(&Raw(&["[1"])), r#""[1""#);
    assert_eq!(json(&Raw(&["1,\"b\":2"])), r#""1,\"b\":2""#);
    assert_eq!(json(&[Raw(&[]), Raw(&["7"])]), "[null,7]");
    assert!(json(&Raw(&["1", "2"])).starts_with(r#"{"weave.error""#));

    serialize_as!(NoText, serializer => {
        let mut object = serializer.serialize_struct(RAW, 1)?;
        object.serialize_field(RAW, &[1])?;
        object.end()
    });
    assert!(json(&NoText).starts_with(r#"{"weave.error""#));
}

#[test]
fn a_display_that_gives_up_is_an_error() {
    struct Quitter;
    impl std::fmt::Display for Quitter {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("half")?;
            Err(std::fmt::Error)
        }
    }
    serialize_as!(ByDisplay, serializer => serializer.collect_str(&Quitter));
    assert!(json(&ByDisplay).contains("a formatting implementation returned an error"));
}

#[test]
fn a_panic_in_a_key_that_was_cut_leaves_valid_json() {
    serialize_as!(Unwrapping, serializer => {
        serializer.serialize_str("longer than the limit").unwrap();
        unreachable!()
    });
    assert!(json_within(&BTreeMap::from([("a", 1)]), &bytes(7)).contains(r#""a":1"#));
    struct Keyed;
    impl Serialize for Keyed {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry(&Unwrapping, &1)?;
            map.end()
        }
    }
    assert!(json_within(&Keyed, &bytes(12)).starts_with(r#"{"weave.error":"#));
}

#[test]
fn keys_after_the_cut_change_nothing() {
    serialize_as!(Stubborn, serializer => {
        let mut map = serializer.serialize_map(None)?;
        for key in ["a", "b", "cccccccccccc", "d", "e"] {
            let _ = map.serialize_entry(key, &1);
            let _ = map.serialize_entry(&[key], &[key]);
        }
        map.end()
    });
    assert_eq!(json_within(&Stubborn, &bytes(24)), r#"{"a":1,"[\"a\"]":["a"],"weave.cut":{"kept_bytes":22}}"#);
}
