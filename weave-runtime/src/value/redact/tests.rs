//! Which values are taken out, and that nothing else changes.

mod properties;

use serde_json::{Value, json};

use super::Redactor;

fn redactor() -> Redactor {
    Redactor::new(["X-Tenant".to_owned(), "пароль".to_owned(), "my pin".to_owned()])
}

/// The JSON text without its secrets, which is checked to be valid.
fn redact(json: &str) -> String {
    let redacted = redactor().redact(json).unwrap_or_else(|| json.to_owned());
    assert!(serde_json::from_str::<Value>(&redacted).is_ok(), "{redacted}");
    assert_eq!(redactor().redact(&redacted), None, "a second pass has nothing to do");
    redacted
}

/// The text without its secrets, when it is recorded as a string.
fn redact_text(text: &str) -> String {
    let redacted = redact(&json!({ "text": text }).to_string());
    serde_json::from_str::<Value>(&redacted).unwrap()["text"].as_str().unwrap().to_owned()
}

#[test]
fn the_value_of_a_secret_key_is_replaced_whatever_its_shape() {
    for value in [r#""sk-1""#, "12", "null", "-1.5e3", "[1, [2]]", r#"{"a": "]}\"", "b": []}"#, "true", r#""""#] {
        let json = format!(r#"{{"a": [{{"api_key" : {value}, "n": 3}}], "z": {value} }}"#);
        let expected = format!(r#"{{"a": [{{"api_key" : "REDACTED", "n": 3}}], "z": {value} }}"#);
        assert_eq!(redact(&json), expected);
    }
}

#[test]
fn keys_are_secret_by_name_or_ending_in_any_spelling() {
    for key in [
        "apikey",
        "API_KEY",
        "api-key",
        "apiKey",
        "Authorization",
        "auth_headers",
        "password",
        "PassWd",
        "secret",
        "client_secret",
        "clientSecret",
        "private-key",
        "OPENAI_API_KEY",
        "db_password",
        "aws_secret",
        "access_token",
        "github-access-token",
        "refreshToken",
        "x_auth_token",
        "_password_",
        "x-tenant",
        "XTenant",
        "Пароль",
        "MY-PIN",
        "my pin",
    ] {
        let is_odd = key == "MY-PIN";
        let expected = if is_odd { "{\"MY-PIN\":\"s\"}".to_owned() } else { format!("{{\"{key}\":\"REDACTED\"}}") };
        assert_eq!(redact(&format!("{{\"{key}\":\"s\"}}")), expected);
    }
}

#[test]
fn other_keys_are_left_alone() {
    for json in [
        r#"{"token":"t","tokens":3,"max_tokens":9,"key":"k","keys":[1],"authorizations":1,"my_passwd":1}"#,
        r#"{"secrets":["a"],"password_hint":"x","api_key_id":"y","proxy-authorization":"z","xtenants":1}"#,
        r#"["password", "api_key", {"a":"secret"}]"#,
        r#""the password is hidden: look""#,
        r#"{"text":"use secret::Key or password == other or secret://vault/a"}"#,
        r#"{"a":"é\u00e9\/\ud83d\ude00\n","b":1.0}"#,
    ] {
        assert_eq!(redactor().redact(json), None, "{json}");
    }
}

#[test]
fn a_key_may_be_written_with_escapes() {
    assert_eq!(
        redact(r#"{"\u0061pi_key":"s","api\u005fkey":1}"#),
        r#"{"\u0061pi_key":"REDACTED","api\u005fkey":"REDACTED"}"#
    );
    assert_eq!(redact(r#"{"a":"{\"\\u0061pi_key\":\"s\"}"}"#), r#"{"a":"{\"\\u0061pi_key\":\"REDACTED\"}"}"#);
    assert_eq!(redact(r#"{"\u043fароль":"s"}"#), r#"{"\u043fароль":"REDACTED"}"#);
}

#[test]
fn json_inside_strings_is_searched_at_every_level() {
    let mut json = json!({"password": {"a": ["s3cr3t"]}, "n": 1.50}).to_string();
    let mut expected = r#"{"n":1.5,"password":"REDACTED"}"#.to_owned();
    assert_eq!(redact(&json).replace("\"n\":1.5,", ""), expected.replace("\"n\":1.5,", ""));
    for _ in 0..5 {
        json = serde_json::to_string(&json!(["x", json])).unwrap();
        expected = serde_json::to_string(&json!(["x", expected])).unwrap();
        assert_eq!(redact(&json), expected);
    }
}

#[test]
fn what_is_beside_a_secret_in_a_string_keeps_its_escapes() {
    assert_eq!(
        redact(r#"{"a":"\u00e9\/ password=hunter2 \u00e9\n\ud83d\ude00"}"#),
        r#"{"a":"\u00e9\/ password=REDACTED \u00e9\n\ud83d\ude00"}"#
    );
}

#[test]
fn debug_text_is_searched() {
    for (text, expected) in [
        (r#"Config { api_key: "sk-1", n: 3 }"#, r#"Config { api_key: "REDACTED", n: 3 }"#),
        (r#"Config { api_key: Some("sk-1"), n: 3 }"#, "Config { api_key: REDACTED, n: 3 }"),
        (r#"{"password": "x", "n": 1}"#, r#"{"password": "REDACTED", "n": 1}"#),
        (r#"{"password": ["x", "y"], "n": Some(1)}"#, r#"{"password": "REDACTED", "n": Some(1)}"#),
        (r#"A { secret: B { c: "}\"", d: ['}'] }, e: 1 }"#, "A { secret: REDACTED, e: 1 }"),
        (
            r#"A { b: [C { password: Password(12) }, C { password: x }], d: 1 }"#,
            "A { b: [C { password: REDACTED }, C { password: REDACTED }], d: 1 }",
        ),
        (r#"A { secret: b"ab, c", d: 1 }"#, "A { secret: REDACTED, d: 1 }"),
        (r#"A { password: "a\"b\\", n: 1 }"#, r#"A { password: "REDACTED", n: 1 }"#),
        (
            r#"A { body: "{\"password\": \"x\\\"y\", \"n\": 1}" }"#,
            r#"A { body: "{\"password\": \"REDACTED\", \"n\": 1}" }"#,
        ),
        (
            "A {\n    api_key: Some(\n        \"sk-1\",\n    ),\n    n: 3,\n}",
            "A {\n    api_key: REDACTED,\n    n: 3,\n}",
        ),
        (r#"A { api_key: "sk-… [cut: kept 17 bytes]"#, r#"A { api_key: "REDACTED… [cut: kept 17 bytes]"#),
        (r#"A { api_key: Some("sk-… [cut: kept 17 bytes]"#, r#"A { api_key: REDACTED… [cut: kept 17 bytes]"#),
        ("{'password': 'x', 'n': 1}", "{'password': 'REDACTED', 'n': 1}"),
        ("{:password=>\"x\", :n=>1}", "{:password=>\"REDACTED\", :n=>1}"),
    ] {
        assert_eq!(redact_text(text), expected);
    }
}

#[test]
fn headers_and_settings_are_searched() {
    for (text, expected) in [
        ("Authorization: Bearer abc", "Authorization: REDACTED"),
        ("GET /\r\nAuthorization: Bearer abc\r\nHost: x", "GET /\r\nAuthorization: REDACTED\r\nHost: x"),
        (r#"Digest\nauthorization: Digest username="M", response="6629"; more"#, "Digest\\nauthorization: REDACTED"),
        (
            r#"Req { raw: "A: b\r\nAuthorization: Bearer abc\r\nHost: x", n: 1 }"#,
            r#"Req { raw: "A: b\r\nAuthorization: REDACTED\r\nHost: x", n: 1 }"#,
        ),
        ("curl -H 'Authorization: Bearer abc'", "curl -H 'Authorization: REDACTED"),
        ("password=hunter2 user=bob", "password=REDACTED user=bob"),
        ("https://x.y/?api_key=abc&n=1", "https://x.y/?api_key=REDACTED&n=1"),
        ("Authorization=Bearer abc def", "Authorization=REDACTED def"),
        ("password = correct horse\nn = 1", "password = REDACTED\nn = 1"),
        ("password='a b' n=1", "password='REDACTED' n=1"),
        ("password: hunter2, user: bob", "password: REDACTED, user: bob"),
        ("my password: a (b) c", "my password: REDACTED"),
        (
            "data: {\"password\": \"x\", \"n\": 1}\n\ndata: [DONE]",
            "data: {\"password\": \"REDACTED\", \"n\": 1}\n\ndata: [DONE]",
        ),
        ("X-TENANT: acme", "X-TENANT: REDACTED"),
        ("my pin: 1234", "my pin: REDACTED"),
        ("password:", "password:"),
        ("5\" pipe { \"password\": \"abc\", n: 1 }", "5\" pipe { \"password\": \"REDACTED\", n: 1 }"),
    ] {
        assert_eq!(redact_text(text), expected);
    }
}

#[test]
fn attributes_are_searched_as_json_is() {
    let Value::Object(mut map) = json!({
        "api_key": {"a": 1},
        "nested": [{"password": "x", "n": 1}],
        "text": "Authorization: Bearer abc",
        "token": "kept",
    }) else {
        unreachable!()
    };
    redactor().redact_map(&mut map);
    let expected = json!({
        "api_key": "REDACTED",
        "nested": [{"password": "REDACTED", "n": 1}],
        "text": "Authorization: REDACTED",
        "token": "kept",
    });
    assert_eq!(Value::Object(map), expected);
}

#[test]
fn plain_text_is_searched_too() {
    assert_eq!(redactor().redact_text("401 for api_key=abc"), Some("401 for api_key=REDACTED".to_owned()));
    assert_eq!(redactor().redact_text("404: not found"), None);
}

#[test]
fn time_grows_with_the_length_only() {
    let started = std::time::Instant::now();
    for piece in
        ["password: {", "password: \"", "_:_", "secret: REDACTED, ", "'password': '", "password: ,", "\\\"secret\\\":"]
    {
        let text = json!(piece.repeat((1 << 20) / piece.len())).to_string();
        redact(&text);
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}
