//! What is said, held to the schemas that OpenTelemetry publishes for it.

mod validator;

use std::sync::LazyLock;

use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use proptest::prelude::*;
use serde_json::{Value, json};
use weave::otel::Dialect;
use weave::testing::Recorder;
use weave::{Content, Llm, Message, Modality, Part, Role, Sink, SubAgent, Tool, Turn};

use validator::Schema;

macro_rules! schema {
    ($name:literal) => {{
        static SCHEMA: LazyLock<Schema> =
            LazyLock::new(|| Schema::new(include_str!(concat!("../fixtures/genai-schemas/gen-ai-", $name, ".json"))));
        &*SCHEMA
    }};
}

/// The span of one call that was given all at once.
fn exported(record: impl FnOnce()) -> SpanData {
    let recorder = Recorder::new();
    recorder.run(record);
    let backend = InMemorySpanExporter::default();
    let mut sink = weave::otel::exporter(backend.clone()).dialect(Dialect::Weave);
    sink.export(&recorder.calls()).unwrap();
    backend.get_finished_spans().unwrap().remove(0)
}

fn said(span: &SpanData, key: &str) -> Value {
    let attribute = span.attributes.iter().find(|attribute| attribute.key.as_str() == key);
    attribute.map_or(Value::Null, |attribute| serde_json::from_str(&attribute.value.as_str()).unwrap())
}

/// Holds every text of a span that has a schema to that, and each part and definition to the one of its type.
fn check(span: &SpanData) -> Result<(), String> {
    let messages =
        [("gen_ai.input.messages", schema!("input-messages")), ("gen_ai.output.messages", schema!("output-messages"))];
    for (key, schema) in messages {
        let messages = said(span, key);
        if messages.is_null() {
            continue;
        }
        schema.check(&messages)?;
        for part in messages.as_array().unwrap().iter().flat_map(|message| message["parts"].as_array().unwrap()) {
            schema.check_typed(part)?;
        }
    }
    let lists = [
        ("gen_ai.system_instructions", schema!("system-instructions")),
        ("gen_ai.tool.definitions", schema!("tool-definitions")),
    ];
    for (key, schema) in lists {
        let items = said(span, key);
        if items.is_null() {
            continue;
        }
        schema.check(&items)?;
        items.as_array().unwrap().iter().try_for_each(|item| schema.check_typed(item))?;
    }
    Ok(())
}

fn llm(llm: Llm) -> SpanData {
    exported(|| weave::start_llm(llm).end())
}

#[test]
fn the_validator_tells_what_the_schemas_say() {
    let schema = schema!("output-messages");
    let message = |part: Value| json!([{ "role": "assistant", "parts": [part], "finish_reason": "stop" }]);
    assert!(schema.check(&message(json!({ "type": "text", "content": "a" }))).is_ok());
    assert!(
        schema.check(&json!([{ "role": "assistant", "parts": [] }])).unwrap_err().ends_with("lacks \"finish_reason\"")
    );
    assert!(schema.check(&message(json!({ "content": "a" }))).is_err());
    // Any part is one of an unknown type, so a known type is looked at apart.
    let blob = json!({ "type": "blob", "modality": "image", "content": { "weave.content": {} } });
    assert!(schema.check(&message(blob.clone())).is_ok());
    assert!(schema.check_typed(&blob).is_err());
}

