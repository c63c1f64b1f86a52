//! What agents do as spans for an exporter of OpenTelemetry, in both dialects.

use std::time::Duration;

use opentelemetry::trace::SpanKind;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use proptest::prelude::*;
use serde_json::json;
use weave::otel::Dialect;
use weave::testing::Recorder;
use weave::{Agent, Conversation, Llm, Part, Sink, Tool, Turn, Usage};

fn exported(recorder: &Recorder, dialect: Dialect) -> Vec<SpanData> {
    let backend = InMemorySpanExporter::default();
    let mut sink = weave::otel::exporter(backend.clone()).dialect(dialect);
    sink.export(&recorder.calls()).unwrap();
    backend.get_finished_spans().unwrap()
}

/// All attributes of a span that are of the conventions or beside them, as `key=value`.
fn attributes(span: &SpanData) -> Vec<String> {
    let all = span.attributes.iter().map(|attribute| format!("{}={}", attribute.key, attribute.value));
    let mut all: Vec<String> = all.filter(|text| text.starts_with("gen_ai.") || text.starts_with("weave.")).collect();
    all.sort();
    all
}

fn of_llm(llm: Llm, dialect: Dialect) -> Vec<String> {
    let recorder = Recorder::new();
    recorder.run(|| weave::start_llm(llm).end());
    attributes(&exported(&recorder, dialect)[0])
}

fn full() -> Llm {
    Llm::new("gpt-4o")
        .provider("openai")
        .system("Be brief.")
        .user("Weather?")
        .output("Sunny.")
        .temperature(0.0)
        .top_p(0.5)
        .top_k(40.0)
        .frequency_penalty(0.1)
        .presence_penalty(-0.1)
        .seed(-7)
        .max_tokens(256)
        .choice_count(2)
        .stop_sequences(["END"])
        .stream(true)
        .time_to_first_chunk(Duration::from_millis(1_500))
        .usage(Usage::new(20, 0).total(20).cache_creation(4).cache_read(6).reasoning(2))
        .response_id("resp-1")
        .response_model("gpt-4o-2024")
        .finish_reason("stop")
        .output_type("text")
}

#[test]
fn everything_that_is_known_of_a_model_s_call_has_its_key_and_zero_is_a_value() {
    let expected = r#"gen_ai.input.messages=[{"role":"user","parts":[{"type":"text","content":"Weather?"}]}]
gen_ai.operation.name=chat
gen_ai.output.messages=[{"role":"assistant","parts":[{"type":"text","content":"Sunny."}],"finish_reason":"stop"}]
gen_ai.output.type=text
gen_ai.provider.name=openai
gen_ai.request.choice.count=2
gen_ai.request.frequency_penalty=0.1
gen_ai.request.max_tokens=256
gen_ai.request.model=gpt-4o
gen_ai.request.presence_penalty=-0.1
gen_ai.request.seed=-7
gen_ai.request.stop_sequences=["END"]
gen_ai.request.stream=true
gen_ai.request.temperature=0
gen_ai.request.top_k=40
gen_ai.request.top_p=0.5
gen_ai.response.finish_reasons=["stop"]
gen_ai.response.id=resp-1
gen_ai.response.model=gpt-4o-2024
gen_ai.response.time_to_first_chunk=1.5
gen_ai.system_instructions=[{"type":"text","content":"Be brief."}]
gen_ai.usage.cache_creation.input_tokens=4
gen_ai.usage.cache_read.input_tokens=6
gen_ai.usage.input_tokens=20
gen_ai.usage.output_tokens=0
gen_ai.usage.reasoning.output_tokens=2
weave.span.kind=llm"#;
    let found = of_llm(full(), Dialect::OpenTelemetry);
    let found: Vec<_> = found.into_iter().filter(|text| !text.starts_with("weave.summary")).collect();
    assert_eq!(found.join("\n"), expected);
}

#[test]
fn what_was_not_reported_has_no_key() {
    assert_eq!(of_llm(Llm::default(), Dialect::OpenTelemetry), ["gen_ai.operation.name=chat", "weave.span.kind=llm"]);
}

