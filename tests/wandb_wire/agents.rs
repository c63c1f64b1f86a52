//! Spans of agents, and how they and the calls of ops name each other.

use serde_json::{Value, json};
use weave::{Content, Conversation, Llm, Message};

use crate::ops::fixture;
use crate::sent::Sent;
use crate::session::{PROJECT, Session, run};

#[test]
fn ops_in_turn() {
    #[weave::op]
    fn lookup(q: &str) -> String {
        inner(q)
    }
    #[weave::op]
    fn inner(q: &str) -> String {
        q.to_uppercase()
    }
    let sent = run(|| {
        lookup("before any span");
        let conversation = weave::start_conversation(Conversation::new().id("conv-ops").agent("a"));
        lookup("in conversation, no turn yet");
        let turn = conversation.start_turn("hi");
        turn.in_scope(|| {
            lookup("in turn");
            let tool = turn.start_tool("lookup");
            let found = tool.in_scope(|| lookup("in tool"));
            tool.result(found);
            tool.end();
        });
    });
    crate::fixture::assert_same(&sent, fixture!("ops_in_turn"));
    let spans = sent.spans();
    assert_eq!(names(&spans), ["invoke_agent a", "execute_tool lookup"]);
    assert_eq!((&spans[0]["parent"], &spans[1]["parent"]), (&Value::Null, &spans[0]["id"]));
}

fn names(spans: &[Value]) -> Vec<&str> {
    spans.iter().map(|span| span["name"].as_str().unwrap()).collect()
}

#[test]
fn a_turn_in_an_op_says_so_and_is_no_child_of_it() {
    #[weave::op]
    fn outer() {
        let turn = weave::start_turn("hi");
        turn.in_scope(|| drop(turn.start_llm("m")));
    }
    let sent = run(outer);
    let (calls, spans) = (sent.calls(), sent.spans());
    assert_eq!((calls.len(), names(&spans)), (1, vec!["invoke_agent", "chat m"]));
    let call = sent.to("/calls/complete")[0].json()["batch"][0].clone();
    for span in &spans {
        assert_eq!(span["attributes"]["weave.parent_call.id"], call["id"]);
        assert_eq!(span["attributes"]["weave.parent_call.trace_id"], call["trace_id"]);
    }
    assert_eq!((&spans[0]["parent"], &spans[1]["parent"]), (&Value::Null, &spans[0]["id"]));
    assert!(call["attributes"]["weave"]["invoking_span"].is_null());
}

#[test]
fn a_span_in_an_op_in_a_span_is_below_the_latter() {
    #[weave::op]
    fn between() {
        weave::start_llm("m").end();
    }
    let sent = run(|| weave::start_turn("hi").in_scope(between));
    let spans = sent.spans();
    assert_eq!(spans[1]["parent"], spans[0]["id"]);
    let call = sent.to("/calls/complete")[0].json()["batch"][0].clone();
    assert_eq!(call["parent_id"], Value::Null);
    assert_eq!(call["attributes"]["weave"]["invoking_span"]["span_id"], spans[0]["id"]);
    assert_eq!(spans[1]["attributes"]["weave.parent_call.id"], call["id"]);
}

#[test]
fn spans_of_others_go_where_those_of_agents_go() {
    use opentelemetry::trace::{Tracer, TracerProvider};
    #[weave::op]
    fn f() {}

    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder();
    let provider = provider.with_span_processor(weave::otel::processor()).build();
    let sent = run(|| {
        let turn = weave::start_turn("hi");
        turn.in_scope(|| provider.tracer("theirs").in_span("request", |_| f()));
    });
    let spans = sent.spans();
    assert_eq!(names(&spans), ["invoke_agent", "request"]);
    assert_eq!((&spans[1]["scope"], &spans[1]["parent"]), (&json!("theirs"), &spans[0]["id"]));
    let call = sent.to("/calls/complete")[0].json()["batch"][0].clone();
    let expected = json!({ "trace_id": spans[1]["trace"], "span_id": spans[1]["id"] });
    assert_eq!(call["attributes"]["weave"]["invoking_span"], expected);
}

#[test]
fn requests_with_spans_are_those_of_the_python_sdk() {
    let sent = run(|| weave::start_turn("hi").end());
    let request = sent.to("/agents/otel/v1/traces")[0];
    let header = |name: &str| request.header(name).unwrap();
    assert_eq!((header("content-type"), header("project_id")), ("application/x-protobuf", PROJECT));
    let resource = &sent.resources()[0];
    assert_eq!((&resource["wandb.sdk.name"], &resource["wandb.sdk.language"]), (&json!("weave"), &json!("rust")));
    assert_eq!(resource["service.instance.id"].as_str().map(str::len), Some(36));
    assert!(!resource.keys().any(|key| key == "wandb.entity" || key == "wandb.project"), "{resource:?}");
}

