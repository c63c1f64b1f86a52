//! Secrets are taken out wherever they are recorded, and nothing else is.

mod cut;
mod promises;

use serde::Serialize;
use serde_json::{Value, json};
use weave::testing::Recorder;

#[weave::op]
fn pass(value: Value) -> Value {
    value
}

/// What is recorded of a value; as an input and as an output it must be the same.
fn recorded(value: Value) -> Value {
    let recorder = Recorder::new();
    recorder.run(|| pass(value));
    let call = &recorder.calls()[0];
    let (input, output) = (call.input("value").unwrap(), call.output::<Value>().unwrap());
    assert_eq!(output, input);
    input
}

#[test]
fn the_keys_of_the_contract_are_secret_in_any_spelling() {
    for key in [
        "apikey",
        "api_key",
        "API-Key",
        "authorization",
        "Authorization",
        "auth_headers",
        "authHeaders",
        "password",
        "passwd",
        "secret",
        "client_secret",
        "clientSecret",
        "private_key",
        "OPENAI_API_KEY",
        "db-password",
        "webhook_secret",
        "access_token",
        "accessToken",
        "github_refresh_token",
        "X-Auth-Token",
    ] {
        assert_eq!(recorded(json!({ key: "s" })), json!({ key: "REDACTED" }));
    }
}

#[test]
fn other_keys_are_not() {
    let value = json!({
        "token": "t", "tokens": 3, "max_tokens": 4, "key": 5, "keys": [6], "secrets": 7, "password_hint": 8,
        "authorized": true, "author": "a", "api_key_id": 9, "public_key": 10
    });
    assert_eq!(recorded(value.clone()), value);
}

#[test]
fn a_secret_is_found_at_every_depth_and_whatever_it_is() {
    let value = json!({ "a": [{ "b": { "password": { "deep": ["s"] }, "n": 1 } }, { "secret": null, "passwd": 7 }] });
    let expected = json!({
        "a": [{ "b": { "password": "REDACTED", "n": 1 } }, { "secret": "REDACTED", "passwd": "REDACTED" }]
    });
    assert_eq!(recorded(value), expected);
}

#[test]
fn a_secret_is_found_in_json_inside_strings() {
    let inner = json!({ "api_key": "s", "n": [1] }).to_string();
    let outer = json!({ "body": inner, "x": true }).to_string();
    let value = recorded(json!({ "request": outer }));
    let outer: Value = serde_json::from_str(value["request"].as_str().unwrap()).unwrap();
    let inner: Value = serde_json::from_str(outer["body"].as_str().unwrap()).unwrap();
    assert_eq!((inner, &outer["x"]), (json!({ "api_key": "REDACTED", "n": [1] }), &json!(true)));
}

