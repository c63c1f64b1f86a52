//! OpenTelemetry on both sides of a client: exporters behind it, spans of others before it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry::global;
use opentelemetry::trace::{Span, Tracer, TracerProvider};
use opentelemetry::{Key, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, SpanData, SpanExporter};
use weave::{CallTree, Kind};

use crate::alone::{alone, double, stored};
use crate::programs::{program, run};
use crate::sinks::{figures, of};

type Work = Box<dyn Fn() -> futures::future::BoxFuture<'static, OTelSdkResult> + Send + Sync>;

/// A backend that does something with each batch, and notes what it was asked for.
#[derive(Clone)]
struct Backend {
    work: Arc<Work>,
    notes: Arc<Notes>,
}

#[derive(Default)]
struct Notes {
    spans: Mutex<Vec<SpanData>>,
    services: Mutex<Vec<String>>,
    flushes: AtomicUsize,
    shutdowns: AtomicUsize,
}

impl Backend {
    fn new() -> Self {
        Self::doing(|| async { Ok(()) })
    }

    fn doing<F: Future<Output = OTelSdkResult> + Send + 'static>(work: impl Fn() -> F + Send + Sync + 'static) -> Self {
        Self { work: Arc::new(Box::new(move || Box::pin(work()))), notes: Arc::default() }
    }

    fn names(&self) -> Vec<String> {
        let spans = self.notes.spans.lock().unwrap();
        spans.iter().map(|span| span.name.to_string()).collect()
    }
}

impl std::fmt::Debug for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Backend")
    }
}

impl SpanExporter for Backend {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        (self.work)().await?;
        self.notes.spans.lock().unwrap().extend(batch);
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.notes.flushes.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        self.notes.shutdowns.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        let name = resource.get(&Key::new("service.name")).unwrap().to_string();
        self.notes.services.lock().unwrap().push(name);
    }
}

/// The tracer of a provider that brings its spans to us.
fn tracer() -> SdkTracer {
    SdkTracerProvider::builder().with_span_processor(weave::otel::processor()).build().tracer("http")
}

#[weave::op(skip_all)]
fn outer(tracer: &SdkTracer) {
    tracer.span_builder("request").with_attributes([KeyValue::new("http.status", 200)]).start(tracer).end();
    tracer.in_span("between", |_| double(1));
}

#[test]
fn an_exporter_gets_the_calls_is_flushed_and_shut_down() {
    let (turn, backend) = (alone(), Backend::new());
    let resource = Resource::builder_empty().with_service_name("shop").build();
    let sink = weave::otel::exporter(backend.clone()).resource(resource);
    let weave = turn.builder().sink(sink).init().unwrap();
    double(1);
    weave.flush().into_result().unwrap();
    assert_eq!(backend.names(), ["double"]);
    assert_eq!(backend.notes.flushes.load(Ordering::SeqCst), 1);
    assert_eq!(backend.notes.services.lock().unwrap().last().unwrap(), "shop");
    double(2);
    let report = weave.shutdown();
    assert_eq!(figures(&report.sinks, "otel"), [2, 0, 0, 0]);
    assert_eq!(backend.notes.shutdowns.load(Ordering::SeqCst), 1);
}

#[test]
fn without_a_name_the_service_is_called_as_the_specification_says() {
    let backend = Backend::new();
    drop(weave::otel::exporter(backend.clone()));
    let name = backend.notes.services.lock().unwrap()[0].clone();
    assert!(name.starts_with("unknown_service:lifecycle"), "{name}");
}

#[test]
fn an_exporter_that_fails_or_hangs_costs_its_own_calls_only() {
    let turn = alone();
    let failing = Backend::doing(|| async {
        Err(opentelemetry_sdk::error::OTelSdkError::InternalFailure("the backend is away".to_owned()))
    });
    let weave = turn.builder().sink(weave::otel::exporter(failing)).init().unwrap();
    double(1);
    let report = weave.shutdown();
    assert_eq!((figures(&report.sinks, "otel"), figures(&report.sinks, "local")), ([0, 0, 0, 1], [1, 0, 0, 0]));
    let error = of(&report.sinks, "otel").last_error.as_ref().unwrap();
    assert!(error.is_delivery() && error.to_string().ends_with("the backend is away"), "{error}");

    let hanging = weave::otel::exporter(Backend::doing(std::future::pending)).timeout(Duration::from_millis(50));
    let weave = turn.builder().sink(hanging).init().unwrap();
    double(2);
    let report = weave.shutdown();
    assert_eq!((figures(&report.sinks, "otel"), figures(&report.sinks, "local")), ([0, 0, 0, 1], [1, 0, 0, 0]));
    let error = of(&report.sinks, "otel").last_error.as_ref().unwrap();
    assert_eq!((error.is_timeout(), error.to_string().as_str()), (true, "the exporter did not answer within 50ms"));
}

#[test]
fn an_exporter_may_need_tokio_in_a_program_that_has_none() {
    let turn = alone();
    let backend = Backend::doing(|| async {
        let task = tokio::spawn(async { tokio::time::sleep(Duration::from_millis(5)).await });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connected, accepted) = tokio::join!(tokio::net::TcpStream::connect(address), listener.accept());
        assert!(connected.is_ok() && accepted.is_ok());
        task.await.unwrap();
        Ok(())
    });
    let weave = turn.builder().sink(weave::otel::exporter(backend.clone())).init().unwrap();
    double(1);
    weave.shutdown().into_result().unwrap();
    assert_eq!(backend.names(), ["double"]);
}

