//! No credential is in what is logged, at any level and by whichever crate, nor in what anything of ours shows.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use fake_backend::{Answer, Backend};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;

use crate::turn::{double, turn};

const KEY: &str = "never+shown/hunter2=";

/// Takes all that is logged while it is on.
#[derive(Default)]
struct Ears {
    on: AtomicBool,
    texts: Mutex<String>,
    /// Of each thread, what its dumps of bytes say.
    bytes: Mutex<HashMap<ThreadId, Vec<u8>>>,
}

impl Ears {
    fn hear(&self, text: &str) {
        let groups: Vec<_> = text.split(' ').take(8).collect();
        if groups.len() == 8 && groups.iter().all(|group| group.len() == 4) {
            let hex = groups.concat().into_bytes();
            let row = hex.chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
            let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
            return bytes.entry(std::thread::current().id()).or_default().extend(row);
        }
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(texts, "{text}");
    }
}

struct Subscriber(&'static Ears);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, "{field}={value:?} ");
    }
}

impl tracing::Subscriber for Subscriber {
    fn register_callsite(&self, _: &'static tracing::Metadata<'static>) -> Interest {
        Interest::sometimes()
    }
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        self.0.on.load(Ordering::SeqCst)
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut text = String::new();
        span.record(&mut Fields(&mut text));
        self.0.hear(&text);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut text = String::new();
        values.record(&mut Fields(&mut text));
        self.0.hear(&text);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = String::new();
        event.record(&mut Fields(&mut text));
        self.0.hear(&text);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl log::Log for Ears {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        self.on.load(Ordering::SeqCst)
    }
    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            self.hear(&record.args().to_string());
        }
    }
    fn flush(&self) {}
}

/// Runs with everything heard, and gives it.
fn heard(run: impl FnOnce()) -> String {
    static EARS: OnceLock<&'static Ears> = OnceLock::new();
    let ears = *EARS.get_or_init(|| {
        let ears: &'static Ears = Box::leak(Box::default());
        log::set_logger(ears).unwrap();
        tracing::subscriber::set_global_default(Subscriber(ears)).unwrap();
        ears
    });
    log::set_max_level(log::LevelFilter::Trace);
    ears.on.store(true, Ordering::SeqCst);
    run();
    ears.on.store(false, Ordering::SeqCst);
    log::set_max_level(log::LevelFilter::Off);
    let mut texts = std::mem::take(&mut *ears.texts.lock().unwrap());
    for bytes in std::mem::take(&mut *ears.bytes.lock().unwrap()).into_values() {
        let _ = writeln!(texts, "{}", String::from_utf8_lossy(&bytes));
    }
    texts
}

/// What may stand for the key.
fn assert_hidden(seen: &str) {
    use base64::Engine;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("user:{KEY}"));
    for form in [KEY, "hunter2", "never%2Bshown", &basic] {
        let at = seen.find(form).unwrap_or_default();
        let around: String = seen.chars().skip(seen[..at].chars().count().saturating_sub(300)).take(600).collect();
        assert!(!seen.contains(form), "{form} in {around}");
    }
}

fn chain(error: &dyn Error) -> String {
    let source = error.source().map(chain).unwrap_or_default();
    format!("{error} {error:?} {source}")
}

/// Sends to a backend which repeats all that it knows, and gives what could be seen of that.
fn shown(environment: &[(&str, &str)], answer: &Answer, backend: &Backend) -> String {
    let turn = turn();
    backend.answer("", answer.clone());
    let place = backend.url().trim_start_matches("http://").to_owned();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.replace("PLACE", &place))).collect();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut seen = String::new();
    let logs = heard(|| {
        let builder = turn.with(&environment).otlp(true).flush_timeout(Duration::from_secs(2));
        let _ = write!(seen, "{builder:?}");
        let weave = builder.init().unwrap();
        double(1);
        let report = weave.flush();
        let health = weave.health();
        let _ = write!(seen, "{weave:?} {report} {report:?} {health:?}");
        let errors = report.sinks.iter().filter_map(|sink| sink.last_error.as_ref());
        errors.for_each(|error| seen += &chain(error));
        let _ = report.into_result().map_err(|error| seen += &chain(&error));
        seen += &format!("{:?}", weave.shutdown());
    });
    for file in std::fs::read_dir(turn.path("")).unwrap() {
        if let Ok(bytes) = std::fs::read(file.unwrap().path()) {
            seen += &String::from_utf8_lossy(&bytes);
        }
    }
    seen + &logs
}

#[test]
fn keys_in_headers_users_and_queries_are_sent_and_nowhere_to_be_seen() {
    let headers = format!("x-honeycomb-team={}", KEY.replace('+', "%2B").replace('=', "%3D"));
    let endpoint = format!("http://user:{}@PLACE/v1/traces?api_key={KEY}", KEY.replace('/', "%2F"));
    let environment = [
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", headers.as_str()),
    ];
    let echo = format!(r#"{{"message":"cannot POST /v1/traces?api_key={KEY} for user:{KEY} with {KEY}"}}"#);
    for status in [200, 401, 404, 400] {
        let backend = Backend::start();
        let seen = shown(&environment, &Answer::status(status).body("text/plain", echo.as_str()), &backend);
        // Of an answer, the dumps at the level `trace` have what the server says.
        let ours = seen.replace(&echo, "");
        assert_hidden(&ours);
        let received = &backend.requests()[0];
        assert_eq!(received.path, format!("/v1/traces?api_key={KEY}"));
        assert_eq!(received.header("x-honeycomb-team"), Some(KEY));
        assert!(received.header("authorization").is_some() && received.header("x-hidden").is_none());
        // Else nothing was listened to.
        assert!(seen.contains("POST /hidden HTTP/1.1"), "{seen}");
    }
}

#[test]
fn the_password_of_a_proxy_is_sent_and_nowhere_to_be_seen() {
    let proxy = format!("http://user:{}@PLACE", KEY.replace('/', "%2F"));
    for endpoint in ["http://traces.example/v1/traces", "https://traces.example/v1/traces"] {
        let backend = Backend::start();
        let environment = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint), ("ALL_PROXY", proxy.as_str())];
        assert_hidden(&shown(&environment, &Answer::status(407), &backend));
        assert!(backend.requests()[0].header("proxy-authorization").is_some());
    }
}

#[cfg(feature = "otlp-grpc")]
#[test]
fn keys_that_go_by_grpc_are_nowhere_to_be_seen() {
    let service = crate::grpc::Service::default();
    let (_runtime, address) = crate::grpc::serve(&service);
    *service.answer.lock().unwrap() = Some(Err(tonic::Status::unauthenticated(format!("who is {KEY}?"))));
    let endpoint = format!("http://user:{}@{address}", KEY.replace('/', "%2F"));
    let headers = format!("x-key={KEY}");
    let environment = [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", headers.as_str()),
    ];
    let seen = shown(&environment, &Answer::status(200), &Backend::start());
    assert_hidden(&seen);
    assert_eq!(service.received.lock().unwrap()[0].0.get("x-key").unwrap(), KEY);
}
