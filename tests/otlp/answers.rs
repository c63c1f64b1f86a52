//! What the answers of a backend do to the figures and to what is said about them.

use std::time::Duration;

use fake_backend::{Answer, Backend};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use prost::Message;
use weave::SinkReport;

use crate::turn::{double, turn};

const KEY: &str = "hidden-and-never-shown";

/// Records `calls` calls against a backend that answers so, and gives the figures and all that could be seen of it.
fn told(answers: &[Answer], calls: u32) -> (SinkReport, String) {
    let (turn, backend) = (turn(), Backend::start());
    for answer in answers {
        backend.once("/v1/traces", answer.clone());
    }
    let weave = turn
        .builder()
        .otlp_endpoint(backend.url())
        .otlp_header("authorization", format!("Bearer {KEY}"))
        .flush_interval(Duration::from_secs(10))
        .init()
        .unwrap();
    for n in 0..calls {
        double(n);
    }
    let report = weave.flush();
    let seen = format!("{report} {report:?} {:?} {:?} {weave:?}", report.clone().into_result(), weave.health());
    assert!(!seen.contains(KEY), "{seen}");
    (report.sinks.into_iter().find(|sink| sink.name == "otlp").unwrap(), seen)
}

fn partial(rejected: i64, message: &str) -> Vec<u8> {
    let partial = ExportTracePartialSuccess { rejected_spans: rejected, error_message: message.to_owned() };
    ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec()
}

#[test]
fn success_is_understood_in_whatever_it_is_said() {
    for answer in [
        Answer::status(200).body("application/x-protobuf", ""),
        Answer::status(200).body("application/x-protobuf", partial(0, "")),
        Answer::status(200).body("application/x-protobuf", partial(0, "all is well, mind the gap")),
        Answer::status(200).json("{}"),
        Answer::status(200).json(r#"{"partialSuccess":null}"#),
        Answer::status(202).json(r#"{"partialSuccess":{}}"#),
        Answer::status(200).json(r#"{"partialSuccess":{"rejectedSpans":"0","errorMessage":"thanks"}}"#),
        Answer::status(200).json(r#"{"accepted_spans":3,"rejected_spans":0,"error_message":""}"#),
        // Neither what it says it is, nor anything else.
        Answer::status(200).body("application/x-protobuf", r#"{"partialSuccess":null}"#),
        Answer::status(200).body("text/html", "ok"),
        // Fewer than none.
        Answer::status(200).body("application/x-protobuf", partial(-1, "")),
        Answer::status(200).json(r#"{"partialSuccess":{"rejectedSpans":-1}}"#),
        Answer::status(204),
    ] {
        let (sink, seen) = told(std::slice::from_ref(&answer), 3);
        assert_eq!((sink.sent, sink.failed, sink.pending), (3, 0, 0), "{seen}");
    }
}

#[test]
fn spans_that_were_not_taken_are_counted_and_the_reason_is_told() {
    for answer in [
        Answer::status(200).body("application/x-protobuf", partial(2, "name too long")),
        Answer::status(200).json(r#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"name too long"}}"#),
        Answer::status(200).json(r#"{"partial_success":{"rejected_spans":2,"error_message":"name too long"}}"#),
        Answer::status(200).json(r#"{"accepted_spans":1,"rejected_spans":2,"error_message":"name too long"}"#),
    ] {
        let (sink, seen) = told(&[answer], 3);
        assert_eq!((sink.sent, sink.failed), (1, 2), "{seen}");
        assert!(seen.contains("took 1 of 3 spans: name too long"), "{seen}");
    }
}

#[test]
fn an_answer_whose_length_looks_like_a_brace_is_read() {
    // 123 is the code of `{`.
    let message = "x".repeat(119);
    let answer = partial(2, &message);
    assert_eq!(answer.get(..2), Some(b"\n{".as_slice()));
    let (sink, seen) = told(&[Answer::status(200).body("application/x-protobuf", answer)], 3);
    assert_eq!((sink.sent, sink.failed), (1, 2), "{seen}");
}

#[test]
fn a_page_for_people_is_no_success_and_leaves_calls_waiting() {
    let page = Answer::status(200).body("text/html", "\n<!DOCTYPE html><title>Log in</title>");
    let (sink, seen) = told(&vec![page; 8], 3);
    assert_eq!((sink.sent, sink.failed, sink.pending + sink.spilled), (0, 0, 3), "{seen}");
    assert!(seen.contains("answered 200 Log in: is that the address for traces?"), "{seen}");
}

#[test]
fn what_a_backend_says_is_one_line_that_is_not_too_long() {
    let message = format!("one\ntwo\u{1b}[2J {}", "x".repeat(10_000));
    let (sink, _) = told(&[Answer::status(200).body("application/x-protobuf", partial(1, &message))], 2);
    let error = sink.last_error.unwrap().to_string();
    assert!(error.contains("took 1 of 2 spans: one two [2J xxx") && error.len() < 500, "{error:?}");
}

#[test]
fn a_bad_request_is_given_up_with_its_reason_that_repeats_no_key() {
    let answer = Answer::status(400).json(&format!(r#"{{"message":"no such thing as {KEY}"}}"#));
    let (sink, seen) = told(&[answer], 3);
    assert_eq!((sink.sent, sink.failed), (0, 3), "{seen}");
    assert!(seen.contains("/v1/traces answered 400 no such thing as ****"), "{seen}");
}

#[test]
fn a_server_that_is_busy_is_asked_again_for_the_same() {
    let (sink, seen) = told(&[Answer::status(503).header("retry-after", "0"), Answer::status(429)], 3);
    assert_eq!((sink.sent, sink.failed, sink.pending, sink.spilled), (3, 0, 0, 0), "{seen}");
}

#[test]
fn what_is_too_much_for_one_request_goes_in_two() {
    let (sink, seen) = told(&[Answer::status(413), Answer::status(413)], 4);
    assert_eq!((sink.sent, sink.failed), (4, 0), "{seen}");
}

#[test]
fn a_key_that_is_wrong_and_a_path_that_is_none_leave_calls_waiting() {
    for (status, hint) in [(401, "is the key in the headers the right one?"), (404, "is that the address for traces?")]
    {
        // Whatever is tried.
        let answers = vec![Answer::status(status).body("text/plain", format!("no: Bearer {KEY}")); 8];
        let (sink, seen) = told(&answers, 3);
        assert_eq!((sink.sent, sink.failed, sink.dropped), (0, 0, 0), "{seen}");
        assert_eq!(sink.pending + sink.spilled, 3, "{seen}");
        assert!(seen.contains(hint) && seen.contains(&status.to_string()), "{seen}");
    }
}
