//! What a model was asked, from the arguments of the function that asked it.

use serde_json::Value;

use super::json::{Object, count, list, number, object, owned, text, value};
use super::message::{content, is_message, message, messages};
use crate::genai::{Llm, Message, Part, Request, Role};
use crate::record::is_placeholder;

/// What the inputs of a call say: arguments with the usual names, an argument that is a provider's request, a list of
/// messages whatever its name. A single text that is none of these is what the user said.
pub(crate) fn request(inputs: &Object) -> Llm {
    if inputs.values().any(is_type_name) {
        let known = inputs.iter().filter(|(_, value)| !is_type_name(value));
        return request(&known.map(|(name, value)| (name.clone(), value.clone())).collect());
    }
    let mut llm = Llm::default();
    for request in inputs.values().filter_map(Value::as_object).filter(|value| is_request(value)) {
        llm.merge(read(request, false));
    }
    llm.merge(read(inputs, true));
    if llm.input_messages.is_empty() {
        llm.input_messages = unnamed(inputs);
    }
    llm
}

/// Whether it is the request of a provider.
fn is_request(members: &Object) -> bool {
    let has = |key: &str| members.contains_key(key);
    let has_list = |key: &str| members.get(key).is_some_and(Value::is_array);
    has_list("messages") || has("contents") || (has("model") && (has("input") || has("prompt")))
}

/// What a request says. Where it is the arguments of a function, what has too common a name for that is left alone.
fn read(members: &Object, are_arguments: bool) -> Llm {
    let options = object(members, &["options", "generationConfig", "generation_config", "config"]);
    let request = options.map(|options| parameters(options, false)).unwrap_or_default();
    let request = parameters(members, are_arguments).or(request);
    let tools = ["tools", "tool_definitions", "functions"];
    let tools = value(members, &tools).or_else(|| value(options?, &tools));
    Llm {
        model: owned(members, &["model", "model_name", "model_id", "modelId"]),
        system_instructions: instructions(members).or_else(|| instructions(options?)).unwrap_or_default(),
        input_messages: said(members),
        tool_definitions: tools.filter(|tools| tools.is_array()).cloned(),
        output_type: output_type(members).or_else(|| output_type(options?)),
        request,
        ..Llm::default()
    }
}

/// Whether it is the name of a type that is written for a value that nobody can write.
fn is_type_name(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('<') && is_placeholder(&format!("\"{text}\"")))
}

fn said(members: &Object) -> Vec<Message> {
    let mut said = Vec::new();
    for key in ["messages", "contents", "input", "prompt"] {
        match members.get(key) {
            Some(Value::Array(items)) if key == "prompt" => {
                said.extend(items.iter().filter_map(|item| item.as_str()).map(Message::user));
            }
            // Contents may be one, which does not need to say who speaks.
            Some(Value::Object(one)) if !one.contains_key("role") && one.contains_key("parts") => {
                let mut message = Message::new(Role::User);
                message.parts = content(&Value::Object(one.clone()));
                said.push(message);
            }
            Some(found) => said.extend(messages(found)),
            None => {}
        }
    }
    let images = list(members, &["images"]).unwrap_or_default();
    if let Some(last) = said.last_mut().filter(|_| members.contains_key("prompt")) {
        let with = Object::from_iter([("role".into(), "user".into()), ("images".into(), images.into())]);
        last.parts.extend(message(&Value::Object(with)).into_iter().flat_map(|message| message.parts));
    }
    said
}

/// System instructions: a text, a list of parts, or the content of a message.
fn instructions(members: &Object) -> Option<Vec<String>> {
    let keys = ["system", "instructions", "system_prompt", "systemInstruction", "system_instruction"];
    let texts = match value(members, &keys)? {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        other => texts(other),
    };
    Some(texts).filter(|texts| !texts.is_empty())
}

fn texts(value: &Value) -> Vec<String> {
    let parts = match value.as_object().and_then(|members| members.get("content")) {
        Some(inner) => content(inner),
        None => content(value),
    };
    let text = |part| match part {
        Part::Text(text) => Some(text),
        _ => None,
    };
    parts.into_iter().filter_map(text).collect()
}

fn parameters(members: &Object, are_arguments: bool) -> Request {
    let stop = match value(members, &["stop_sequences", "stopSequences", "stop"]) {
        Some(Value::String(stop)) => vec![stop.clone()],
        Some(Value::Array(stops)) => stops.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let choices = ["choice_count", "candidateCount", "candidate_count", "n"];
    let choices = choices.get(..if are_arguments { 3 } else { 4 }).unwrap_or_default();
    Request {
        temperature: number(members, &["temperature"]),
        top_p: number(members, &["top_p", "topP"]),
        top_k: number(members, &["top_k", "topK"]),
        frequency_penalty: number(members, &["frequency_penalty", "frequencyPenalty"]),
        presence_penalty: number(members, &["presence_penalty", "presencePenalty"]),
        seed: value(members, &["seed"]).and_then(Value::as_i64),
        max_tokens: count(
            members,
            &["max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens", "num_predict"],
        ),
        choice_count: count(members, choices),
        stop_sequences: stop,
        stream: members.get("stream").and_then(Value::as_bool),
    }
}

/// What kind of answer was asked for, where the request says so.
fn output_type(members: &Object) -> Option<String> {
    let format = value(members, &["response_format", "format", "responseMimeType", "response_mime_type"])
        .or_else(|| object(members, &["text"])?.get("format"))?;
    let name = format.as_str().or_else(|| text(format.as_object()?, &["type"]))?;
    match name {
        "json" | "json_object" | "json_schema" | "application/json" => Some("json".to_owned()),
        "text" | "text/plain" => Some("text".to_owned()),
        _ => None,
    }
}

/// What the arguments say that have no name that is known: lists of messages, else the only text there is.
fn unnamed(inputs: &Object) -> Vec<Message> {
    let mut said: Vec<Message> = Vec::new();
    let lists = inputs.values().filter_map(Value::as_array).filter(|items| !items.is_empty());
    for items in lists.filter(|items| items.iter().all(is_message)) {
        said.extend(items.iter().filter_map(message));
    }
    said.extend(inputs.values().filter(|value| is_message(value)).filter_map(message));
    let mut texts = inputs.iter().filter(|(name, _)| !is_setting(name)).filter_map(|(_, value)| value.as_str());
    if let (Some(text), None) = (texts.next(), texts.next()) {
        said.push(Message::user(text));
    }
    said
}

/// Whether a text under this name is nothing that is said.
fn is_setting(name: &str) -> bool {
    const SETTINGS: [&str; 13] = [
        "self",
        "model",
        "model_name",
        "model_id",
        "modelId",
        "system",
        "instructions",
        "system_prompt",
        "provider",
        "stop",
        "url",
        "base_url",
        "api_key",
    ];
    SETTINGS.contains(&name)
}