#[test]
fn the_dialect_of_weave_says_more_under_the_keys_that_it_knows() {
    let llm =
        full().media(Part::uri("weave:///e/p/object/Content:abc", None)).media(Part::Compaction("they met".to_owned()));
    let (plain, weave) = (of_llm(llm.clone(), Dialect::OpenTelemetry), of_llm(llm.clone(), Dialect::Weave));
    let more: Vec<&String> = weave.iter().filter(|text| !plain.contains(text)).collect();
    let expected = [
        "gen_ai.usage.cache_write.input_tokens=4".to_owned(),
        "gen_ai.usage.total_tokens=20".to_owned(),
        format!("weave.client_version={}", env!("CARGO_PKG_VERSION")),
        "weave.compaction.summary=they met".to_owned(),
        r#"weave.content_refs=["weave:///e/p/object/Content:abc"]"#.to_owned(),
        "weave.source=rust-sdk".to_owned(),
    ];
    assert_eq!(more, expected.iter().collect::<Vec<_>>());
    assert!(plain.iter().all(|text| weave.contains(text)));
    // Weave's server refuses a span with a type that it does not know.
    let odd =
        |dialect| of_llm(llm.clone().output_type("video"), dialect).contains(&"gen_ai.output.type=video".to_owned());
    assert_eq!((odd(Dialect::OpenTelemetry), odd(Dialect::Weave)), (true, false));
}

#[test]
fn turns_and_tools_say_who_and_what() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let agent = Agent::new(" helper ").id("a-7").version("2").description("helps");
        let conversation = weave::start_conversation(Conversation::new().id("c").name("Weather").agent(agent));
        let turn = conversation.start_turn(Turn::new().model("gpt-4o"));
        let tool = Tool::new("get_weather").call_id("1").tool_type("function").description("looks").arguments("Paris");
        turn.start_tool(tool.result(json!({ "temp": 21 }))).end();
        turn.end();
    });
    let spans = exported(&recorder, Dialect::OpenTelemetry);
    let expected = [
        "gen_ai.agent.description=helps",
        "gen_ai.agent.id=a-7",
        "gen_ai.agent.name= helper ",
        "gen_ai.agent.version=2",
        "gen_ai.conversation.id=c",
        "gen_ai.operation.name=invoke_agent",
        "gen_ai.request.model=gpt-4o",
        "weave.conversation.name=Weather",
        "weave.span.kind=turn",
    ];
    assert_eq!(attributes(&spans[0]), expected);
    let expected = [
        "gen_ai.conversation.id=c",
        "gen_ai.operation.name=execute_tool",
        "gen_ai.tool.call.arguments=Paris",
        "gen_ai.tool.call.id=1",
        r#"gen_ai.tool.call.result={"temp":21}"#,
        "gen_ai.tool.description=looks",
        "gen_ai.tool.name=get_weather",
        "gen_ai.tool.type=function",
        "weave.span.kind=tool",
    ];
    assert_eq!(attributes(&spans[1]), expected);
    assert_eq!((&*spans[0].name, &*spans[1].name), ("invoke_agent helper", "execute_tool get_weather"));
    assert_eq!([&spans[0], &spans[1]].map(|span| span.span_kind.clone()), [SpanKind::Internal, SpanKind::Internal]);
}

/// Keys of ours, what begins them, and what goes on from them.
fn keys_that_meet_ours() -> impl Strategy<Value = String> {
    let ours = of_llm(full(), Dialect::Weave).into_iter().map(|text| text.split('=').next().unwrap().to_owned());
    let ours =
        proptest::sample::select(ours.chain(["input.value".to_owned(), "error.type".to_owned()]).collect::<Vec<_>>());
    (ours, 0usize..5, any::<bool>()).prop_map(|(key, segments, more)| {
        let mut parts: Vec<&str> = key.split('.').take(segments.max(1)).collect();
        if more {
            parts.push("more");
        }
        parts.join(".")
    })
}

proptest! {
    #[test]
    fn no_key_of_a_span_begins_another_whatever_the_program_sets(
        own in proptest::collection::vec(keys_that_meet_ours(), 0..6),
        around in proptest::collection::vec(keys_that_meet_ours(), 0..6),
    ) {
        let recorder = Recorder::new();
        recorder.run(|| {
            let scope = weave::scope().attributes(around.iter().map(|key| (key.as_str(), json!("around"))));
            scope.run(|| {
                let llm = weave::start_llm(full());
                own.iter().for_each(|key| _ = llm.set_attribute(key.as_str(), "own"));
                llm.fail("no luck");
                let op = weave::start_call("op").input("n", 1);
                own.iter().for_each(|key| op.handle().set_attribute(key.as_str(), "own"));
                op.finish(2);
            });
        });
        for dialect in [Dialect::OpenTelemetry, Dialect::Weave] {
            for span in exported(&recorder, dialect) {
                let keys: Vec<&str> = span.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
                for key in &keys {
                    let inner = format!("{key}.");
                    prop_assert!(!keys.iter().any(|other| other.starts_with(&inner)), "{key} among {keys:?}");
                }
            }
        }
        let span = &exported(&recorder, Dialect::Weave)[0];
        let model = span.attributes.iter().find(|attribute| attribute.key.as_str() == "gen_ai.request.model");
        prop_assert_eq!(model.unwrap().value.to_string(), "gpt-4o");
    }
}

