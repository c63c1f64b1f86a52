//! Where spans go, by OpenTelemetry's variables.

use fake_backend::Backend;
use weave::Builder;

use crate::turn::{double, turn};

/// What the backend was sent for one call: the paths, and a header.
fn sent(
    configure: impl Fn(Builder) -> Builder,
    environment: &[(&str, &str)],
    header: &str,
) -> Vec<(String, Option<String>)> {
    let (turn, backend) = (turn(), Backend::start());
    let there = |text: &str| {
        text.replace("BACKEND", &backend.url()).replace("PLACE", backend.url().trim_start_matches("http://"))
    };
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, there(value))).collect();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let weave = configure(turn.with(&environment)).init().unwrap();
    double(1);
    weave.flush().into_result().unwrap();
    backend.requests().iter().map(|one| (one.path.clone(), one.header(header).map(str::to_owned))).collect()
}

fn paths(environment: &[(&str, &str)]) -> Vec<String> {
    sent(|builder| builder, environment, "").into_iter().map(|(path, _)| path).collect()
}

const ALL: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

#[test]
fn an_endpoint_for_everything_is_where_the_path_of_traces_begins_and_one_for_traces_is_the_whole() {
    assert_eq!(paths(&[(ALL, "BACKEND")]), ["/v1/traces"]);
    assert_eq!(paths(&[(ALL, "BACKEND/")]), ["/v1/traces"]);
    assert_eq!(paths(&[(ALL, "BACKEND/api/otel/")]), ["/api/otel/v1/traces"]);
    assert_eq!(paths(&[(ALL, "BACKEND/api?a=b")]), ["/api/v1/traces?a=b"]);
    assert_eq!(paths(&[(ALL, "http://127.0.0.1:1"), (TRACES, "BACKEND/mine")]), ["/mine"]);
    assert_eq!(paths(&[(TRACES, "BACKEND")]), ["/"]);
}

#[test]
fn an_endpoint_of_the_builder_is_the_whole_unless_it_has_no_path() {
    let path = |end: &'static str| {
        let backend = Backend::start();
        let turn = turn();
        let weave = turn.builder().otlp_endpoint(backend.url() + end).init().unwrap();
        double(1);
        weave.flush().into_result().unwrap();
        backend.requests()[0].path.clone()
    };
    assert_eq!(path(""), "/v1/traces");
    assert_eq!(path("/"), "/v1/traces");
    assert_eq!(path("/?a=b"), "/v1/traces?a=b");
    assert_eq!(path("/mine"), "/mine");
}

#[test]
fn nothing_is_sent_where_opentelemetry_is_turned_off() {
    assert_eq!(paths(&[(ALL, "BACKEND"), ("OTEL_SDK_DISABLED", "true")]), [""; 0]);
    assert_eq!(paths(&[(ALL, "BACKEND"), ("OTEL_TRACES_EXPORTER", "none")]), [""; 0]);
    assert_eq!(paths(&[(ALL, "BACKEND"), ("OTEL_TRACES_EXPORTER", "console,OTLP")]), ["/v1/traces"]);
    assert_eq!(paths(&[(ALL, "BACKEND"), ("OTEL_SDK_DISABLED", "true"), ("WEAVE_SINKS", "otlp")]), ["/v1/traces"]);
}

#[test]
fn headers_of_the_environment_and_of_the_builder_are_sent() {
    let header = |builder: fn(Builder) -> Builder, environment: &[(&str, &str)]| {
        let environment: Vec<_> = environment.iter().copied().chain([(ALL, "BACKEND")]).collect();
        sent(builder, &environment, "authorization").remove(0).1
    };
    let (all, traces) = ("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS");
    let basic = Some("Basic YTpiPT0=".to_owned());
    assert_eq!(header(|builder| builder, &[(all, " authorization = Basic%20YTpiPT0= , x=y")]), basic);
    assert_eq!(
        header(|builder| builder, &[(all, "authorization=no"), (traces, "Authorization=Basic YTpiPT0=")]),
        basic
    );
    assert_eq!(
        header(|builder| builder.otlp_header("AUTHORIZATION", "mine"), &[(all, "authorization=no")]),
        Some("mine".into())
    );
    assert_eq!(header(|builder| builder, &[]), None);
    // It may be the key of another backend.
    assert_eq!(header(|builder| builder, &[(all, "authorization=no"), (traces, "x=y")]), None);
    // user:pass
    assert_eq!(
        sent(|builder| builder, &[(ALL, "http://user:pass@PLACE")], "authorization"),
        [("/v1/traces".to_owned(), Some("Basic dXNlcjpwYXNz".to_owned()))]
    );
}
