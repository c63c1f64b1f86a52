//! What a backend is sent.

use std::io::Read;
use std::time::Duration;

use fake_backend::Backend;

use crate::turn::{attribute, decoded, double, resource, spans, turn};

#[weave::op]
fn outer(n: u32) -> Result<u32, String> {
    if n == 0 { Err("no zero".to_owned()) } else { Ok(double(n) + 1) }
}

#[test]
fn calls_arrive_as_spans_below_each_other_with_their_values() {
    let (turn, backend) = (turn(), Backend::start());
    let weave = turn.builder().otlp_endpoint(backend.url()).init().unwrap();
    outer(20).unwrap();
    outer(0).unwrap_err();
    let report = weave.flush();
    report.clone().into_result().unwrap();
    assert_eq!(report.sinks.iter().map(|sink| (sink.name.as_str(), sink.sent)).collect::<Vec<_>>(), [("otlp", 3)]);

    let received = backend.requests();
    assert!(received.iter().all(|one| one.method == "POST" && one.path == "/v1/traces"), "{received:?}");
    assert_eq!(received[0].header("content-type"), Some("application/x-protobuf"));
    assert_eq!(received[0].header("content-encoding"), None);
    let spans = spans(&received);
    let find = |name: &str, failed: bool| {
        spans
            .iter()
            .find(|span| span.name == name && (span.status.as_ref().is_some_and(|status| status.code == 2)) == failed)
    };
    let (root, inner, failed) =
        (find("outer", false).unwrap(), find("double", false).unwrap(), find("outer", true).unwrap());
    assert_eq!((&inner.parent_span_id, &inner.trace_id), (&root.span_id, &root.trace_id));
    assert!(root.parent_span_id.is_empty() && failed.trace_id != root.trace_id);
    assert_eq!(attribute(inner, "input.value").as_deref(), Some(r#"{"n":20}"#));
    assert_eq!(attribute(inner, "output.value").as_deref(), Some("40"));
    assert!(failed.status.as_ref().unwrap().message.contains("no zero"), "{failed:?}");
}

#[test]
fn a_call_that_runs_is_not_sent_before_it_has_ended_and_then_once() {
    let (turn, backend) = (turn(), Backend::start());
    let weave = turn.builder().otlp_endpoint(backend.url()).init().unwrap();
    let long = weave::start_call("long");
    std::thread::sleep(Duration::from_millis(100));
    double(1);
    weave.flush().into_result().unwrap();
    let names = || spans(&backend.requests()).into_iter().map(|span| span.name).collect::<Vec<_>>();
    assert_eq!(names(), ["double"]);
    long.finish(());
    weave.flush().into_result().unwrap();
    assert_eq!(names(), ["double", "long"]);
}

#[test]
fn a_body_is_compressed_where_the_environment_says_so() {
    let (turn, backend) = (turn(), Backend::start());
    let weave = turn.with(&[("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")]).otlp_endpoint(backend.url()).init().unwrap();
    double(1);
    weave.flush().into_result().unwrap();
    let mut received = backend.requests().remove(0);
    assert_eq!(received.header("content-encoding"), Some("gzip"));
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(&*received.body).read_to_end(&mut body).unwrap();
    received.body = body;
    assert_eq!(spans(&[received])[0].name, "double");
}

#[test]
fn the_resource_says_whose_spans_they_are() {
    let (turn, backend) = (turn(), Backend::start());
    let environment = [("OTEL_SERVICE_NAME", "till"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=no,deployment=a%20b")];
    let weave = turn.with(&environment).otlp_endpoint(backend.url()).init().unwrap();
    double(1);
    weave.flush().into_result().unwrap();
    let resource = resource(&backend.requests()[0]);
    for expected in [
        "service.name=till",
        "deployment=a b",
        "telemetry.sdk.language=rust",
        "weave.project=team/shop",
        "openinference.project.name=shop",
    ] {
        assert!(resource.iter().any(|attribute| attribute == expected), "{expected} in {resource:#?}");
    }
    assert!(resource.iter().any(|attribute| attribute.starts_with("service.instance.id=")), "{resource:#?}");
    assert_eq!(resource.iter().filter(|attribute| attribute.starts_with("service.name=")).count(), 1);
}

#[test]
fn a_request_has_no_more_spans_than_the_environment_allows() {
    let (turn, backend) = (turn(), Backend::start());
    let weave = turn.with(&[("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10")]).otlp_endpoint(backend.url()).init().unwrap();
    for n in 0..35 {
        double(n);
    }
    weave.flush().into_result().unwrap();
    let received = backend.requests();
    let sizes: Vec<_> = received.iter().map(|one| spans(std::slice::from_ref(one)).len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 35);
    assert!(sizes.iter().all(|size| *size <= 10), "{sizes:?}");
    // One resource and one scope for all the spans of a request.
    assert_eq!(decoded(&received[0]).resource_spans.len(), 1);
    assert_eq!(decoded(&received[0]).resource_spans[0].scope_spans.len(), 1);
}