/// Looks up how the weather is.
#[weave::tool(call_id = id)]
fn get_weather(city: &str, id: &str) -> serde_json::Value {
    json!({ "temp": 21, "at": city })
}

#[weave::llm(model = "gpt-4o", messages = messages, temperature = 0.2)]
fn ask(messages: &serde_json::Value) -> serde_json::Value {
    json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "gpt-4o-2024",
        "choices": [{
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {
                "role": "assistant",
                "content": null,
                "tool_calls": [{
                    "id": "call-1",
                    "type": "function",
                    "function": { "name": "get_weather", "arguments": "{\"city\":\"Paris\"}" },
                }],
            },
        }],
        "usage": { "prompt_tokens": 20, "completion_tokens": 8, "total_tokens": 28 },
    })
}

#[weave::turn(agent = "helper", conversation = "chat-7")]
fn answer(question: &str) -> String {
    ask(&json!([{ "role": "user", "content": question }]));
    get_weather("Paris", "call-1");
    "It is 21 °C.".to_owned()
}

#[test]
fn annotated_functions_say_what_is_understood_of_them() {
    let recorder = Recorder::new();
    recorder.run(|| answer("Weather in Paris?"));
    let spans = exported(&recorder, Dialect::OpenTelemetry);
    let of = |span: &SpanData| {
        let own = attributes(span).into_iter().filter(|text| text.starts_with("gen_ai."));
        own.map(|text| text.replace("gen_ai.", "")).collect::<Vec<_>>().join("\n")
    };
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_ref()).collect();
    assert_eq!(names, ["invoke_agent helper", "chat gpt-4o", "execute_tool get_weather"]);
    assert_eq!(
        of(&spans[0]),
        r#"agent.name=helper
conversation.id=chat-7
input.messages=[{"role":"user","parts":[{"type":"text","content":"Weather in Paris?"}]}]
operation.name=invoke_agent
output.messages=[{"role":"assistant","parts":[{"type":"text","content":"It is 21 °C."}],"finish_reason":"stop"}]"#
    );
    assert_eq!(
        of(&spans[1]),
        r#"conversation.id=chat-7
input.messages=[{"role":"user","parts":[{"type":"text","content":"Weather in Paris?"}]}]
operation.name=chat
output.messages=[{"role":"assistant","parts":[{"type":"tool_call","id":"call-1","name":"get_weather","arguments":{"city":"Paris"}}],"finish_reason":"tool_call"}]
provider.name=openai
request.model=gpt-4o
request.temperature=0.2
response.finish_reasons=["tool_calls"]
response.id=chatcmpl-1
response.model=gpt-4o-2024
usage.input_tokens=20
usage.output_tokens=8"#
    );
    assert_eq!(
        of(&spans[2]),
        r#"conversation.id=chat-7
operation.name=execute_tool
tool.call.arguments={"city":"Paris","id":"call-1"}
tool.call.id=call-1
tool.call.result={"at":"Paris","temp":21}
tool.description=Looks up how the weather is.
tool.name=get_weather
tool.type=function"#
    );
}

#[test]
fn each_failure_that_a_span_is_told_of_is_an_event_once() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::start_tool("one").error("first").end();
        weave::start_tool("two").error("first").fail("second");
        weave::start_tool("three").fail("second");
    });
    let spans = exported(&recorder, Dialect::default());
    let told = |span: &SpanData| {
        let events = span.events.iter().filter(|event| event.name == "exception");
        let message = |event: &opentelemetry::trace::Event| {
            assert!(event.attributes.iter().all(|attribute| attribute.key.as_str() != "exception.escaped"));
            let mut attributes = event.attributes.iter();
            attributes.find(|attribute| attribute.key.as_str() == "exception.message").unwrap().value.to_string()
        };
        events.map(message).collect::<Vec<_>>()
    };
    assert_eq!(spans.iter().map(told).collect::<Vec<_>>(), [&["first"][..], &["first", "second"], &["second"]]);
}
