//! OpenTelemetry's variables.

use proptest::prelude::*;

use super::{message, resolved};
use crate::builder;
use crate::config::{Config, OtlpConfig, OtlpProtocol};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

fn config(environment: &[(&str, &str)]) -> Config {
    let environment: Vec<_> = environment.iter().copied().chain([("WEAVE_SINKS", "otlp")]).collect();
    resolved(builder("team/shop"), &environment).unwrap()
}

fn otlp(environment: &[(&str, &str)]) -> OtlpConfig {
    config(environment).otlp.unwrap()
}

fn wrong(environment: &[(&str, &str)]) -> String {
    let environment: Vec<_> = environment.iter().copied().chain([("WEAVE_SINKS", "otlp")]).collect();
    message(builder("p"), &environment)
}

#[test]
fn what_nobody_says_is_as_opentelemetry_has_it() {
    let OtlpConfig { endpoint, headers, protocol, gzip, timeout, batch, resource, .. } = otlp(&[]);
    assert_eq!((endpoint.expose(), headers.len()), ("http://localhost:4318/v1/traces", 0));
    assert_eq!((protocol, gzip, timeout.as_secs(), batch), (OtlpProtocol::HttpProtobuf, false, 10, 2_048));
    let service = resource.iter().find(|(key, _)| key == "service.name").unwrap().1.as_str().unwrap();
    assert!(service.starts_with("unknown_service:weave"), "{service}");
}

#[test]
fn a_variable_for_traces_wins_over_the_one_for_everything() {
    let both = otlp(&[
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2000"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "none"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
    ]);
    assert_eq!((both.timeout.as_secs(), both.gzip, both.protocol), (2, false, OtlpProtocol::HttpJson));
}

#[test]
fn the_batch_processor_s_variables_are_taken_for_what_is_like_them() {
    let config = config(&[
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "100"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "3000"),
        ("OTEL_BSP_SCHEDULE_DELAY", "250"),
    ]);
    let otlp = config.otlp.unwrap();
    assert_eq!((otlp.batch, otlp.timeout.as_secs(), config.flush_interval.as_millis()), (100, 3, 250));
    let local = resolved(builder("p"), &[("OTEL_BSP_SCHEDULE_DELAY", "250")]).unwrap();
    assert_eq!(local.flush_interval.as_millis(), 1_000);
}

#[test]
fn a_time_of_zero_is_no_limit_and_a_delay_of_zero_is_none() {
    let config = config(&[
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "18446744073709551615"),
        ("OTEL_BSP_SCHEDULE_DELAY", "0"),
    ]);
    assert_eq!((config.otlp.unwrap().timeout, config.flush_interval.as_millis()), (crate::config::LONGEST, 1));
}

#[test]
fn an_attribute_of_the_resource_may_have_any_character_in_its_key_and_its_value() {
    let resource = otlp(&[("OTEL_RESOURCE_ATTRIBUTES", "a%2Cb=c%3Dd%20e=f,")]).resource;
    assert!(resource.contains(&("a,b".to_owned(), "c=d e=f".into())), "{resource:?}");
}

#[test]
fn an_address_of_grpc_has_no_path_and_may_have_no_scheme() {
    let grpc = |environment: &[(&str, &str)]| {
        let environment: Vec<_> =
            environment.iter().copied().chain([("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).collect();
        otlp(&environment).endpoint.expose().to_owned()
    };
    assert_eq!(grpc(&[]), "http://localhost:4317");
    assert_eq!(grpc(&[(ENDPOINT, "http://a:1")]), "http://a:1");
    assert_eq!(grpc(&[(ENDPOINT, "a:1")]), "https://a:1");
    assert_eq!(grpc(&[(ENDPOINT, "a:1"), ("OTEL_EXPORTER_OTLP_INSECURE", "true")]), "http://a:1");
}

#[test]
fn a_wrong_value_is_named_with_its_variable() {
    let expected = "expected one such as http://localhost:4318";
    assert_eq!(wrong(&[(ENDPOINT, "localhost:4318")]), format!(r#"{ENDPOINT} is "localhost:4318": {expected}"#));
    assert_eq!(wrong(&[(ENDPOINT, "local-7f3hidden")]), format!("{ENDPOINT} is no URL of HTTP: {expected}"));
    assert_eq!(wrong(&[(ENDPOINT, "user:hidden")]), format!("{ENDPOINT} is no URL of HTTP: {expected}"));
    assert_eq!(wrong(&[(ENDPOINT, "ftp://u:hidden@x")]), format!("{ENDPOINT} is no URL of HTTP: {expected}"));
    assert_eq!(
        wrong(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "http")]),
        r#"OTEL_EXPORTER_OTLP_PROTOCOL is "http": expected http/protobuf, http/json or grpc"#
    );
    assert_eq!(
        wrong(&[("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd")]),
        r#"OTEL_EXPORTER_OTLP_COMPRESSION is "zstd": expected gzip or none"#
    );
    assert_eq!(
        wrong(&[("OTEL_EXPORTER_OTLP_TIMEOUT", "10s")]),
        r#"OTEL_EXPORTER_OTLP_TIMEOUT is "10s": expected milliseconds, a whole number"#
    );
    assert_eq!(
        wrong(&[("OTEL_RESOURCE_ATTRIBUTES", "a=b,c")]),
        r#"OTEL_RESOURCE_ATTRIBUTES has "c": expected key=value, separated by commas"#
    );
}

#[test]
fn a_wrong_header_is_named_without_what_may_be_a_key() {
    let headers = "OTEL_EXPORTER_OTLP_HEADERS";
    assert_eq!(
        wrong(&[(headers, "a=b,hidden")]),
        format!(r#"{headers}: entry 2 has no "=": expected name=value, separated by commas"#)
    );
    assert_eq!(wrong(&[(headers, "hid den=b")]), format!("{headers}: entry 1 has no name that a header can have"));
    assert_eq!(
        wrong(&[(headers, "x-key=hidden%0Ahidden")]),
        format!("{headers}: the value of x-key has a character that a header cannot have")
    );
    let error = message(builder("p").otlp(true).otlp_header("x-key", "hidden\n"), &[]);
    assert_eq!(error, "otlp_header: the value of x-key has a character that a header cannot have");
}

#[test]
fn nothing_that_may_be_a_key_is_in_the_debug_text() {
    let otlp = otlp(&[
        (ENDPOINT, "http://user:hidden@a.example/p?key=hidden"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=hidden,other=hidden"),
        ("HTTPS_PROXY", "http://user:hidden@proxy.example"),
    ]);
    assert!(!format!("{otlp:?}").contains("hidden"), "{otlp:?}");
    assert_eq!(otlp.shown, "http://a.example/p/v1/traces");
    let names: Vec<_> = otlp.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["x-key", "other", "authorization"]);
}

proptest! {
    #[test]
    fn no_text_is_too_strange_for_a_variable(text in "[ -~]{0,40}") {
        for name in [ENDPOINT, "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_RESOURCE_ATTRIBUTES", "HTTP_PROXY", "NO_PROXY"] {
            let _ = resolved(builder("p").otlp(true), &[(name, text.as_str())]);
        }
    }
}
