//! Values that are more than JSON: Markdown, bytes with a media type, base64 in strings.

mod base64_text;
mod limits;
mod made;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use weave::testing::Recorder;
use weave::{CallRecord, Content, Markdown};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

fn png() -> Content {
    Content::from_bytes(PNG, "image/png")
}

#[weave::op]
fn pass<T: Serialize>(value: T) -> T {
    value
}

/// The record of a call that was given a value and returned it.
fn recorded(value: impl Serialize) -> CallRecord {
    recorded_by(&Recorder::new(), value)
}

fn recorded_by(recorder: &Recorder, value: impl Serialize) -> CallRecord {
    recorder.run(|| pass(value));
    recorder.calls().pop().unwrap()
}

/// Whether there are bytes beside the JSON of a record.
fn holds_bytes(call: &CallRecord) -> bool {
    format!("{call:?}").contains("held: [(")
}

/// So many bytes that look like nothing in particular, as base64.
fn base64(bytes: usize) -> String {
    let bytes: Vec<u8> = (0..bytes).map(|at| (at * at / 7) as u8).collect();
    Content::from_bytes(bytes, "").to_base64()
}

#[test]
fn markdown_keeps_its_type_and_is_shown_as_its_text() {
    #[weave::op]
    fn report(title: Markdown<&str>, all: Vec<Markdown>) -> Result<Markdown, String> {
        Ok(Markdown::new(format!("# {title}\n")))
    }
    let recorder = Recorder::new();
    recorder.run(|| report(Markdown("*Rome*"), vec!["a".into()])).unwrap();
    let call = &recorder.calls()[0];
    assert_eq!(call.inputs_json(), r#"{"title":{"weave.markdown":"*Rome*"},"all":[{"weave.markdown":"a"}]}"#);
    assert_eq!(call.input::<Markdown>("title").unwrap().as_str(), "*Rome*");
    assert_eq!(call.output::<Markdown>().unwrap(), Markdown::from("# *Rome*\n"));
    assert_eq!(recorder.tree().outline(), r##"report(title: "*Rome*", all: ["a"]) -> "# *Rome*\n""##);
    assert!(call.to_string().contains(r##"-> "# *Rome*\n""##), "{call}");
}

#[test]
fn markdown_is_read_from_plain_strings_too_but_not_from_other_objects() {
    assert_eq!(serde_json::from_str::<Markdown>(r#""a""#).unwrap(), Markdown::from("a"));
    let error = serde_json::from_str::<Markdown>(r#"{"text":"a"}"#).unwrap_err();
    assert_eq!(error.to_string(), r#"the key "weave.markdown" is missing at line 1 column 12"#);
}

#[test]
fn content_is_a_reference_in_the_json_and_comes_back_whole() {
    let call = recorded(png().named("a.png"));
    let digest = png().digest();
    assert_eq!(
        call.output_json().unwrap(),
        format!(r#"{{"weave.content":{{"mime_type":"image/png","size":18,"digest":"{digest}","filename":"a.png"}}}}"#)
    );
    assert!(holds_bytes(&call));
    assert_eq!(call.output::<Content>().unwrap(), png().named("a.png"));
    assert_eq!(call.input::<Content>("value").unwrap(), png().named("a.png"));
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(tag = "type")]
enum Part {
    Text { text: Markdown },
    Image { content: Content, detail: Option<String> },
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Message {
    parts: Vec<Part>,
    by: (String, Option<Content>),
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, Content>,
}

fn message() -> Message {
    Message {
        parts: vec![
            Part::Text { text: "look".into() },
            Part::Image { content: Content::from_text("pixels"), detail: None },
        ],
        by: ("Ada".into(), Some(png())),
        rest: [("x".to_owned(), png().named("x.png"))].into(),
    }
}

#[test]
fn content_is_found_wherever_it_stands_in_a_value() {
    let recorder = Recorder::new();
    let call = recorded_by(&recorder, message());
    assert_eq!(call.output::<Message>().unwrap(), message());
    let shown = r#"{"by":["Ada",<image/png, 18 B>],"parts":[{"text":"look","type":"Text"},{"content":<text/plain, 6 B>,"detail":null,"type":"Image"}],"x":<image/png, 18 B>}"#;
    let outline = recorder.tree().outline();
    assert!(outline.ends_with(&format!("-> {shown}")), "{outline}");
}

#[test]
fn a_record_as_json_says_all_by_itself() {
    let image = base64(90_000);
    let call = recorded(json!({ "image": image }));
    let exported = serde_json::to_value(&call).unwrap();
    assert_eq!(exported["output"]["image"], Value::from(image));

    let call = recorded(message());
    let exported: Value = serde_json::from_str(&serde_json::to_string(&call).unwrap()).unwrap();
    assert_eq!(serde_json::from_value::<Message>(exported["output"].clone()).unwrap(), message());
    assert_eq!(
        exported["output"]["x"],
        json!({ "weave.content": { "mime_type": "image/png", "filename": "x.png", "data": png().to_base64() } })
    );
}

#[test]
fn outside_of_a_capture_content_is_whole_also_inside_of_one() {
    /// Serialises what it has by itself, as a client of a model API would.
    struct Request(Content);

    impl Serialize for Request {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&serde_json::to_string(&self.0).unwrap())
        }
    }

    let whole = format!(r#"{{"weave.content":{{"mime_type":"image/png","data":"{}"}}}}"#, png().to_base64());
    assert_eq!(serde_json::to_string(&png()).unwrap(), whole);
    assert_eq!(serde_json::from_str::<Content>(&whole).unwrap(), png());
    assert_eq!(recorded(Request(png())).output::<String>().unwrap(), whole);
}

#[test]
fn a_reference_alone_says_where_its_bytes_are() {
    let json = recorded(png()).output_json().unwrap().to_owned();
    let error = serde_json::from_str::<Content>(&json).unwrap_err().to_string();
    let expected = "the content of 18 bytes (image/png) is a reference, whose bytes are beside the call";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn a_value_that_speaks_our_language_is_left_alone() {
    let digest = png().digest();
    for value in [
        json!({ "weave.content": { "digest": digest, "mime_type": "image/png" } }),
        json!({ "weave.base64": { "digest": digest, "held": 1 } }),
        json!({ "weave.markdown": 7 }),
    ] {
        assert_eq!(recorded(value.clone()).output::<Value>().unwrap(), value);
    }
}

#[test]
fn content_under_a_secret_key_is_gone_with_its_bytes() {
    #[derive(Serialize)]
    struct Login {
        password: Content,
        private_key: String,
        name: &'static str,
    }

    let login = Login { password: png(), private_key: base64(90_000), name: "ada" };
    let call = recorded(login);
    assert_eq!(call.output_json().unwrap(), r#"{"password":"REDACTED","private_key":"REDACTED","name":"ada"}"#);
    assert!(!holds_bytes(&call), "{call:?}");
}

#[test]
fn the_redaction_hook_is_shown_references_and_takes_the_bytes_out_with_them() {
    let builder = weave::builder("test").redact(|path, value| {
        if path == "inputs.value" || value.get("weave.base64").is_some() {
            *value = "(withheld)".into();
        }
    });
    let recorder = Recorder::with(builder).unwrap();
    let call = recorded_by(&recorder, (png(), base64(90_000), 1));
    assert_eq!(call.inputs_json(), r#"{"value":"(withheld)"}"#);
    let (content, rest, n) = call.output::<(Content, String, u8)>().unwrap();
    assert_eq!((content, rest.as_str(), n), (png(), "(withheld)", 1));
}

#[test]
fn content_in_debug_text_shows_no_bytes() {
    #[derive(Debug)]
    #[allow(dead_code, reason = "read by Debug")]
    struct Shown {
        image: Content,
    }

    #[weave::op]
    fn show(shown: &Shown) {}

    let recorder = Recorder::new();
    recorder.run(|| show(&Shown { image: Content::from_bytes(vec![65; 1_000], "image/png").named("a.png") }));
    assert_eq!(
        recorder.tree().outline(),
        r#"show(shown: "Shown { image: Content { mime_type: \"image/png\", size: 1000, filename: \"a.png\", .. } }")"#
    );
}

#[test]
fn content_of_running_calls_and_manual_ones_is_there_too() {
    let recorder = Recorder::new();
    let open = recorder.run(|| weave::start_call("paint").input("like", png()).input("size", 3));
    let running = &recorder.calls()[0];
    assert_eq!(running.status(), weave::Status::Running);
    assert_eq!(running.input::<Content>("like").unwrap(), png());
    open.finish(Content::from_text("done"));
    let ended = &recorder.calls()[0];
    assert_eq!(ended.input::<Content>("like").unwrap(), png());
    assert_eq!(ended.output::<Content>().unwrap().text(), Some("done"));
}

#[test]
fn content_among_the_items_of_a_stream_is_kept() {
    #[weave::op]
    fn frames(n: u8) -> impl Iterator<Item = Content> {
        (0..n).map(|n| Content::from_bytes([n], "image/x"))
    }
    let recorder = Recorder::new();
    let given: Vec<Content> = recorder.run(|| frames(3).collect());
    assert_eq!(recorder.calls()[0].output::<Vec<Content>>().unwrap(), given);
}

#[test]
fn content_among_items_that_are_not_accumulated_is_let_go() {
    fn add(sum: &mut usize, frame: &Content) {
        *sum += frame.size();
    }

    #[weave::op(accumulate = add)]
    fn frames(n: u8) -> impl Iterator<Item = Content> {
        (0..n).map(|n| Content::from_bytes([n], "image/x"))
    }
    let recorder = Recorder::new();
    recorder.run(|| frames(3).count());
    let call = &recorder.calls()[0];
    assert_eq!(call.output::<usize>().unwrap(), 3);
    assert!(!holds_bytes(call), "{call:?}");
}

#[test]
fn content_in_attributes_and_summaries_is_named_and_not_kept() {
    #[weave::op(attributes(logo = png()))]
    fn paint() {
        weave::current_call().merge_summary("sketch", png());
    }
    let recorder = Recorder::new();
    recorder.run(|| weave::scope().attribute("style", png()).run(paint));
    let call = &recorder.calls()[0];
    for value in [&call.attributes()["logo"], &call.attributes()["style"], &call.summary()["sketch"]] {
        let expected = json!({ "weave.content": {
            "mime_type": "image/png", "size": 18, "left_out": "content is kept of inputs and outputs only"
        } });
        assert_eq!(*value, expected);
    }
}

#[test]
fn a_serialize_that_fails_after_content_leaves_nothing_behind() {
    struct Failing;

    impl Serialize for Failing {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }

    let call = recorded((png(), Failing));
    assert_eq!(call.output::<Value>().unwrap()["weave.error"]["message"], "no");
    assert!(!holds_bytes(&call), "{call:?}");
}
