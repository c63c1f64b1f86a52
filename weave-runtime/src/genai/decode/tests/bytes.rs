use serde_json::{Value, json};

use super::{outline, streamed, usage};
use crate::genai::decode;

const EVENTS: &str = r#"data: {"id":"c-1","model":"gpt-4o","choices":[{"index":0,"delta":{"role":"assistant","content":"It is \"21\" "}}]}

data: {"id":"c-1","model":"gpt-4o","choices":[{"index":0,"delta":{"content":"°C.\n"},"finish_reason":"stop"}]}

data: {"id":"c-1","model":"gpt-4o","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}

data: [DONE]

"#;

const LINES: &str = r#"{"model":"llama","message":{"role":"assistant","content":"It is \"21\" "},"done":false}
{"model":"llama","message":{"role":"assistant","content":"°C.\n"},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":4}
"#;

/// As `bytes::Bytes` writes itself for people.
fn literal(bytes: &[u8]) -> Value {
    Value::from(format!("b\"{}\"", bytes.escape_ascii()))
}

/// As a list of bytes is serialised.
fn numbers(bytes: &[u8]) -> Value {
    json!(bytes)
}

#[test]
fn bytes_are_understood_wherever_they_are_split() {
    for body in [EVENTS, LINES] {
        for write in [literal, numbers] {
            for length in [9, 57, 200, 10_000] {
                let (llm, _) = streamed(body.as_bytes().chunks(length).map(write));
                assert_eq!(
                    outline(&llm.output_messages),
                    "assistant (stop)\n  {\"type\":\"text\",\"content\":\"It is \\\"21\\\" °C.\\n\"}",
                    "{length} bytes of {body}"
                );
                assert_eq!(llm.usage, Some(usage(9, 4)), "{length} bytes of {body}");
            }
        }
    }
}

#[test]
fn a_body_of_bytes_is_understood_whole() {
    let body =
        r#"{"id":"c-1","model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"Yes."}}]}"#;
    for whole in [literal(body.as_bytes()), numbers(body.as_bytes())] {
        let llm = decode::answer(&whole).unwrap();
        assert_eq!(llm.output_messages[0].text(), "Yes.");
    }
}

#[test]
fn what_only_looks_like_bytes_stays_as_it_is() {
    let (llm, _) = streamed(vec![json!("b\"a\""), json!(" is a byte string")]);
    assert_eq!(llm.output_messages[0].text(), "b\"a\" is a byte string");
    assert_eq!(decode::answer(&json!([12, 7, 255])), None);
}
