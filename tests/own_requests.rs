//! What the library sends is never recorded, whatever of the program's listens: no request makes another.
#![cfg(all(feature = "otlp-grpc", feature = "local"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fake_backend::Backend;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use weave::OtlpProtocol;

#[weave::op]
fn double(n: u32) -> u32 {
    2 * n
}

static RECORDS: AtomicUsize = AtomicUsize::new(0);

/// Makes a span and a call of each record.
struct Bridge;

impl log::Log for Bridge {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        RECORDS.fetch_add(1, Ordering::SeqCst);
        tracing::info_span!("record", text = %record.args()).in_scope(|| weave::start_call("record").finish(()));
    }
    fn flush(&self) {}
}

/// A server of gRPC as far as its greeting, so that connections are made, and spoken on.
fn greeting() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).unwrap();
                let _ = stream.read_to_end(&mut Vec::new());
            });
        }
    });
    format!("http://{address}")
}

#[test]
fn requests_make_neither_calls_nor_spans() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(weave::otel::processor())
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("program"));
    tracing_subscriber::registry().with(layer).init();
    log::set_logger(&Bridge).unwrap();
    log::set_max_level(log::LevelFilter::Trace);

    for protocol in [OtlpProtocol::HttpProtobuf, OtlpProtocol::Grpc] {
        let (dir, backend) = (tempfile::tempdir().unwrap(), Backend::start());
        let url = if protocol == OtlpProtocol::Grpc { greeting() } else { backend.url() };
        let weave = weave::builder("team/shop")
            .dir(dir.path())
            .environment([("OTEL_EXPORTER_OTLP_TIMEOUT", "200")])
            .local(true)
            .flush_timeout(Duration::from_secs(2))
            .otlp_endpoint(url)
            .otlp_protocol(protocol)
            .flush_interval(Duration::from_millis(20))
            .init()
            .unwrap();
        double(1);
        let _ = weave.flush();
        std::thread::sleep(Duration::from_millis(400));
        let _ = weave.flush();
        let calls = weave.client().blocking().calls().list().unwrap();
        let names: Vec<_> = calls.iter().map(weave::CallRecord::op_name).collect();
        assert_eq!(names, ["double"], "{protocol:?}");
        let _ = weave.shutdown();
    }
    let spans = exporter.get_finished_spans().unwrap();
    let names: Vec<_> = spans.iter().map(|span| span.name.as_ref()).collect();
    assert_eq!(names, [""; 0]);
    // Else nothing was listened to.
    assert!(RECORDS.load(Ordering::SeqCst) > 0);
}
