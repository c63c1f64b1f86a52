//! For any data: nothing of a secret is ever in the files of the store, and what is beside it is stored as it was.

use std::path::Path;

use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use crate::alone::{Alone, alone, eventually, stored};

/// What is recorded: the same calls for any secret.
#[derive(Clone, Debug)]
struct Data {
    key: String,
    secret: Value,
    beside: Value,
}

/// Shows itself by its debug text.
#[derive(Debug)]
#[allow(dead_code, reason = "read by Debug")]
struct Settings<'a> {
    beside: &'a Value,
    client_secret: Option<&'a Value>,
    n: u8,
}

impl Data {
    fn object(&self) -> Value {
        json!({ "a": self.beside, self.key.as_str(): self.secret, "z": [self.beside] })
    }

    /// As prose: the text of an error, a header, a line of a log.
    fn prose(&self) -> String {
        format!("{} {}={}", json!(self.beside), self.key, self.secret)
    }
}

#[weave::op(attributes(login = data.object()))]
#[allow(unused_variables, reason = "to be recorded")]
fn given(input: &Value, password: &Value, settings: &Settings<'_>, data: &Data) -> Value {
    let call = weave::current_call();
    call.set_attribute("object", data.object());
    call.set_attribute(data.key.as_str(), &data.secret);
    call.merge_summary("object", data.object());
    call.add_event(data.prose(), data.object());
    call.set_display_name(data.prose());
    data.object()
}

#[weave::op(inputs = |inputs| drop(inputs.insert("text".to_owned(), inputs["input"].to_string().into())), output = copied)]
fn reshaped(input: Value) -> Value {
    input
}

fn copied(value: &Value) -> impl Serialize {
    json!([value.to_string(), format!("{value:?}"), value])
}

#[weave::op]
fn failed(data: &str) -> Result<(), String> {
    Err(data.to_owned())
}

#[weave::op]
fn items(data: Vec<Value>) -> impl Iterator<Item = Value> {
    data.into_iter()
}

/// Records calls that are given the data wherever they can be, one of which is left open.
fn record(data: &Data) -> weave::OpenCall {
    let object = data.object();
    let settings = Settings { beside: &data.beside, client_secret: Some(&data.secret), n: 1 };
    let open = weave::start_call("open").input("object", &object).attribute(&data.key, &data.secret);
    weave::scope().attribute("object", &object).attribute(data.key.as_str(), &data.secret).run(|| {
        given(&object, &data.secret, &settings, data);
        reshaped(json!({ "deeper": [object.to_string()] }));
        let _ = failed(&data.prose());
        weave::start_call(data.prose()).finish(());
        items(vec![object.clone(), object.to_string().into()]).for_each(drop);
        let copy = object.clone();
        let _ = std::panic::catch_unwind(move || explode(copy));
    });
    open
}

#[weave::op]
fn explode(data: Value) {
    // Without a word on stderr.
    std::panic::resume_unwind(Box::new(format!("cannot use {data:?}")));
}

/// What is stored of the data, without what differs from run to run. `look` sees the folder while it is written to.
fn stored_of(turn: &Alone, dir: &Path, data: &Data, look: &mut dyn FnMut(&Path)) -> Vec<Value> {
    let weave = turn.builder().dir(dir).attribute("object", data.object()).init().unwrap();
    let open = record(data);
    let _ = weave.flush();
    eventually("the running call", || stored(dir).into_iter().find(|call| call.status() == weave::Status::Running));
    look(dir);
    open.finish(data.object());
    let _ = weave.flush();
    look(dir);
    weave.shutdown().into_result().unwrap();
    look(dir);
    let mut calls: Vec<Value> = stored(dir).iter().map(|call| serde_json::to_value(call).unwrap()).collect();
    for call in &mut calls {
        let call = call.as_object_mut().unwrap();
        call.retain(|key, _| !key.ends_with("_id") && !key.ends_with("_at") && key != "id");
        call["summary"].as_object_mut().unwrap().remove("time_to_first_item_ms");
        if let Some(event) = call["events"].get_mut(0) {
            event["at"].take();
        }
    }
    calls.sort_by_key(Value::to_string);
    calls
}

