//! Values that are cut, in the middle of a secret or of what leads to it: for any limit nothing of the secret is left.

use proptest::prelude::*;
use serde_json::{Value, json};
use weave::testing::Recorder;

#[derive(Debug)]
#[allow(dead_code, reason = "read by Debug")]
struct Settings {
    name: String,
    api_key: Option<Vec<Value>>,
    n: u8,
}

/// A way to hide a secret.
#[derive(Clone, Copy, Debug)]
enum Form {
    Json,
    Text,
    TextInText,
    Debug,
    PrettyDebug,
    DebugInText,
    Prose,
    Header,
}

impl Form {
    const ALL: [Self; 8] = [
        Self::Json,
        Self::Text,
        Self::TextInText,
        Self::Debug,
        Self::PrettyDebug,
        Self::DebugInText,
        Self::Prose,
        Self::Header,
    ];

    fn hide(self, secret: &str, beside: &str) -> Value {
        let object = json!({ "a": beside, "api_key": secret, "z": beside });
        let settings = Settings { name: beside.to_owned(), api_key: Some(vec![secret.into()]), n: 1 };
        match self {
            Self::Json => object,
            Self::Text => object.to_string().into(),
            Self::TextInText => json!({ "body": json!({ "a": beside, "in": object.to_string() }).to_string() }),
            Self::Debug => format!("{settings:?}").into(),
            Self::PrettyDebug => format!("{settings:#?}").into(),
            Self::DebugInText => json!({ "log": format!("{:?}", json!({ "text": format!("{settings:?}") })) }),
            Self::Prose => format!("{beside:?} password={secret:?} {beside:?}").into(),
            Self::Header => format!("Host: {beside:?}\r\nAuthorization: Bearer {secret}\r\nAccept: *").into(),
        }
    }
}

#[weave::op]
fn pass(value: &Value) -> Value {
    value.clone()
}

#[weave::op]
fn fail(value: &Value) -> Result<(), Value> {
    Err(value.clone())
}

#[weave::op(
    inputs = |inputs| inputs.values_mut().for_each(|value| *value = json!([value.to_string(), value])),
    output = |value| json!([value.to_string(), value]),
)]
fn reshape(value: &Value) -> Value {
    value.clone()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_a_secret_is_left_where_a_value_was_cut(
        core in "[A-Za-z0-9]{30}",
        around in "[a-z {}()'\"\\\\é]{0,6}",
        beside in "[a-j:={}\"\\\\, \né(]{0,24}",
        form in prop::sample::select(&Form::ALL[..]),
        limit in 1_usize..300,
    ) {
        // Of a header only one line is the secret.
        let secret = if matches!(form, Form::Header) { core.clone() } else { format!("{around}{core}{around}") };
        let value = form.hide(&secret, &beside);
        let recorder = Recorder::with(weave::builder("t").value_bytes(limit)).unwrap();
        recorder.run(|| {
            pass(&value);
            let _ = fail(&value);
            reshape(&value);
            weave::scope().attribute("value", &value).run(|| weave::start_call("manual").input("value", &value).finish(&value));
        });
        let recorded = format!("{:?}", recorder.calls());
        for at in 0..=core.len() - 6 {
            prop_assert!(!recorded.contains(&core[at..at + 6]), "{:?} of {}", form, recorded);
        }
    }
}
