//! Every promise about secrets, a row each: where one is given, and what is recorded there.

use serde::Serialize;
use serde_json::{Value, json};
use weave::testing::Recorder;

/// What no row may leave anywhere in what is recorded.
const SECRET: &str = "s3cr3t-v4lue";

#[derive(Clone, Debug, Serialize)]
struct Login {
    user: &'static str,
    password: &'static str,
}

const LOGIN: Login = Login { user: "ada", password: SECRET };

/// A type that can only show its debug text.
#[derive(Debug)]
#[allow(dead_code, reason = "read by Debug")]
struct Settings {
    n: u8,
    api_key: Option<&'static str>,
    nested: Vec<Login>,
}

const SETTINGS: Settings = Settings { n: 1, api_key: Some(SECRET), nested: Vec::new() };

#[weave::op]
fn take(value: impl Serialize) {}

#[weave::op]
fn show(settings: Settings) {}

#[weave::op]
fn log_in(user: &str, password: &str, api_key: &str, max_tokens: u32) {}

#[weave::op]
fn give<T: Serialize>(make: fn() -> T) -> T {
    make()
}

fn give_away<T: Serialize>(make: fn() -> T) {
    give(make);
}

#[weave::op]
fn fail(text: &str) -> Result<(), String> {
    Err(format!("401: {text}={SECRET} given"))
}

#[weave::op]
fn explode() {
    std::panic::panic_any(format!("Authorization: Bearer {SECRET}"));
}

#[weave::op]
fn items() -> impl Iterator<Item = Login> {
    std::iter::repeat_n(LOGIN, 2)
}

#[weave::op(attributes(login = LOGIN, "db.password" = SECRET, tokens = 3))]
fn with_attributes() {}

#[weave::op(display_name = "password: s3cr3t-v4lue")]
fn named() {}

#[weave::op(display_name = |_| format!("api_key={SECRET} of me"))]
fn named_by_function() {}

fn foreign_span() {
    use opentelemetry::KeyValue;
    use opentelemetry::trace::{Tracer, TracerProvider};
    let provider =
        opentelemetry_sdk::trace::SdkTracerProvider::builder().with_span_processor(weave::otel::processor()).build();
    let tracer = provider.tracer("http");
    let span = tracer.span_builder(format!("GET /?api_key={SECRET}&n=1"));
    drop(span.with_attributes([KeyValue::new("http.header.authorization", SECRET)]).start(&tracer));
}

fn on_the_call(change: impl FnOnce(&weave::Call)) {
    let open = weave::start_call("manual");
    change(&open.handle());
    open.finish(());
}

/// Where a secret is given, what records it, where to look in the recorded call, and what is there.
type Row = (&'static str, fn(), &'static str, Value);

