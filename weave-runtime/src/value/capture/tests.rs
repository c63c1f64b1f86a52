use std::fmt;

use super::*;
use crate::value::Limits;

fn debug<T: Debug + ?Sized>(value: &T, limits: &Limits) -> String {
    let mut out = "x".to_owned();
    write_debug(&mut out, value, limits);
    let json = out.split_off(1);
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
    json
}

#[test]
fn debug_text_is_a_string() {
    assert_eq!(debug(&Some("a\"b"), &Limits::default()), r#""Some(\"a\\\"b\")""#);
}

#[test]
fn long_debug_text_keeps_its_start() {
    let limits = Limits { bytes: 12, ..Limits::default() };
    assert_eq!(debug(&[1, 2, 3], &limits), r#""[1, 2, 3]""#);
    assert_eq!(debug(&[1, 2, 3, 4], &limits), r#""[1, 2, 3, … [cut: kept 10 bytes]""#);
}

#[test]
fn a_debug_that_recurses_is_stopped() {
    struct Endless;
    impl Debug for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("Endless").field("next", self).finish()
        }
    }
    let text = debug(&Endless, &Limits::default());
    assert!(text.ends_with(" bytes, nested too deep]\""), "{text}");
}

#[test]
fn a_debug_that_fails_leaves_a_placeholder() {
    struct Failing;
    impl Debug for Failing {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            Err(fmt::Error)
        }
    }
    struct Panicking;
    impl Debug for Panicking {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("no")
        }
    }
    assert_eq!(
        debug(&Failing, &Limits::default()),
        format!(r#"{{"weave.error":{{"type":"{}","message":"its Debug returned an error"}}}}"#, type_name::<Failing>())
    );
    assert_eq!(
        debug(&Panicking, &Limits::default()),
        format!(r#"{{"weave.error":{{"type":"{}","message":"panicked: no"}}}}"#, type_name::<Panicking>())
    );
}
