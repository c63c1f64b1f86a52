//! Spans as JSON.

use fake_backend::Backend;
use weave::OtlpProtocol;

use crate::turn::{double, turn};

#[weave::op]
fn outer() -> weave::CallId {
    double(21);
    weave::current_call().id().unwrap()
}

#[test]
fn calls_arrive_in_the_words_of_the_protocol() {
    let (turn, backend) = (turn(), Backend::start());
    let weave = turn.builder().otlp_protocol(OtlpProtocol::HttpJson).otlp_endpoint(backend.url()).init().unwrap();
    let id = outer();
    weave.flush().into_result().unwrap();

    let received = &backend.requests()[0];
    assert_eq!(received.header("content-type"), Some("application/json"));
    let body = received.json();
    let spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap();
    let find = |name: &str| spans.iter().find(|span| span["name"] == name).unwrap();
    let (outer, inner) = (find("outer"), find("double"));
    // Ids are hexadecimal and times are texts: what the protocol asks of JSON.
    assert_eq!(outer["spanId"], id.to_string());
    assert_eq!(inner["parentSpanId"], id.to_string());
    assert_eq!(outer["traceId"].as_str().unwrap().len(), 32);
    assert!(inner["startTimeUnixNano"].as_str().unwrap().parse::<u64>().unwrap() > 1_600_000_000_000_000_000);
    let output = inner["attributes"].as_array().unwrap().iter().find(|one| one["key"] == "output.value").unwrap();
    assert_eq!(output["value"]["stringValue"], "42");
}
