//! Scenarios that are told of in words: what spans they come to.

use opentelemetry_sdk::trace::SpanData;
use serde_json::{Value, json};
use weave::testing::Recorder;
use weave::{Content, Conversation, Llm, Message, Part, SubAgent, Tool, Turn, Usage};

use super::compare::{exported, of_rust};

fn spans(recorder: &Recorder) -> Vec<Value> {
    of_rust(&exported(&recorder.calls()))
}

fn keys<'a>(span: &'a Value, beginning: &str) -> Vec<&'a str> {
    let attributes = span["attributes"].as_object().unwrap();
    attributes.keys().map(String::as_str).filter(|key| key.starts_with(beginning)).collect()
}

fn names(spans: &[SpanData]) -> Vec<&str> {
    spans.iter().map(|span| span.name.as_ref()).collect()
}

#[test]
fn an_error_is_on_every_span_that_it_leaves() {
    let recorder = Recorder::new();
    let turn = recorder.run(|| weave::start_turn("hi"));
    let result: Result<(), String> = futures::executor::block_on(
        turn.try_run(async |turn| turn.start_llm("m").try_run(async |_| Err("connection lost".to_owned())).await),
    );
    assert_eq!(result, Err("connection lost".to_owned()));
    let spans = spans(&recorder);
    for span in [&spans[0], &spans[0]["spans"][0]] {
        assert_eq!(span["status"], json!({ "code": "ERROR", "message": "connection lost" }));
        assert_eq!(
            (&span["attributes"]["error.type"], span["events"].as_array().unwrap().len()),
            (&json!("alloc::string::String"), 1)
        );
    }
}

#[test]
fn an_error_that_is_handled_stays_on_its_span() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn("caught");
        turn.start_llm("m").fail("connection lost");
        turn.end();
        let turn = weave::start_turn("recorded");
        let tool = turn.start_tool("t");
        tool.error("no such city");
        tool.result("nothing");
        tool.end();
        turn.fail("gave up");
    });
    let spans = spans(&recorder);
    let llm = &spans[0]["spans"][0];
    assert_eq!(spans[0]["status"], json!({ "code": "UNSET", "message": "" }));
    assert_eq!(llm["status"], json!({ "code": "ERROR", "message": "connection lost" }));
    assert_eq!(llm["attributes"]["error.type"], "str");
    let expected = json!({ "exception.type": "str", "exception.message": "connection lost" });
    assert_eq!(llm["events"], json!([{ "name": "exception", "attributes": expected }]));
    let tool = &spans[1]["spans"][0];
    assert_eq!(tool["status"]["message"], "no such city");
    assert_eq!(tool["events"].as_array().unwrap().len(), 1);
    assert_eq!(tool["attributes"]["gen_ai.tool.call.result"], "nothing");
    assert_eq!(spans[1]["status"]["message"], "gave up");
}

#[test]
fn without_content_nothing_of_what_is_said_is_exported() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let conversation = Conversation::new().id("c").name("Weather").agent("a").include_content(false);
        let conversation = weave::start_conversation(conversation);
        let turn = conversation.start_turn(Turn::new().user("hidden").system("hidden").output("hidden"));
        let llm = Llm::new("m").user("hidden").system("hidden").think("hidden").output("hidden").finish_reason("stop");
        let llm = turn.start_llm(llm.usage(Usage::new(1, 2)));
        llm.media(Content::from_bytes(*b"hidden", "image/png"));
        llm.end();
        let tool = Tool::new("t").arguments(json!({ "q": "hidden" })).result("hidden").description("looks");
        turn.start_tool(tool.call_id("1").tool_type("function")).end();
        turn.start_subagent(SubAgent::new("s").user("hidden").output("hidden")).end();
    });
    let spans = spans(&recorder);
    assert!(!Value::from(spans.clone()).to_string().contains("hidden"));
    let inner = &spans[0]["spans"];
    let expected = ["gen_ai.agent.name", "gen_ai.conversation.id", "gen_ai.conversation.name", "gen_ai.operation.name"];
    assert_eq!(keys(&spans[0], "gen_ai"), expected);
    let expected = [
        "gen_ai.conversation.id",
        "gen_ai.operation.name",
        "gen_ai.request.model",
        "gen_ai.response.finish_reasons",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
    ];
    assert_eq!(keys(&inner[0], "gen_ai"), expected);
    let expected = [
        "gen_ai.conversation.id",
        "gen_ai.operation.name",
        "gen_ai.tool.call.id",
        "gen_ai.tool.description",
        "gen_ai.tool.name",
        "gen_ai.tool.type",
    ];
    assert_eq!(keys(&inner[1], "gen_ai"), expected);
}