#[allow(clippy::too_many_lines, reason = "a table")]
fn rows() -> Vec<Row> {
    let login = || json!({ "user": "ada", "password": "REDACTED" });
    vec![
        (
            "an argument, by its name",
            || log_in("ada", SECRET, SECRET, 9),
            "/inputs",
            json!({ "user": "ada", "password": "REDACTED", "api_key": "REDACTED", "max_tokens": 9 }),
        ),
        ("a field of an argument", || take(LOGIN), "/inputs/value", login()),
        ("at any depth", || take(json!([{ "a": [[LOGIN]] }])), "/inputs/value", json!([{ "a": [[login()]] }])),
        (
            "whatever the value is",
            || take(json!({ "secret": { "a": [SECRET] }, "passwd": [SECRET], "private_key": 1, "client_secret": 0 })),
            "/inputs/value",
            json!({ "secret": "REDACTED", "passwd": "REDACTED", "private_key": "REDACTED", "client_secret": "REDACTED" }),
        ),
        (
            "JSON inside a string",
            || take(json!({ "body": json!({ "inner": json!(LOGIN).to_string() }).to_string() })),
            "/inputs/value/body",
            json!(r#"{"inner":"{\"password\":\"REDACTED\",\"user\":\"ada\"}"}"#),
        ),
        (
            "debug text",
            || show(SETTINGS),
            "/inputs/settings",
            json!("Settings { n: 1, api_key: REDACTED, nested: [] }"),
        ),
        (
            "debug text, deeper",
            || show(Settings { api_key: None, nested: vec![LOGIN], ..SETTINGS }),
            "/inputs/settings",
            json!(r#"Settings { n: 1, api_key: REDACTED, nested: [Login { user: "ada", password: "REDACTED" }] }"#),
        ),
        (
            "key: value in any text",
            || take(format!("GET /?api_key={SECRET}&n=1\r\nAuthorization: Bearer {SECRET}\r\nHost: x")),
            "/inputs/value",
            json!("GET /?api_key=REDACTED&n=1\r\nAuthorization: REDACTED\r\nHost: x"),
        ),
        ("an output", || give_away(|| LOGIN), "/output", login()),
        (
            "the text of an output",
            || give_away(|| format!("password={SECRET} n=1")),
            "/output",
            json!("password=REDACTED n=1"),
        ),
        ("an item", || assert_eq!(items().count(), 2), "/output", json!([login(), login()])),
        ("an output of a manual call", || weave::start_call("x").finish(LOGIN), "/output", login()),
        (
            "an input of a manual call",
            || weave::start_call("x").input("secret", SECRET).finish(()),
            "/inputs/secret",
            json!("REDACTED"),
        ),
        (
            "the message of an error",
            || drop(fail("password")),
            "/exception/message",
            json!("401: password=REDACTED given"),
        ),
        ("the input beside it", || drop(fail("password")), "/inputs/text", json!("password")),
        (
            "the message of a panic",
            || drop(std::panic::catch_unwind(explode)),
            "/exception/message",
            json!("Authorization: REDACTED"),
        ),
        (
            "an error of a manual call",
            || weave::start_call("x").fail(&format!("bad api-key: {SECRET}")),
            "/exception/message",
            json!("bad api-key: REDACTED"),
        ),
        ("an attribute of the client", || take(1), "/attributes/client.secret", json!("REDACTED")),
        ("inside an attribute of the client", || take(1), "/attributes/client", login()),
        ("an attribute of the op", with_attributes, "/attributes/db.password", json!("REDACTED")),
        ("inside an attribute of the op", with_attributes, "/attributes/login", login()),
        (
            "an attribute of a scope",
            || weave::scope().attribute("access_token", SECRET).run(|| take(1)),
            "/attributes/access_token",
            json!("REDACTED"),
        ),
        ("inside one of a scope", || weave::scope().attribute("in", LOGIN).run(|| take(1)), "/attributes/in", login()),
        (
            "an attribute of a call",
            || weave::start_call("x").attribute("auth_headers", LOGIN).finish(()),
            "/attributes/auth_headers",
            json!("REDACTED"),
        ),
        (
            "an attribute of a span",
            || on_the_call(|call| call.set_attribute("refresh-token", SECRET)),
            "/span_attributes/refresh-token",
            json!("REDACTED"),
        ),
        ("inside one of a span", || on_the_call(|call| call.set_attribute("a", LOGIN)), "/span_attributes/a", login()),
        (
            "the summary",
            || on_the_call(|call| call.merge_summary("webhook_secret", SECRET)),
            "/summary/webhook_secret",
            json!("REDACTED"),
        ),
        ("inside the summary", || on_the_call(|call| call.merge_summary("a", [LOGIN])), "/summary/a", json!([login()])),
        ("an event", || on_the_call(|call| call.add_event("e", LOGIN)), "/events/0/attributes", login()),
        (
            "the name of an event",
            || on_the_call(|call| call.add_event(format!("password={SECRET}"), ())),
            "/events/0/name",
            json!("password=REDACTED"),
        ),
        (
            "the display name of a call",
            || on_the_call(|call| call.set_display_name(format!("password={SECRET} x"))),
            "/display_name",
            json!("password=REDACTED x"),
        ),
        (
            "the name of a call by hand",
            || weave::start_call(format!("GET /?api_key={SECRET}&n=1")).finish(()),
            "/op_name",
            json!("GET /?api_key=REDACTED&n=1"),
        ),
        ("the name of a foreign span", foreign_span, "/op_name", json!("GET /?api_key=REDACTED&n=1")),
        (
            "an attribute of a foreign span",
            foreign_span,
            "/span_attributes/http.header.authorization",
            json!("REDACTED"),
        ),
        ("the display name of an op", named, "/display_name", json!("password: REDACTED")),
        ("a display name made by a function", named_by_function, "/display_name", json!("api_key=REDACTED of me")),
        (
            "the display name of a scope",
            || weave::scope().display_name(format!("password={SECRET}")).run(|| take(1)),
            "/display_name",
            json!("password=REDACTED"),
        ),
        (
            "a key of your own, in any spelling",
            || take(json!({ "pinCode": SECRET, "user.PIN-CODE": SECRET, "pin_codes": 1 })),
            "/inputs/value",
            json!({ "pinCode": "REDACTED", "user.PIN-CODE": "REDACTED", "pin_codes": 1 }),
        ),
    ]
}

#[test]
fn every_place_that_is_recorded_is_searched() {
    for (place, record, at, expected) in rows() {
        let builder = weave::builder("t").attribute("client", LOGIN).attribute("client.secret", SECRET);
        let recorder = Recorder::with(builder.redact_keys(["pin-code"])).unwrap();
        recorder.run(record);
        let calls = serde_json::to_value(recorder.calls()).unwrap();
        assert_eq!(calls[0].pointer(at), Some(&expected), "{place}: {at} of {calls:#}");
        assert!(!calls.to_string().contains(SECRET), "{place}: {calls:#}");
    }
}

/// The rules for keys, each with spellings; a capital stands for itself.
const SECRET_KEYS: [&str; 31] = [
    "apikey",
    "api_key",
    "API-KEY",
    "apiKey",
    "openai_api_key",
    "X-Api-Key",
    "authorization",
    "Authorization",
    "AUTHORIZATION",
    "auth_headers",
    "authHeaders",
    "password",
    "Password",
    "db-password",
    "passwd",
    "pass_wd",
    "secret",
    "SECRET",
    "client_secret",
    "clientSecret",
    "webhook-secret",
    "private_key",
    "PrivateKey",
    "access_token",
    "refreshToken",
    "auth-token",
    "x_auth_token_",
    "http.request.header.authorization",
    "request.Auth-Headers",
    "db.passwd",
    "ssh._private_key",
];

const OTHER_KEYS: [&str; 25] = [
    "token",
    "Token",
    "tokens",
    "max_tokens",
    "prompt_tokens",
    "input-tokens",
    "token_count",
    "key",
    "keys",
    "public_key",
    "secrets",
    "secret_name",
    "password_hint",
    "passwords",
    "passwds",
    "my_passwd",
    "authorizations",
    "authorized",
    "author",
    "api_key_id",
    "access_tokens",
    "private_key_id",
    "authorization.scheme",
    "password.length",
    "no.my_passwd",
];

#[test]
fn a_key_is_secret_by_its_name_however_that_is_spelled() {
    for (keys, expected) in [(&SECRET_KEYS[..], "REDACTED"), (&OTHER_KEYS[..], SECRET)] {
        for key in keys {
            let recorder = Recorder::new();
            recorder.run(|| {
                take(json!({ *key: SECRET }));
                take(json!({ *key: SECRET }).to_string());
                take(format!("{key}={SECRET}"));
                on_the_call(|call| call.set_attribute(*key, SECRET));
            });
            let calls = recorder.calls();
            assert_eq!(calls[0].input::<Value>("value").unwrap(), json!({ *key: expected }));
            assert_eq!(calls[1].input::<String>("value").unwrap(), json!({ *key: expected }).to_string());
            assert_eq!(calls[2].input::<String>("value").unwrap(), format!("{key}={expected}"));
            assert_eq!(calls[3].span_attributes()[*key], expected);
        }
    }
}