#[test]
fn a_secret_argument_is_taken_out_by_its_name() {
    #[weave::op]
    fn login(user: &str, password: &str, r#secret: u8) {}
    let recorder = Recorder::new();
    recorder.run(|| login("ada", "hunter2", 3));
    assert_eq!(recorder.tree().outline(), r#"login(user: "ada", password: "REDACTED", secret: "REDACTED")"#);
}

#[derive(Debug)]
#[allow(dead_code, reason = "read by Debug")]
struct Config {
    api_key: Option<String>,
    n: u8,
    inner: Vec<Inner>,
}

#[derive(Debug)]
#[allow(dead_code, reason = "read by Debug")]
struct Inner {
    password: &'static str,
}

#[test]
fn a_secret_is_found_in_debug_text() {
    #[weave::op]
    fn start(config: &Config) {}
    let config = Config { api_key: Some("sk-1".to_owned()), n: 3, inner: vec![Inner { password: "hunter2" }] };
    let recorder = Recorder::new();
    recorder.run(|| start(&config));
    let text = recorder.calls()[0].input::<String>("config").unwrap();
    assert_eq!(text, r#"Config { api_key: REDACTED, n: 3, inner: [Inner { password: "REDACTED" }] }"#);
}

#[test]
fn a_secret_is_found_in_the_message_of_an_error_and_of_a_panic() {
    #[weave::op]
    fn fail() -> Result<(), String> {
        Err(r#"bad request: {"api_key":"sk-1","n":1} with password=hunter2 given"#.to_owned())
    }
    #[weave::op]
    fn explode() {
        panic!("Authorization: Bearer sk-1")
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        let _ = fail();
        assert!(std::panic::catch_unwind(explode).is_err());
    });
    let messages: Vec<_> = recorder.calls().iter().map(|call| call.error().unwrap().message.clone()).collect();
    assert_eq!(messages[0], r#"bad request: {"api_key":"REDACTED","n":1} with password=REDACTED given"#);
    assert!(messages[1].starts_with("Authorization: ") && !messages[1].contains("sk-1"), "{}", messages[1]);
}

#[derive(Serialize)]
struct Credentials {
    user: &'static str,
    client_secret: &'static str,
}

const CREDENTIALS: Credentials = Credentials { user: "ada", client_secret: "s3cr3t" };

#[test]
fn a_secret_is_found_in_everything_that_a_call_is_given() {
    #[weave::op(attributes(login = CREDENTIALS, api_key = "s3cr3t"), display_name = "password: s3cr3t")]
    fn work() {
        let call = weave::current_call();
        call.set_attribute("login", CREDENTIALS);
        call.set_attribute("auth_token", "s3cr3t");
        call.merge_summary("login", CREDENTIALS);
        call.add_event("login", CREDENTIALS);
        call.add_event("note", json!({ "text": "password=s3cr3t" }));
        weave::start_call("manual").input("login", CREDENTIALS).attribute("secret", "s3cr3t").finish(CREDENTIALS);
        call.set_display_name(r#"{"password":"s3cr3t"}"#);
    }
    let recorder = Recorder::with(weave::builder("t").attribute("login_password", "s3cr3t")).unwrap();
    recorder.run(|| weave::scope().attribute("login", CREDENTIALS).run(work));
    let calls = recorder.calls();
    assert_eq!(calls.len(), 2);
    let everything = format!("{calls:?}");
    assert_eq!(
        everything.matches("s3cr3t").count() - everything.matches("password: s3cr3t").count(),
        0,
        "{everything}"
    );
    assert_eq!(calls[0].display_name(), Some(r#"{"password":"REDACTED"}"#));
    assert_eq!(calls[0].span_attributes()["login"], json!({ "user": "ada", "client_secret": "REDACTED" }));
    assert_eq!(calls[0].attributes()["login_password"], "REDACTED");
}

#[test]
fn what_handles_show_of_themselves_has_no_secret() {
    #[weave::op]
    fn login(password: &str) -> Vec<String> {
        let open = weave::start_call("open").input("password", password);
        let call = weave::current_call();
        vec![
            format!("{open:?}"),
            format!("{:?}", open.handle()),
            format!("{call:?}"),
            format!("{:?}", weave::Context::current()),
            format!("{:?}", weave::scope().attribute("password", password)),
        ]
    }
    let recorder = Recorder::new();
    let mut shown = recorder.run(|| login("hunter2"));
    shown.push(format!("{recorder:?}"));
    for text in shown {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn keys_of_your_own_are_secret_too() {
    let recorder = Recorder::with(weave::builder("t").redact_keys(["x-tenant"])).unwrap();
    recorder.run(|| pass(json!({ "xTenant": 1, "tenant": 2 })));
    assert_eq!(recorder.calls()[0].output::<Value>().unwrap(), json!({ "xTenant": "REDACTED", "tenant": 2 }));
}

#[test]
fn a_naming_function_sees_no_secret() {
    #[weave::op(display_name = |call| format!("login {}", call.inputs_json()))]
    fn login(password: &str) {}
    let recorder = Recorder::new();
    recorder.run(|| login("hunter2"));
    assert_eq!(recorder.calls()[0].display_name(), Some(r#"login {"password":"REDACTED"}"#));
}
