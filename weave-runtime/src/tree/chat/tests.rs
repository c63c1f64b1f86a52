use proptest::prelude::*;
use serde_json::{Value, json};

use super::{asked, said};

fn answer(value: &Value) -> Option<String> {
    said(&value.to_string())
}

fn question(value: &Value) -> Option<(String, String)> {
    asked(&value.to_string()).map(|asked| (asked.role, asked.text))
}

#[test]
fn an_openai_chat_completion_says_its_text_or_its_tools() {
    let completion = |message: Value| json!({"id": "x", "choices": [{"message": message}, {"message": "other"}]});
    let text = json!({"role": "assistant", "content": "Three days.\n\nOr four.", "tool_calls": null});
    assert_eq!(answer(&completion(text)).unwrap(), r#""Three days. Or four.""#);
    let tools = json!({"role": "assistant", "content": null, "tool_calls": [
        {"id": "1", "type": "function", "function": {"name": "search_text", "arguments": "{\"text\": \"x\"}"}},
        {"id": "2", "type": "function", "function": {"name": "list_files", "arguments": "{}"}},
    ]});
    assert_eq!(answer(&completion(tools)).unwrap(), "search_text(..), list_files()");
    let refusal = json!({"role": "assistant", "content": null, "refusal": "I would rather not."});
    assert_eq!(answer(&completion(refusal)).unwrap(), r#""I would rather not.""#);
    assert_eq!(answer(&json!({"choices": [{"text": "and so on", "index": 0}]})).unwrap(), r#""and so on""#);
}

#[test]
fn an_openai_response_says_its_text_or_its_tools() {
    let response = json!({"object": "response", "text": {"format": {"type": "text"}}, "output": [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}], "content": [{"text": "hm"}]},
        {"type": "function_call", "name": "weather", "arguments": "{\"city\":\"Rome\"}", "call_id": "c"},
        {"type": "message", "role": "assistant", "content": [
            {"type": "output_text", "text": "Let me look.", "annotations": []},
        ]},
    ]});
    assert_eq!(answer(&response).unwrap(), r#"weather(..), "Let me look.""#);
}

#[test]
fn an_anthropic_message_says_its_text_or_its_tools() {
    let message = json!({"type": "message", "role": "assistant", "content": [
        {"type": "thinking", "thinking": "hm", "text": "hm"},
        {"type": "text", "text": "Let me look."},
        {"type": "tool_use", "id": "t", "name": "weather", "input": {"city": "Rome"}},
    ]});
    assert_eq!(answer(&message).unwrap(), r#"weather(..), "Let me look.""#);
}

#[test]
fn a_tool_that_is_asked_for_again_and_again_is_counted() {
    let call = |name: &str| json!({"type": "tool_use", "id": "t", "name": name, "input": {"city": "Rome"}});
    let message =
        json!({"type": "message", "content": [call("weather"), call("weather"), call("log"), call("weather")]});
    assert_eq!(answer(&message).unwrap(), "weather(..) ×2, log(..), weather(..)");
}

#[test]
fn a_plain_answer_says_its_text_or_content() {
    assert_eq!(answer(&json!({"text": "yes", "tokens": 3})).unwrap(), r#""yes""#);
    assert_eq!(answer(&json!({"content": "yes"})).unwrap(), r#""yes""#);
    assert_eq!(answer(&json!({"message": {"role": "assistant", "content": "yes"}})).unwrap(), r#""yes""#);
}

#[test]
fn what_is_not_an_answer_is_left_alone() {
    for value in
        [json!({"days": 3}), json!("yes"), json!([{"text": "yes"}]), json!({"text": 3}), json!({"content": ""})]
    {
        assert_eq!(answer(&value), None, "{value}");
    }
}

#[test]
fn the_question_is_the_last_message() {
    let messages = json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How  many\ndays?"}]);
    let expected = Some(("user".to_owned(), r#""How many days?""#.to_owned()));
    assert_eq!(question(&messages), expected);
    assert_eq!(question(&json!({"model": "m", "messages": messages.clone()})), expected);
    assert_eq!(question(&json!({"model": "m", "input": messages})), expected);
    let part = json!([{"role": "user", "content": [{"type": "input_text", "text": "How many days?"}]}]);
    assert_eq!(question(&part), expected);
}

#[test]
fn results_of_tools_are_questions_too() {
    let openai = json!([{"role": "tool", "tool_call_id": "1", "content": "sunny"}]);
    assert_eq!(question(&openai), Some(("tool".to_owned(), r#""sunny""#.to_owned())));
    let responses = json!([{"type": "function_call_output", "call_id": "1", "output": "sunny"}]);
    assert_eq!(question(&responses), Some(("tool".to_owned(), r#""sunny""#.to_owned())));
    let anthropic =
        json!([{"role": "user", "content": [{"type": "tool_result", "content": [{"type": "text", "text": "sunny"}]}]}]);
    assert_eq!(question(&anthropic), Some(("user".to_owned(), r#""sunny""#.to_owned())));
}

#[test]
fn messages_without_text_are_counted() {
    let image = json!({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]});
    assert_eq!(question(&json!([image.clone()])), Some((String::new(), "1 message".to_owned())));
    assert_eq!(question(&json!([image.clone(), image])), Some((String::new(), "2 messages".to_owned())));
}

#[test]
fn what_is_no_conversation_is_left_alone() {
    for value in [json!([]), json!(["hi"]), json!([{"text": "hi"}]), json!({"messages": 3}), json!("hi"), json!(3)] {
        assert_eq!(question(&value), None, "{value}");
    }
}

#[test]
fn long_and_deep_texts_are_bounded() {
    let text = answer(&json!({"text": "語".repeat(100_000)})).unwrap();
    assert!(text.len() < 10_000, "{}", text.len());
    let many = answer(&json!({"text": "word ".repeat(100_000)})).unwrap();
    assert!(many.len() < 10_000, "{}", many.len());
    let deep = format!("{}{}", r#"{"content":["#.repeat(10_000), "]}".repeat(10_000));
    assert_eq!(said(&deep), None);
    assert_eq!(asked(&format!("[{}", "[".repeat(100_000))), None);
}

proptest! {
    #[test]
    fn no_json_is_too_odd(
        text in r#"([\[{]|"(role|type|content|text|choices|message|function|name)":|"[a-z]{0,3}"|tool_use|[,:1\]}]|null){0,40}"#,
    ) {
        said(&text);
        asked(&text);
    }
}
