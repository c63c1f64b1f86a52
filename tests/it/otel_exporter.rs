//! Our calls as spans for an exporter of OpenTelemetry.

use opentelemetry::trace::{SpanId, SpanKind, Status as SpanStatus, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Array, Context, KeyValue, Value};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use weave::Sink;
use weave::testing::Recorder;

/// What an exporter gets of the calls of a recorder.
fn exported(recorder: &Recorder) -> Vec<SpanData> {
    let backend = InMemorySpanExporter::default();
    let mut sink = weave::otel::exporter(backend.clone());
    sink.export(&recorder.calls()).unwrap();
    sink.flush().unwrap();
    backend.get_finished_spans().unwrap()
}

fn attribute(span: &SpanData, key: &str) -> Option<Value> {
    span.attributes.iter().find(|attribute| attribute.key.as_str() == key).map(|attribute| attribute.value.clone())
}

/// The attributes that are texts and numbers, as `key=value`.
fn attributes(span: &SpanData, prefix: &str) -> Vec<String> {
    let of_prefix = span.attributes.iter().filter(|attribute| attribute.key.as_str().starts_with(prefix));
    let mut texts: Vec<_> = of_prefix.map(|attribute| format!("{}={}", attribute.key, attribute.value)).collect();
    texts.sort();
    texts
}

fn names(spans: &[SpanData]) -> Vec<&str> {
    spans.iter().map(|span| span.name.as_ref()).collect()
}

#[weave::op]
fn outer(n: u32) -> u32 {
    inner(n) + 1
}

#[weave::op]
fn inner(n: u32) -> u32 {
    n
}

#[test]
fn calls_become_spans_with_their_own_ids_and_times() {
    let recorder = Recorder::new();
    recorder.run(|| outer(1));
    let (calls, spans) = (recorder.calls(), exported(&recorder));
    let (outer, inner) = (&spans[0], &spans[1]);
    assert_eq!((outer.name.as_ref(), inner.name.as_ref()), ("outer", "inner"));
    assert_eq!(outer.span_context.trace_id().to_string(), calls[0].trace_id().to_string());
    assert_eq!(outer.span_context.span_id().to_string(), calls[0].id().to_string());
    assert!(outer.span_context.is_sampled() && !outer.span_context.is_remote());
    assert_eq!((outer.parent_span_id, inner.parent_span_id), (SpanId::INVALID, outer.span_context.span_id()));
    assert_eq!((outer.start_time, Some(outer.end_time)), (calls[0].started_at(), calls[0].ended_at()));
    assert_eq!((&outer.span_kind, &outer.status), (&SpanKind::Internal, &SpanStatus::Unset));
    assert_eq!(outer.instrumentation_scope.name(), "weave");
}

