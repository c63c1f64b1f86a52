use serde_json::{Value, json};

use super::outline;
use crate::genai::Llm;
use crate::genai::decode::request;

fn asked(inputs: Value) -> Llm {
    request(inputs.as_object().unwrap())
}

#[test]
fn an_argument_that_is_the_request_of_a_provider() {
    let llm = asked(json!({ "request": {
        "model": "gpt-4.1", "messages": [{ "role": "user", "content": "Weather?" }],
        "temperature": 0, "max_completion_tokens": 100, "n": 2, "stop": "END", "stream": true, "seed": -1,
        "response_format": { "type": "json_object" },
        "tools": [{ "type": "function", "function": { "name": "get_weather" } }]
    } }));
    assert_eq!(llm.model.as_deref(), Some("gpt-4.1"));
    assert_eq!(outline(&llm.input_messages), "user\n  {\"type\":\"text\",\"content\":\"Weather?\"}");
    let request = llm.request;
    assert_eq!((request.temperature, request.max_tokens, request.choice_count), (Some(0.0), Some(100), Some(2)));
    assert_eq!((request.stop_sequences, request.stream, request.seed), (vec!["END".to_owned()], Some(true), Some(-1)));
    assert_eq!(llm.output_type.as_deref(), Some("json"));
    assert_eq!(llm.tool_definitions, Some(json!([{ "type": "function", "function": { "name": "get_weather" } }])));
}

#[test]
fn requests_of_the_others() {
    let anthropic = asked(json!({ "body": {
        "model": "claude", "system": [{ "type": "text", "text": "Be brief." }], "max_tokens": 10, "stop_sequences": ["a"],
        "messages": [{ "role": "user", "content": "Hi" }]
    } }));
    assert_eq!((anthropic.system_instructions, anthropic.request.max_tokens), (vec!["Be brief.".to_owned()], Some(10)));

    let gemini = asked(json!({ "body": {
        "systemInstruction": { "parts": [{ "text": "Be brief." }] },
        "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }],
        "generationConfig": { "topK": 3, "maxOutputTokens": 10, "responseMimeType": "application/json" }
    } }));
    assert_eq!((gemini.system_instructions, gemini.request.top_k), (vec!["Be brief.".to_owned()], Some(3.0)));
    assert_eq!((gemini.input_messages[0].text().as_str(), gemini.output_type.as_deref()), ("Hi", Some("json")));

    let responses = asked(json!({ "body": { "model": "o4", "instructions": "Be brief.", "input": "Hi" } }));
    assert_eq!(
        (responses.system_instructions, responses.input_messages[0].text()),
        (vec!["Be brief.".to_owned()], "Hi".to_owned())
    );

    let ollama = asked(
        json!({ "body": { "model": "llama3.2", "prompt": "Hi", "options": { "num_predict": 5, "top_p": 0.5 } } }),
    );
    assert_eq!((ollama.request.max_tokens, ollama.request.top_p), (Some(5), Some(0.5)));
}

#[test]
fn arguments_with_the_usual_names() {
    let llm = asked(
        json!({ "model": "m", "system": "Be brief.", "prompt": "Weather?", "temperature": 0.5, "n": 3, "top_p": null }),
    );
    assert_eq!((llm.model.as_deref(), llm.system_instructions), (Some("m"), vec!["Be brief.".to_owned()]));
    assert_eq!(llm.input_messages[0].text(), "Weather?");
    // So short a name may stand for anything.
    assert_eq!((llm.request.temperature, llm.request.choice_count, llm.request.top_p), (Some(0.5), None, None));
}

#[test]
fn arguments_with_names_of_their_own() {
    let question = asked(json!({ "question": "Weather?", "model": "m", "retries": 3 }));
    assert_eq!(outline(&question.input_messages), "user\n  {\"type\":\"text\",\"content\":\"Weather?\"}");
    let history = asked(json!({ "history": [{ "role": "assistant", "content": "Hi" }], "next": "Weather?" }));
    assert_eq!(
        outline(&history.input_messages),
        "assistant\n  {\"type\":\"text\",\"content\":\"Hi\"}\nuser\n  {\"type\":\"text\",\"content\":\"Weather?\"}"
    );
    // Of several texts nobody knows which is said.
    assert_eq!(asked(json!({ "from": "Paris", "to": "Rome" })), Llm::default());
    assert_eq!(asked(json!({ "a": [1, 2], "b": { "c": 1 } })), Llm::default());
}