#[test]
fn reasoning_is_first_in_the_last_answer_unless_that_has_some() {
    let answer = |llm: Llm| {
        let recorder = Recorder::new();
        recorder.run(|| weave::start_llm(llm).end());
        let messages = spans(&recorder)[0]["attributes"]["gen_ai.output.messages"].take();
        let parts = messages.as_array().unwrap().iter().map(|message| message["parts"].clone());
        Value::from_iter(parts)
    };
    let reasoning = |text: &str| json!({ "type": "reasoning", "content": text });
    let text = |text: &str| json!({ "type": "text", "content": text });
    assert_eq!(
        answer(Llm::new("m").output("a").output("b").think("why")),
        json!([[text("a")], [reasoning("why"), text("b")]])
    );
    assert_eq!(answer(Llm::new("m").think("why")), json!([[reasoning("why")]]));
    let own = Message::assistant("a").part(Part::Reasoning("own".to_owned()));
    assert_eq!(answer(Llm::new("m").output_message(own).think("why")), json!([[text("a"), reasoning("own")]]));
}

#[test]
fn media_go_to_the_last_message_of_the_user() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let llm =
            weave::start_llm(Llm::new("m").user("first").user("what is this?").message(Message::assistant("prev")));
        llm.media(Part::uri("weave:///e/p/object/Content:abc", Some("image/png")));
        llm.media(Part::uri("https://example.com/a.mp3", Some("audio/mpeg")));
    });
    let attributes = &spans(&recorder)[0]["attributes"];
    let parts = &attributes["gen_ai.input.messages"][1]["parts"];
    let uri =
        json!({ "type": "uri", "mime_type": "audio/mpeg", "modality": "audio", "uri": "https://example.com/a.mp3" });
    assert_eq!((parts.as_array().unwrap().len(), &parts[2]), (3, &uri));
    assert_eq!(attributes["weave.content_refs"], json!(["weave:///e/p/object/Content:abc"]));
}

#[test]
fn what_is_started_without_a_conversation_has_none() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::start_turn(Turn::new().user("hi").agent("a")).end();
        weave::start_llm("m").end();
        weave::start_tool("t").end();
        weave::start_subagent("  ").end();
    });
    let spans = exported(&recorder.calls());
    assert_eq!(names(&spans), ["invoke_agent a", "chat m", "execute_tool t", "invoke_agent"]);
    assert!(spans.iter().all(|span| span.parent_span_id == opentelemetry::trace::SpanId::INVALID));
    assert!(!spans.iter().flat_map(|span| &span.attributes).any(|kv| kv.key.as_str() == "gen_ai.conversation.id"));
}

#[test]
fn a_turn_that_continues_the_trace_is_below_the_span_around() {
    #[weave::op]
    fn outer() {
        let conversation = Conversation::new().id("c").continue_parent_trace(true);
        weave::start_conversation(conversation).start_turn("hi").start_llm("m").end();
    }
    let recorder = Recorder::new();
    recorder.run(outer);
    let spans = exported(&recorder.calls());
    assert_eq!(names(&spans), ["outer", "invoke_agent", "chat m"]);
    assert_eq!(spans[1].parent_span_id, spans[0].span_context.span_id());
    assert_eq!(spans[2].span_context.trace_id(), spans[0].span_context.trace_id());
    assert!(spans[1].links.links.is_empty());
}

#[test]
fn what_is_in_a_turn_that_an_op_started_says_which() {
    #[weave::op]
    fn outer() {
        let turn = weave::start_turn("hi");
        let llm = turn.start_llm("m");
        llm.end();
        turn.end();
    }
    let recorder = Recorder::new();
    recorder.run(outer);
    let spans = exported(&recorder.calls());
    let (op, turn, llm) = (&spans[0], &spans[1], &spans[2]);
    assert_ne!(turn.span_context.trace_id(), op.span_context.trace_id());
    let linked: Vec<_> = turn.links.links.iter().map(|link| link.span_context.span_id()).collect();
    assert_eq!(linked, [op.span_context.span_id()]);
    let said = |span: &SpanData, key: &str| {
        span.attributes.iter().find(|kv| kv.key.as_str() == key).map(|kv| kv.value.to_string()).unwrap()
    };
    for span in [turn, llm] {
        assert_eq!(said(span, "weave.parent_call.trace_id"), op.span_context.trace_id().to_string());
        assert_eq!(said(span, "weave.parent_call.id"), op.span_context.span_id().to_string());
    }
}