#[test]
fn inputs_and_output_are_json_and_the_function_is_named() {
    let recorder = Recorder::new();
    recorder.run(|| outer(1));
    let spans = exported(&recorder);
    assert_eq!(attributes(&spans[0], "input"), ["input.mime_type=application/json", r#"input.value={"n":1}"#]);
    assert_eq!(attributes(&spans[0], "output"), ["output.mime_type=application/json", "output.value=2"]);
    let expected = format!("code.function.name={}::outer", module_path!());
    assert_eq!(attributes(&spans[0], "code.function"), [expected]);
    assert_eq!(attributes(&spans[0], "weave.span"), ["weave.span.kind=op"]);
}

#[test]
fn what_the_program_said_of_a_call_goes_along() {
    #[weave::op(kind = "search", attributes(deep = serde_json::json!({ "a": { "b": [1, 2] }, "none": null })))]
    fn work() {
        let call = weave::current_call();
        call.set_attribute("cost", 0.5);
        call.set_attribute("tenant", "stronger");
        call.set_display_name("shown");
        call.merge_summary("confidence", 0.9);
        call.add_event("retry", serde_json::json!({ "attempt": 2 }));
        let linked = Context::current().span().span_context().clone();
        Context::current().span().add_link(linked, vec![KeyValue::new("why", "self")]);
    }
    let recorder = Recorder::new();
    recorder.run(|| weave::scope().attribute("tenant", "acme").run(work));
    let span = &exported(&recorder)[0];
    assert_eq!(attribute(span, "deep.a.b"), Some(Value::Array(Array::I64(vec![1, 2]))));
    assert_eq!(attribute(span, "deep.none"), None);
    assert_eq!((attribute(span, "cost"), attribute(span, "tenant")), (Some(0.5.into()), Some("stronger".into())));
    let expected = ["weave.kind=search", "weave.span.kind=op", r#"weave.summary={"confidence":0.9}"#];
    assert_eq!(attributes(span, "wandb"), ["wandb.display_name=shown"]);
    assert_eq!([attributes(span, "weave.k"), attributes(span, "weave.s")].concat(), expected);
    let digest = recorder.calls()[0].op().digest().map(|digest| Value::from(digest.to_owned()));
    assert_eq!(attribute(span, "weave.op.digest"), digest);
    assert_eq!((span.events.len(), span.events[0].name.as_ref()), (1, "retry"));
    assert_eq!(span.events[0].attributes, [KeyValue::new("attempt", 2)]);
    assert_eq!(span.links[0].span_context.span_id(), span.span_context.span_id());
    assert_eq!(span.links[0].attributes, [KeyValue::new("why", "self")]);
}

#[test]
fn agents_speak_in_the_words_of_opentelemetry() {
    #[derive(serde::Serialize)]
    struct Completion {
        model: &'static str,
        usage: Usage,
    }
    #[derive(serde::Serialize)]
    struct Usage {
        input_tokens: u64,
        output_tokens: u64,
    }
    #[weave::turn]
    fn turn() {
        llm();
        tool();
    }
    #[weave::llm]
    fn llm() -> Completion {
        Completion { model: "small", usage: Usage { input_tokens: 3, output_tokens: 4 } }
    }
    #[weave::tool]
    fn tool() {}
    let recorder = Recorder::new();
    recorder.run(turn);
    let spans = exported(&recorder);
    assert_eq!(attributes(&spans[0], "gen_ai"), ["gen_ai.operation.name=invoke_agent"]);
    assert_eq!(
        attributes(&spans[1], "gen_ai"),
        [
            "gen_ai.operation.name=chat",
            "gen_ai.response.model=small",
            "gen_ai.usage.input_tokens=3",
            "gen_ai.usage.output_tokens=4"
        ]
    );
    assert_eq!(
        attributes(&spans[2], "gen_ai"),
        [
            "gen_ai.operation.name=execute_tool",
            "gen_ai.tool.call.arguments={}",
            "gen_ai.tool.name=tool",
            "gen_ai.tool.type=function"
        ]
    );
    assert_eq!(names(&spans), ["invoke_agent", "chat", "execute_tool tool"]);
    assert_eq!([&spans[0], &spans[1]].map(|span| span.span_kind.clone()), [SpanKind::Internal, SpanKind::Client]);
}

#[test]
fn how_a_call_ended_is_its_status() {
    #[weave::op]
    fn fails() -> Result<(), String> {
        Err("no luck".to_owned())
    }
    #[weave::op]
    async fn waits() {
        std::future::pending::<()>().await;
    }
    #[weave::op]
    fn counts() -> impl Iterator<Item = u32> {
        0..10
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        let _ = fails();
        let mut waiting = Box::pin(waits());
        assert!(futures::FutureExt::now_or_never(waiting.as_mut()).is_none());
        drop(waiting);
        counts().next();
    });
    let spans = exported(&recorder);
    assert_eq!(spans[0].status, SpanStatus::error("no luck"));
    assert_eq!(attributes(&spans[0], "error"), ["error.type=alloc::string::String"]);
    let (exception, at) = (&spans[0].events[0], spans[0].end_time);
    assert_eq!((exception.name.as_ref(), exception.timestamp), ("exception", at));
    assert_eq!(exception.attributes[0], KeyValue::new("exception.message", "no luck"));
    assert_eq!((&spans[1].status, attribute(&spans[1], "weave.cancelled")), (&SpanStatus::Unset, Some(true.into())));
    assert_eq!((&spans[2].status, attribute(&spans[2], "weave.partial")), (&SpanStatus::Unset, Some(true.into())));
}

#[test]
fn a_call_that_runs_is_not_exported() {
    let recorder = Recorder::new();
    let open = recorder.run(|| weave::start_call("open"));
    assert_eq!(exported(&recorder), []);
    open.finish(1);
    assert_eq!(exported(&recorder).len(), 1);
}

#[test]
fn foreign_spans_are_exported_only_when_asked_for() {
    let provider = SdkTracerProvider::builder().with_span_processor(weave::otel::processor()).build();
    let recorder = Recorder::new();
    recorder.run(|| {
        provider.tracer("http").span_builder("get").with_kind(SpanKind::Server).start(&provider.tracer("http"))
    });
    assert_eq!(exported(&recorder), []);
    let backend = InMemorySpanExporter::default();
    weave::otel::exporter(backend.clone()).foreign_spans(true).export(&recorder.calls()).unwrap();
    // Dropped at the end of the statement, the exporter was shut down, which empties this one.
    assert_eq!(backend.get_finished_spans().unwrap(), []);
    let mut sink = weave::otel::exporter(backend.clone()).foreign_spans(true);
    sink.export(&recorder.calls()).unwrap();
    let span = &backend.get_finished_spans().unwrap()[0];
    assert_eq!((span.name.as_ref(), &span.span_kind), ("get", &SpanKind::Server));
    assert_eq!((span.instrumentation_scope.name(), attribute(span, "span.kind")), ("http", None));
}

#[test]
fn the_thread_is_the_conversation_of_all_calls_in_it_unless_they_say_another() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::scope().thread("chat-7").run(|| outer(1));
        weave::start_call("apart").finish(());
        let own = weave::scope().thread("chat-8").run(|| weave::start_call("own"));
        own.handle().set_attribute("gen_ai.conversation.id", "theirs");
        own.finish(());
    });
    let conversations: Vec<_> =
        exported(&recorder).iter().map(|span| attribute(span, "gen_ai.conversation.id")).collect();
    let expected = [Some("chat-7"), Some("chat-7"), None, Some("theirs")];
    assert_eq!(conversations, expected.map(|id| id.map(Value::from)));
}

#[test]
fn what_a_call_said_of_its_trace_is_on_its_span() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::start_call("root").run(|| {
            weave::current_trace().name("support").tags(["beta", "eu"]);
            weave::current_trace().metadata("user", serde_json::json!({ "id": 7, "password": "hunter2" }));
            outer(1);
        });
    });
    let spans = exported(&recorder);
    let expected = [
        "weave.trace.metadata.user.id=7",
        "weave.trace.metadata.user.password=REDACTED",
        "weave.trace.name=support",
        "weave.trace.tags=[\"beta\",\"eu\"]",
    ];
    assert_eq!(attributes(&spans[0], "weave.trace"), expected);
    assert_eq!(attributes(&spans[1], "weave.trace"), [""; 0]);
}