#[test]
fn parts_of_all_kinds_have_the_form_of_their_kind() {
    let image = Content::from_bytes([1, 2, 3], "image/png");
    let odd: Vec<Part> = [
        json!({ "type": "text" }),
        json!({ "type": "tool_call", "id": 7 }),
        json!({ "type": "server_tool_call", "name": "search", "server_tool_call": { "type": "web", "query": "a" } }),
        json!({ "type": "hologram", "rays": 3 }),
        json!({ "no": "type" }),
        json!(7),
    ]
    .into_iter()
    .map(|part| serde_json::from_value(part).unwrap())
    .collect();
    let mut message = Message::user("look")
        .part(image)
        .part(Part::uri("gs://bucket/a.mp4", Some("video/mp4")))
        .part(Part::Reasoning("hm".to_owned()))
        .part(Part::Compaction("before".to_owned()))
        .part(Part::tool_response("call-1", json!({ "temp": 21 })))
        .tool_call("call-2", "search", r#"{"q":"a"}"#);
    message.parts.extend(odd);
    let span = llm(Llm::new("m").message(message));
    check(&span).unwrap();
    let parts = &said(&span, "gen_ai.input.messages")[0]["parts"];
    assert_eq!(parts[1], json!({ "type": "blob", "mime_type": "image/png", "modality": "image", "content": "AQID" }));
    assert_eq!(parts[6], json!({ "type": "tool_call", "id": "call-2", "name": "search", "arguments": { "q": "a" } }));
    let kinds: Vec<&str> = parts.as_array().unwrap()[7..].iter().map(|part| part["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["weave.text", "weave.tool_call", "server_tool_call", "hologram", "other", "other"]);
}

#[test]
fn content_that_was_not_recorded_is_no_blob() {
    let recorder = Recorder::with(weave::builder("test").content_bytes(2)).unwrap();
    recorder.run(|| {
        let image = Content::from_bytes([1, 2, 3], "image/png");
        weave::start_llm(Llm::new("m").message(Message::user("look").part(image))).end();
    });
    let backend = InMemorySpanExporter::default();
    let mut sink = weave::otel::exporter(backend.clone());
    sink.export(&recorder.calls()).unwrap();
    let span = backend.get_finished_spans().unwrap().remove(0);
    check(&span).unwrap();
    let part = &said(&span, "gen_ai.input.messages")[0]["parts"][1];
    assert_eq!((&part["type"], &part["modality"]), (&json!("weave.blob"), &json!("image")));
}

#[test]
fn an_answer_always_says_why_it_ended() {
    let reasons = |llm_given: Llm| {
        let span = llm(llm_given);
        check(&span).unwrap();
        let messages = said(&span, "gen_ai.output.messages");
        let reasons = messages.as_array().unwrap().iter().map(|message| message["finish_reason"].as_str().unwrap());
        reasons.map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    let asks = || Message::assistant("").tool_call("1", "search", json!({}));
    assert_eq!(reasons(Llm::new("m").output("a")), "stop");
    assert_eq!(reasons(Llm::new("m").output_message(asks())), "tool_call");
    assert_eq!(
        reasons(Llm::new("m").output("a").output("b").finish_reason("end_turn").finish_reason("max_tokens")),
        "stop length"
    );
    assert_eq!(reasons(Llm::new("m").output("a").finish_reason("tool_use")), "tool_call");
    assert_eq!(reasons(Llm::new("m").output("a").finish_reason("new_reason")), "new_reason");
    assert_eq!(
        reasons(Llm::new("m").output_message(Message::assistant("a").finish_reason("own")).finish_reason("stop")),
        "own"
    );
    assert_eq!(reasons(Llm::new("m").output("a").failed("connection lost")), "error");
}

#[test]
fn definitions_of_tools_are_understood_in_the_form_of_each_provider() {
    let parameters = json!({ "type": "object", "properties": {} });
    let forms = json!([
        { "type": "function", "function": { "name": "openai", "description": "d", "parameters": parameters } },
        { "name": "anthropic", "input_schema": parameters },
        { "functionDeclarations": [{ "name": "gemini", "parameters": parameters }, { "name": "other" }] },
        { "type": "web_search" },
        { "type": "function", "name": "odd", "parameters": "none" },
        "bare",
        7,
    ]);
    let span = llm(Llm::new("m").tool_definitions(forms));
    check(&span).unwrap();
    let definitions = said(&span, "gen_ai.tool.definitions");
    let told = |tool: &Value| format!("{} {}", tool["type"].as_str().unwrap(), tool["name"].as_str().unwrap());
    let told: Vec<String> = definitions.as_array().unwrap().iter().map(told).collect();
    let expected = [
        "function openai",
        "function anthropic",
        "function gemini",
        "function other",
        "web_search web_search",
        "weave.function odd",
        "function bare",
    ];
    assert_eq!(told, expected);
    assert!(definitions.as_array().unwrap()[..3].iter().all(|tool| tool["parameters"] == parameters));
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-zäé😀\"\\\\ ]{1,8}"]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts().prop_map(Value::from)
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((texts(), inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Also parts that say to be of a known type, with whatever in them.
fn parts() -> impl Strategy<Value = Part> {
    let kinds =
        ["text", "reasoning", "tool_call", "tool_call_response", "blob", "uri", "file", "server_tool_call", "refusal"];
    let keys = [
        "content",
        "name",
        "id",
        "response",
        "modality",
        "mime_type",
        "uri",
        "file_id",
        "server_tool_call",
        "arguments",
    ];
    let members = proptest::collection::vec((proptest::sample::select(keys.to_vec()), values()), 0..4);
    let any_part = (proptest::sample::select(kinds.to_vec()), members).prop_map(|(kind, members)| {
        let members = members.into_iter().map(|(key, value)| (key.to_owned(), value));
        let mut part: serde_json::Map<String, Value> = members.collect();
        part.insert("type".to_owned(), kind.into());
        serde_json::from_value(Value::Object(part)).unwrap()
    });
    prop_oneof![
        texts().prop_map(Part::Text),
        texts().prop_map(Part::Reasoning),
        texts().prop_map(Part::Compaction),
        (texts(), texts(), values()).prop_map(|(id, name, arguments)| Part::tool_call(id, name, arguments)),
        (texts(), values()).prop_map(|(id, response)| Part::tool_response(id, response)),
        proptest::collection::vec(any::<u8>(), 0..9)
            .prop_map(|bytes| Part::from(Content::from_bytes(bytes, "image/png"))),
        texts().prop_map(|uri| Part::uri(format!("https://{uri}"), None)),
        texts().prop_map(|file_id| Part::File { modality: Modality::Audio, mime_type: None, file_id }),
        values().prop_map(|value| serde_json::from_value(value).unwrap()),
        any_part,
    ]
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let role = prop_oneof![Just("user"), Just("assistant"), Just("tool"), Just("developer"), Just("")];
    let message =
        (role, proptest::collection::vec(parts(), 0..4), proptest::option::of(texts()), proptest::option::of(texts()));
    let message = message.prop_map(|(role, parts, name, reason)| {
        let mut message = Message::new(Role::from(role));
        (message.parts, message.name, message.finish_reason) = (parts, name, reason);
        message
    });
    proptest::collection::vec(message, 0..4)
}

proptest! {
    #[test]
    fn whatever_is_said_is_exported_as_the_schemas_have_it(
        inputs in messages(),
        outputs in messages(),
        system in proptest::collection::vec(texts(), 0..3),
        definitions in values(),
        reasons in proptest::collection::vec(texts(), 0..3),
    ) {
        let mut given = Llm::new("m").tool_definitions(&definitions).messages(inputs.clone());
        given.output_messages.clone_from(&outputs);
        given.system_instructions.clone_from(&system);
        given.finish_reasons = reasons;
        let span = llm(given);
        prop_assert_eq!(check(&span), Ok(()));
        prop_assert_eq!(said(&span, "gen_ai.output.messages").as_array().map_or(0, Vec::len), outputs.len());

        let mut agent = SubAgent::new("critic");
        (agent.messages, agent.output_messages) = (inputs.clone(), outputs.clone());
        agent.system_instructions.clone_from(&system);
        prop_assert_eq!(check(&exported(|| weave::start_subagent(agent).end())), Ok(()));

        let mut turn = Turn::new();
        (turn.messages, turn.output_messages, turn.system_instructions) = (inputs, outputs, system);
        prop_assert_eq!(check(&exported(|| weave::start_turn(turn).end())), Ok(()));
        let tool = Tool::new("t").definitions(definitions);
        prop_assert_eq!(check(&exported(|| weave::start_tool(tool).end())), Ok(()));
    }
}

/// Answers as providers form them, with anything where they have something.
fn answers() -> impl Strategy<Value = Value> {
    let part = (
        proptest::sample::select(vec!["text", "tool_use", "thinking", "image", "function_call", "reasoning"]),
        values(),
        values(),
    );
    let part = part.prop_map(|(kind, one, other)| {
        json!({ "type": kind, "text": one, "thinking": one, "name": one, "input": other, "source": other, "functionCall": other })
    });
    let parts = prop_oneof![values(), proptest::collection::vec(part, 0..3).prop_map(Value::from)];
    (0..5, parts, values()).prop_map(|(form, parts, any)| match form {
        0 => json!({ "model": "m", "choices": [{ "message": { "role": "assistant", "content": parts, "tool_calls": any }, "finish_reason": any }] }),
        1 => json!({ "type": "message", "role": "assistant", "model": "m", "content": parts, "stop_reason": any, "usage": any }),
        2 => json!({ "candidates": [{ "content": { "role": "model", "parts": parts }, "finishReason": any }], "modelVersion": "m" }),
        3 => json!({ "object": "response", "model": "m", "output": [{ "type": "message", "role": "assistant", "content": parts }, any] }),
        _ => json!({ "model": "m", "message": { "role": "assistant", "content": any, "images": parts }, "done": true }),
    })
}

proptest! {
    #[test]
    fn whatever_a_model_is_asked_and_answers_is_exported_as_the_schemas_have_it(
        messages in proptest::collection::vec((texts(), values()), 0..3),
        tools in values(),
        answer in answers(),
    ) {
        #[weave::llm]
        fn ask(messages: &Value, tools: &Value, answer: &Value) -> Value {
            answer.clone()
        }
        let messages = messages.into_iter().map(|(role, content)| json!({ "role": role, "content": content }));
        let messages = messages.collect::<Value>();
        prop_assert_eq!(check(&exported(|| _ = ask(&messages, &tools, &answer))), Ok(()));
    }
}