/// All that is on the disk. What is no text does not matter here, and becomes some.
fn text_in(dir: &Path) -> String {
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let contents = files.filter(|path| path.is_file()).map(|path| std::fs::read(path).unwrap());
    contents.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect::<Vec<_>>().join("\n")
}

/// The parts of a secret that must not be found: every eight letters of it, as they are and in base64.
fn traces(core: &str) -> impl Iterator<Item = String> {
    let parts = (0..=core.len() - 8).map(|at| core[at..at + 8].to_owned());
    parts.chain((0..3).map(|offset| base64(&core.as_bytes()[offset..offset + 9])))
}

/// Of three bytes at a time, without padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (triples, _) = bytes.as_chunks::<3>();
    let quads = triples.iter().flat_map(|[a, b, c]| {
        let bits = u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c);
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[(bits >> shift) as usize & 63]))
    });
    quads.collect()
}

fn assert_nowhere(dir: &Path, core: &str) {
    let text = text_in(dir);
    assert!(text.contains("REDACTED"), "nothing was redacted: was it stored?");
    for trace in traces(core) {
        assert!(!text.contains(&trace), "{trace} of {core} is on the disk: {text:?}");
    }
}

/// A secret key in some spelling.
fn key() -> impl Strategy<Value = String> {
    const NAMES: [&str; 7] =
        ["api_key", "authorization", "db_password", "client-secret", "accessToken", "passwd", "x_auth_token"];
    (prop::sample::select(&NAMES[..]), any::<u32>()).prop_map(|(name, upper)| {
        let letters = name.chars().zip(0_u32..);
        letters.map(|(letter, at)| if upper >> at & 1 == 1 { letter.to_ascii_uppercase() } else { letter }).collect()
    })
}

/// A value around a text that nothing else has, and that text.
fn secret() -> impl Strategy<Value = (String, Value)> {
    ("[A-Za-z0-9]{24}", "[ -~é\n\t]{0,12}", 0..4_u8).prop_map(|(core, around, shape)| {
        let text = format!("{around}{core}{around}");
        let value = match shape {
            0 => json!({ "deep": [text, text] }),
            1 => json!([text, { "user": text }]),
            _ => json!(text),
        };
        (core, value)
    })
}

/// A secret of the same shape.
fn another(secret: &Value) -> Value {
    match secret {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), another(value))).collect(),
        Value::Array(items) => items.iter().map(another).collect(),
        _ => json!("another"),
    }
}

/// Data without secrets, with every sign that the search looks at.
fn beside() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<u64>().prop_map(Value::from),
        "[a-j:={}\"\\\\, \né(]{0,24}".prop_map(Value::from),
        Just(json!({ "token": "t", "max_tokens": 5 })),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            inner.prop_map(|value| json!({ "in": value.to_string(), "value": value })),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_secret_is_never_on_the_disk_and_nothing_else_is_touched(
        key in key(), (core, secret) in secret(), beside in beside(),
    ) {
        let turn = alone();
        let data = Data { key, secret, beside };
        let calls = stored_of(&turn, &turn.dir().join("secret"), &data, &mut |dir| assert_nowhere(dir, &core));
        let call = calls.iter().find(|call| call["op_name"] == "given").unwrap();
        for object in [&call["inputs"]["input"], &call["output"], &call["attributes"]["login"], &call["summary"]["object"]] {
            prop_assert_eq!(object, &json!({ "a": data.beside, data.key.as_str(): "REDACTED", "z": [data.beside] }));
        }
        // Whatever the secret is, the same is stored.
        let other = Data { secret: another(&data.secret), ..data };
        prop_assert_eq!(calls, stored_of(&turn, &turn.dir().join("other"), &other, &mut |_| {}));
    }
}