#[test]
fn spans_that_are_rejected_are_counted_with_the_reason() {
    let session = Session::new();
    let answer = r#"{"accepted_spans":1,"rejected_spans":1,"error_message":"span 2: bad output type"}"#;
    session.backend.answer("/agents/otel/v1/traces", fake_backend::Answer::status(200).json(answer));
    let sent = session.run_whatever_becomes_of_it(session.builder(), || {
        let turn = weave::start_turn("hi");
        turn.start_llm("m").end();
    });
    let sink = &sent.report.sinks[0];
    assert_eq!((sink.sent, sink.failed), (1, 1), "{sink:?}");
    assert!(sink.last_error.as_ref().unwrap().to_string().contains("bad output type"), "{sink:?}");
}

fn object(sent: &Sent, at: usize) -> Value {
    sent.to("/obj/create")[at].json()["obj"].clone()
}

#[test]
fn conv_media() {
    let sent = run(|| {
        let conversation = weave::start_conversation(Conversation::new().id("conv-media").agent("a"));
        let turn = conversation.start_turn("look");
        let asked = [Message::user("first"), Message::user("what is this?"), Message::assistant("prev")];
        let llm = turn.start_llm(Llm::new("m").messages(asked));
        llm.media(Content::from_bytes(*b"\x89PNG\r\n\x1a\n0000", "image/png"));
        llm.media(Content::from_data_url("data:text/plain;base64,aGVsbG8=").unwrap());
        llm.output("a picture");
    });
    // Python also publishes, several times, how it reads what it wrote.
    let expected = ["/agents/otel/v1/traces", "/file/create", "/file/create", "/file/create", "/file/create"];
    let expected = expected.into_iter().chain(["/obj/create", "/obj/create"]).map(|path| format!("POST {path}"));
    assert_eq!(sent.routes(), expected.collect::<Vec<_>>());

    let files: Vec<_> = sent.to("/file/create").into_iter().flat_map(fake_backend::weave::parts).collect();
    let files: Vec<_> = files.iter().filter(|part| part.name == "file").collect();
    assert_eq!(files[0].content, b"\x89PNG\r\n\x1a\n0000");
    assert_eq!(files[2].content, b"hello");
    let metadata: Value = serde_json::from_slice(&files[1].content).unwrap();
    assert_eq!((&metadata["mimetype"], &metadata["filename"]), (&json!("image/png"), &json!("image-7343.png")));
    let image = object(&sent, 0);
    assert_eq!(image["object_id"], "Content");
    // As Python's: the digest of the bytes.
    assert_eq!(image["val"]["files"]["content"], "c0PTY9Qn9ZhFWuXxAtL36MleXhSm9FS4rMNSyUWMrBE");

    let llm = &sent.spans()[1]["attributes"];
    let refs: Vec<_> = [image, object(&sent, 1)]
        .map(|object| fake_backend::weave::digest(fake_backend::weave::python_json(&object["val"]).as_bytes()))
        .map(|digest| format!("weave:///{PROJECT}/object/Content:{digest}"))
        .into();
    assert_eq!(llm["weave.content_refs"], json!(refs));
    let messages: Value = serde_json::from_str(llm["gen_ai.input.messages"].as_str().unwrap()).unwrap();
    let expected = json!({ "type": "uri", "mime_type": "image/png", "modality": "image", "uri": refs[0] });
    assert_eq!(messages[1]["parts"][1], expected);
    assert_eq!(messages[1]["parts"][2]["uri"], refs[1]);
    let span = sent.requests.iter().position(|request| request.path.contains("/agents/")).unwrap();
    assert_eq!(span + 1, sent.requests.len(), "what a span refers to is there before it");
}

#[test]
fn media_of_several_calls_are_uploaded_once() {
    let image = Content::from_bytes([7; 100_000], "image/png");
    let sent = run(|| {
        for _ in 0..3 {
            let llm = weave::start_llm(Llm::new("m").user("what is this?"));
            llm.media(image.clone());
        }
    });
    assert_eq!((sent.to("/file/create").len(), sent.to("/obj/create").len()), (2, 1));
    let refs: Vec<_> = sent.spans().iter().map(|span| span["attributes"]["weave.content_refs"].to_string()).collect();
    assert!(refs.len() == 3 && refs.iter().all(|reference| *reference == refs[0]), "{refs:?}");
}
