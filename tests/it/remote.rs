//! Contexts in the headers of messages: what goes out, what comes in, what passes through.

use std::collections::{BTreeMap, HashMap};

use http::{HeaderMap, HeaderValue};
use opentelemetry::Context as OtelContext;
use opentelemetry::trace::TraceContextExt;
use weave::testing::Recorder;
use weave::{Carrier, Context};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[weave::op]
fn work() {}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().fold(HeaderMap::new(), |mut headers, (name, value)| {
        headers.append(*name, HeaderValue::from_static(value));
        headers
    })
}

/// What leaves from inside of `context`.
fn sent(context: &Context) -> BTreeMap<String, String> {
    let mut sent = BTreeMap::new();
    context.run(|| Context::current().inject(&mut sent));
    sent
}

fn map<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

#[test]
fn a_call_goes_on_in_another_process() {
    #[weave::op]
    fn client(request: &mut HeaderMap) {
        Context::current().inject(request);
    }
    let (here, there) = (Recorder::new(), Recorder::new());
    let mut request = HeaderMap::new();
    here.run(|| client(&mut request));
    there.run(|| Context::extract(&request).run(work));
    let (client, server) = (&here.calls()[0], &there.calls()[0]);
    assert_eq!((server.trace_id(), server.parent_id()), (client.trace_id(), Some(client.id())));
    assert_eq!(weave::CallTree::new([client.clone(), server.clone()]).outline(), "client(request: \"{}\")\n└─ work()");
}

#[test]
fn every_carrier_brings_what_it_took() {
    fn round_trip(mut carrier: impl Carrier) {
        let recorder = Recorder::new();
        recorder.run(|| {
            weave::start_call("open").run(|| Context::current().with_baggage("tenant", "acme").inject(&mut carrier));
            let received = Context::extract(&carrier);
            assert_eq!(received.baggage("tenant").as_deref(), Some("acme"));
            received.run(work);
        });
        assert_eq!(recorder.tree().outline(), "open()\n└─ work()");
    }
    round_trip(HashMap::new());
    round_trip(BTreeMap::new());
    round_trip(Vec::new());
    round_trip(HeaderMap::new());
}

#[test]
fn names_of_headers_match_in_any_case() {
    for carrier in [map([("Traceparent", PARENT)]), map([("TRACEPARENT", PARENT)])] {
        let recorder = Recorder::new();
        recorder.run(|| Context::extract(&carrier).run(work));
        assert!(recorder.calls()[0].parent_id().is_some());
        let mut again = carrier.clone();
        Context::extract(&carrier).inject(&mut again);
        assert_eq!(again, map([("traceparent", PARENT)]));
    }
}

#[test]
fn a_tracestate_in_several_headers_is_one() {
    let request = headers(&[("traceparent", PARENT), ("tracestate", "a=1"), ("tracestate", "b=2"), ("baggage", "c=3")]);
    assert_eq!(
        sent(&Context::extract(&request)),
        map([("traceparent", PARENT), ("tracestate", "a=1,b=2"), ("baggage", "c=3")])
    );
}

#[test]
fn nothing_leaves_where_nothing_is_current() {
    assert_eq!(sent(&Context::current()), map([]));
    assert_eq!(sent(&Context::default()), map([]));
    assert_eq!(Recorder::new().run(|| sent(&Context::current())), map([]));
}

#[test]
fn malformed_headers_are_ignored() {
    let recorder = Recorder::new();
    let wrong = [
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "zz-é-\u{0}-1",
    ];
    recorder.run(|| {
        weave::start_call("open").run(|| {
            for parent in wrong {
                let carrier = map([("traceparent", parent), ("tracestate", "=,=,"), ("baggage", ";;=,%ff=%ff")]);
                Context::extract(&carrier).run(work);
            }
            let mut twice = headers(&[("traceparent", PARENT), ("traceparent", PARENT)]);
            twice.append("tracestate", HeaderValue::from_bytes(b"\xff\xfe").unwrap());
            Context::extract(&twice).run(work);
        });
    });
    let calls = recorder.calls();
    assert_eq!(calls.len(), 2 + wrong.len());
    assert!(calls[1..].iter().all(|call| call.parent_id() == Some(calls[0].id())));
}

#[test]
fn a_tracestate_of_another_trace_does_not_stay() {
    let mut forwarded = headers(&[("traceparent", PARENT), ("tracestate", "vendor=x"), ("accept", "*/*")]);
    let recorder = Recorder::new();
    recorder.run(|| weave::start_call("open").run(|| Context::current().inject(&mut forwarded)));
    let names: Vec<_> = forwarded.keys().map(http::HeaderName::as_str).collect();
    assert_eq!(names, ["traceparent", "accept"]);
    assert_ne!(forwarded["traceparent"], PARENT);
}

#[test]
fn calls_pass_the_tracestate_and_the_baggage_on() {
    #[weave::op]
    fn pass() -> BTreeMap<String, String> {
        sent(&Context::current())
    }
    let recorder = Recorder::new();
    let request = headers(&[("traceparent", PARENT), ("tracestate", "vendor=x"), ("baggage", "tenant=acme;p=1")]);
    let sent = recorder.run(|| Context::extract(&request).run(pass));
    assert_eq!((sent["tracestate"].as_str(), sent["baggage"].as_str()), ("vendor=x", "tenant=acme;p=1"));
    assert_eq!(sent["traceparent"], format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{}-01", recorder.calls()[0].id()));
}

#[test]
fn a_scope_puts_its_calls_below_a_remote_parent() {
    let recorder = Recorder::new();
    let request = headers(&[("traceparent", PARENT)]);
    recorder.run(|| {
        weave::scope().attribute("tenant", "acme").run(|| {
            weave::scope().attribute("b", 1).remote_parent(&request).attribute("c", 2).run(work);
            work();
        });
    });
    let calls = recorder.calls();
    assert_eq!(calls[0].parent_id().unwrap().to_string(), "00f067aa0ba902b7");
    assert_eq!(serde_json::json!(calls[0].attributes()), serde_json::json!({ "tenant": "acme", "b": 1, "c": 2 }));
    assert_eq!(calls[1].parent_id(), None);
}

#[test]
fn baggage_is_read_and_added_to() {
    let context = Context::current().with_baggage("tenant", "acme & co, ltd").with_baggage("not a token", "x");
    assert_eq!(context.baggage("tenant").as_deref(), Some("acme & co, ltd"));
    assert_eq!(context.baggage("not a token"), None);
    assert_eq!(sent(&context), map([("baggage", "tenant=acme%20&%20co%2C%20ltd")]));
    let replaced = context.with_baggage("tenant", "other");
    assert_eq!(Context::extract(&sent(&replaced)).baggage("tenant").as_deref(), Some("other"));
    assert_eq!(Context::current().baggage("tenant"), None);
}

#[test]
fn foreign_spans_leave_and_arrive_the_same_way() {
    let request = headers(&[("traceparent", PARENT)]);
    Context::extract(&request).run(|| {
        let context = OtelContext::current();
        let span = context.span();
        assert!(span.span_context().is_remote() && span.span_context().is_sampled());
        assert_eq!(span.span_context().span_id().to_string(), "00f067aa0ba902b7");
    });
    assert!(!OtelContext::current().has_active_span());
}
