use serde_json::{Value, json};

use super::outline;
use crate::genai::decode::{message, messages};
use crate::genai::{Message, Part, Role};

fn parts(value: Value) -> Value {
    serde_json::to_value(message(&value).unwrap().parts).unwrap()
}

#[test]
fn a_message_of_ours_reads_itself() {
    let said = Message::assistant("Let me check.")
        .part(Part::Reasoning("Hm.".to_owned()))
        .tool_call("call-1", "get_weather", json!({ "city": "Paris" }))
        .part(Part::uri("https://example.com/a.png", Some("image/png")))
        .part(crate::value::Content::from_bytes([1, 2, 3], "image/png"))
        .named("helper")
        .finish_reason("stop");
    let answered = Message::tool_result("call-1", json!({ "celsius": 21 })).named("get_weather");
    for message in [said, answered, Message::system("Be brief."), Message::new(Role::User)] {
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message, "{json}");
    }
    assert_eq!(serde_json::from_str::<Message>("\"Hi\"").unwrap(), Message::user("Hi"));
    assert!(serde_json::from_str::<Message>("{\"text\":1}").is_err());
}

#[test]
fn a_conversation_with_openai() {
    let said = messages(&json!([
        { "role": "developer", "content": "Be brief." },
        { "role": "user", "name": "ann", "content": [
            { "type": "text", "text": "What is this?" },
            { "type": "image_url", "image_url": { "url": "https://example.com/a.png", "detail": "low" } },
            { "type": "image_url", "image_url": { "url": "data:image/gif;base64,R0lGODlh" } },
            { "type": "input_audio", "input_audio": { "data": "UklGRg==", "format": "wav" } },
            { "type": "file", "file": { "file_id": "file-1" } }
        ] },
        { "role": "assistant", "content": null, "tool_calls": [
            { "id": "call_1", "type": "function", "function": { "name": "look", "arguments": "{\"at\":1}" } }
        ] },
        { "role": "tool", "tool_call_id": "call_1", "content": "{\"is\":\"a cat\"}" }
    ]));
    assert_eq!(
        outline(&said),
        r#"developer
  {"type":"text","content":"Be brief."}
user
  {"type":"text","content":"What is this?"}
  {"type":"uri","modality":"image","uri":"https://example.com/a.png"}
  {"type":"blob","mime_type":"image/gif","modality":"image","content":"R0lGODlh"}
  {"type":"blob","mime_type":"audio/wav","modality":"audio","content":"UklGRg=="}
  {"type":"file","modality":"document","file_id":"file-1"}
assistant
  {"type":"tool_call","id":"call_1","name":"look","arguments":{"at":1}}
tool
  {"type":"tool_call_response","id":"call_1","response":{"is":"a cat"}}"#
    );
    assert_eq!(said[1].name.as_deref(), Some("ann"));
}

#[test]
fn items_of_the_responses_api() {
    let said = messages(&json!([
        { "type": "message", "role": "user", "content": [
            { "type": "input_text", "text": "Weather?" }, { "type": "input_image", "image_url": "https://example.com/a.png" }
        ] },
        { "type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": "{}" },
        { "type": "function_call_output", "call_id": "call_1", "output": "21 °C" },
        { "type": "item_reference", "id": "msg_1" }
    ]));
    assert_eq!(
        outline(&said),
        r#"user
  {"type":"text","content":"Weather?"}
  {"type":"uri","modality":"image","uri":"https://example.com/a.png"}
assistant
  {"type":"tool_call","id":"call_1","name":"get_weather","arguments":{}}
tool
  {"type":"tool_call_response","id":"call_1","response":"21 °C"}"#
    );
}

#[test]
fn a_conversation_with_anthropic() {
    let said = messages(&json!([
        { "role": "user", "content": [
            { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "iVBORw==" } },
            { "type": "document", "source": { "type": "url", "url": "https://example.com/a.pdf" } },
            { "type": "document", "source": { "type": "file", "file_id": "file_1" } }
        ] },
        { "role": "assistant", "content": [{ "type": "tool_use", "id": "toolu_1", "name": "look", "input": {} }] },
        { "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "toolu_1", "content": [{ "type": "text", "text": "a cat" }] }
        ] }
    ]));
    assert_eq!(
        outline(&said),
        r#"user
  {"type":"blob","mime_type":"image/png","modality":"image","content":"iVBORw=="}
  {"type":"uri","modality":"document","uri":"https://example.com/a.pdf"}
  {"type":"file","modality":"document","file_id":"file_1"}
assistant
  {"type":"tool_call","id":"toolu_1","name":"look","arguments":{}}
tool
  {"type":"tool_call_response","id":"toolu_1","response":"a cat"}"#
    );
}

#[test]
fn a_conversation_with_gemini() {
    let said = messages(&json!([
        { "role": "user", "parts": [
            { "text": "What is this?" },
            { "inlineData": { "mimeType": "image/png", "data": "iVBORw==" } },
            { "file_data": { "mime_type": "video/mp4", "file_uri": "gs://a/b.mp4" } }
        ] },
        { "role": "model", "parts": [{ "functionCall": { "name": "look", "args": { "at": 1 } } }] },
        { "role": "user", "parts": [{ "functionResponse": { "name": "look", "response": { "is": "a cat" } } }] }
    ]));
    assert_eq!(
        outline(&said),
        r#"user
  {"type":"text","content":"What is this?"}
  {"type":"blob","mime_type":"image/png","modality":"image","content":"iVBORw=="}
  {"type":"uri","mime_type":"video/mp4","modality":"video","uri":"gs://a/b.mp4"}
assistant
  {"type":"tool_call","name":"look","arguments":{"at":1}}
tool
  {"type":"tool_call_response","id":"look","response":{"is":"a cat"}}"#
    );
}

#[test]
fn images_of_ollama_are_known_by_how_they_begin() {
    assert_eq!(
        parts(json!({ "role": "user", "content": "What is this?", "images": ["iVBORw0KGgo="] })),
        json!([
            { "type": "text", "content": "What is this?" },
            { "type": "blob", "mime_type": "image/png", "modality": "image", "content": "iVBORw0KGgo=" }
        ])
    );
}

#[test]
fn what_is_not_known_is_kept_as_it_is() {
    let strange = json!([{ "type": "hologram", "rays": 3 }, { "a": 1 }, { "type": "text" }]);
    assert_eq!(parts(json!({ "role": "user", "parts": strange })), strange);
}