#[test]
fn an_exporter_may_block_on_a_runtime_of_its_own() {
    let turn = alone();
    // As a blocking client of HTTP does.
    let backend = Backend::doing(|| async {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(tokio::time::sleep(Duration::from_millis(1)));
        Ok(())
    });
    let weave = turn.builder().sink(weave::otel::exporter(backend.clone())).init().unwrap();
    double(1);
    weave.shutdown().into_result().unwrap();
    assert_eq!(backend.names(), ["double"]);
}

#[test]
fn what_an_exporter_does_is_not_exported() {
    let turn = alone();
    let backend = Backend::doing(|| async {
        // A client that is instrumented, in both ways, here and in a task.
        tracer().in_span("send", |_| double(1));
        let task = tokio::spawn(async { tracer().in_span("send in a task", |_| double(2)) });
        task.await.unwrap();
        Ok(())
    });
    let sink = weave::otel::exporter(backend.clone()).foreign_spans(true);
    let weave = turn.builder().sink(sink).init().unwrap();
    outer(&tracer());
    for _ in 0..5 {
        weave.flush().into_result().unwrap();
        std::thread::sleep(Duration::from_millis(30));
    }
    weave.shutdown().into_result().unwrap();
    let mut names = backend.names();
    names.sort();
    assert_eq!(names, ["between", "double", "outer", "request"]);
    assert_eq!(stored(turn.dir()).len(), 4);
}

#[test]
fn foreign_spans_are_counted_stored_and_found() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    outer(&tracer());
    let report = weave.flush();
    assert_eq!(figures(&report.sinks, "local"), [4, 0, 0, 0]);
    let client = weave.client().blocking();
    let calls = client.calls().list().unwrap();
    let outline = CallTree::new(calls).sorted().outline();
    assert_eq!(outline, "outer()\n├─ span between()\n│  └─ double(n: 1) -> 2\n└─ span request()");

    let spans = || client.calls().kind(Kind::Span);
    assert_eq!((spans().count().unwrap(), client.calls().kind(Kind::Op).count().unwrap()), (2, 2));
    assert_eq!(spans().attribute("http.status", 200).first().unwrap().unwrap().op_name(), "request");
    assert_eq!(spans().attribute("otel.scope.name", "http").count().unwrap(), 2);
    assert_eq!(spans().op("between").count().unwrap(), 1);
    let counts = client.calls().kind(Kind::Span).count_by_op().unwrap();
    assert_eq!(
        counts.iter().map(|count| (count.op_name.as_str(), count.kind)).collect::<Vec<_>>(),
        [("between", Kind::Span), ("request", Kind::Span)]
    );
}

#[test]
fn more_foreign_spans_than_there_is_room_for_are_dropped_and_counted() {
    let turn = alone();
    let weave = turn.builder().queue_calls(64).flush_interval(Duration::from_secs(60)).init().unwrap();
    let tracer = tracer();
    for _ in 0..10_000 {
        drop(tracer.start("many"));
    }
    let report = weave.shutdown();
    let [sent, pending, dropped, failed] = figures(&report.sinks, "local");
    assert!(report.dropped > 0);
    assert_eq!((sent + dropped + report.dropped, pending, failed), (10_000, 0, 0));
}

#[test]
fn a_program_with_a_global_provider_keeps_it() {
    let dir = tempfile::tempdir().unwrap();
    run(&mut program("record beside a global provider", dir.path()));
    let outline = CallTree::new(stored(&dir.path().join("store"))).outline();
    assert_eq!(outline, "span server()\n└─ handle()\n   └─ span client()\n      └─ double(n: 1) -> 2");
}

/// What a server does that is instrumented by OpenTelemetry and by us.
pub(crate) fn record_beside_a_global_provider() {
    #[weave::op]
    fn handle() {
        global::tracer("client").in_span("client", |_| double(1));
    }
    let backend = Backend::new();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(weave::otel::processor())
        .with_simple_exporter(backend.clone())
        .build();
    global::set_tracer_provider(provider);
    let ours = Backend::new();
    let weave = weave::builder("p").sink(weave::otel::exporter(ours.clone())).init().unwrap();
    global::tracer("server").in_span("server", |_| handle());
    weave.shutdown().into_result().unwrap();
    assert_eq!(backend.names(), ["client", "server"]);
    assert_eq!(ours.names(), ["double", "handle"]);
}

/// `conv_reinit` of the Python SDK, where a second `init` leads the same exporter to another project.
#[test]
fn what_was_said_before_another_project_began_goes_to_the_first() {
    let alone = alone();
    let say = |agent: &str| weave::start_conversation("c").start_turn(weave::Turn::new().agent(agent)).end();
    let builder = |backend: &Backend| alone.builder().sink(weave::otel::exporter(backend.clone()));
    let (first, second) = (Backend::new(), Backend::new());

    let _first = builder(&first).init().unwrap();
    say("first");
    assert!(weave::builder("second").dir(alone.dir()).init().unwrap_err().is_config());
    weave::shutdown().into_result().unwrap();

    let _second = builder(&second).init().unwrap();
    say("second");
    weave::shutdown().into_result().unwrap();
    assert_eq!(
        (first.names(), second.names()),
        (vec!["invoke_agent first".to_owned()], vec!["invoke_agent second".to_owned()])
    );
}
