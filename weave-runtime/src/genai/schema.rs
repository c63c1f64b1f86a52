//! What is said, as the JSON schemas of the GenAI conventions have it.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::finish::conventional;
use super::{Message, Part, Role, ToolCall};

/// The type of what says none.
const UNTYPED: &str = "other";

/// Before the type of a part that says to be of a known type and is not: so that it passes as one that nobody knows.
const MALFORMED: &str = "weave.";

/// How the answers of a call ended where they do not say so themselves.
pub(super) struct Ending<'a> {
    /// As the provider says, one for each answer.
    pub(super) reasons: &'a [String],
    /// Whether the call failed, or was given up half way.
    pub(super) broken: bool,
}

impl Ending<'_> {
    /// Why the answer at this place ended.
    fn of(&self, place: usize, message: &Message) -> String {
        let given = message.finish_reason.clone().filter(|reason| !reason.is_empty());
        given.unwrap_or_else(|| match self.reasons.get(place) {
            Some(reason) if !reason.is_empty() => conventional(reason).to_owned(),
            _ if self.broken => "error".to_owned(),
            _ if message.tool_calls().next().is_some() => "tool_call".to_owned(),
            _ => "stop".to_owned(),
        })
    }
}

/// A message in the order that the schemas have.
#[derive(Serialize)]
struct Written<'a> {
    role: &'a Role,
    parts: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_reason: Option<Cow<'a, str>>,
}

impl<'a> Written<'a> {
    fn new(message: &'a Message) -> Self {
        Self {
            role: &message.role,
            parts: message.parts.iter().filter_map(part).collect(),
            name: message.name.as_deref(),
            finish_reason: message.finish_reason.as_deref().map(Cow::Borrowed),
        }
    }
}

/// Messages as those of an input, as JSON; `None` where there are none.
pub(super) fn input_messages(messages: &[Message]) -> Option<String> {
    list(messages.iter().map(Written::new))
}

/// Messages as those of an output, which always say why they ended.
pub(super) fn output_messages(messages: &[Message], ending: &Ending<'_>) -> Option<String> {
    list(messages.iter().enumerate().map(|(place, message)| Written {
        finish_reason: Some(Cow::Owned(ending.of(place, message))),
        ..Written::new(message)
    }))
}

pub(super) fn system_instructions(instructions: &[String]) -> Option<String> {
    list(instructions.iter().map(|text| Part::Text(text.clone())))
}

/// Definitions of tools, in whatever form a provider has them.
pub(super) fn tool_definitions(definitions: Value) -> Option<String> {
    match definitions {
        Value::Null => None,
        Value::Array(items) => list(items.into_iter().flat_map(definition)),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Array(items)) => list(items.into_iter().flat_map(definition)),
            Ok(object @ Value::Object(_)) => list(definition(object)),
            _ => list(definition(Value::String(text))),
        },
        other => list(definition(other)),
    }
}

fn list<T: Serialize>(items: impl IntoIterator<Item = T>) -> Option<String> {
    let items: Vec<_> = items.into_iter().collect();
    if items.is_empty() { None } else { serde_json::to_string(&items).ok() }
}

fn part(part: &Part) -> Option<Box<RawValue>> {
    match part {
        Part::Other(members) => to_raw_value(&conforming(members.clone())),
        Part::ToolCall(call) => to_raw_value(&Part::ToolCall(with_object(call.clone()))),
        part => to_raw_value(part),
    }
    .ok()
}

/// Models write arguments as the text of an object; the conventions want the object.
fn with_object(mut call: ToolCall) -> ToolCall {
    if let Some(object @ Value::Object(_)) = call.arguments.as_str().and_then(|text| serde_json::from_str(text).ok()) {
        call.arguments = object;
    }
    call
}

/// Gives a part a type that it is one of.
fn conforming(mut members: Map<String, Value>) -> Map<String, Value> {
    let kind = match members.get("type").and_then(Value::as_str) {
        Some(kind) if is_sound(kind, &members) => return members,
        Some(kind) => format!("{MALFORMED}{kind}"),
        None => UNTYPED.to_owned(),
    };
    members.insert("type".to_owned(), kind.into());
    members
}

/// Whether a part has what one of its type must have. One of an unknown type has.
fn is_sound(kind: &str, members: &Map<String, Value>) -> bool {
    let has_text = |key: &str| members.get(key).is_some_and(Value::is_string);
    let may_be_text = |key: &str| members.get(key).is_none_or(|value| value.is_string() || value.is_null());
    let is_typed = |key: &str| members.get(key).and_then(|value| value.get("type")).is_some_and(Value::is_string);
    let media = || has_text("modality") && may_be_text("mime_type");
    match kind {
        "text" | "reasoning" => has_text("content"),
        "tool_call" => has_text("name") && may_be_text("id"),
        "tool_call_response" => members.contains_key("response") && may_be_text("id"),
        "server_tool_call" => has_text("name") && may_be_text("id") && is_typed("server_tool_call"),
        "server_tool_call_response" => may_be_text("id") && is_typed("server_tool_call_response"),
        "blob" => media() && has_text("content"),
        "uri" => media() && has_text("uri"),
        "file" => media() && has_text("file_id"),
        _ => true,
    }
}

/// What one item of a list of tools defines: most often one tool, in Gemini's form any number.
fn definition(item: Value) -> Vec<Value> {
    match item {
        Value::String(name) => vec![json!({ "type": "function", "name": name })],
        Value::Object(mut members) => {
            for key in ["functionDeclarations", "function_declarations"] {
                if let Some(Value::Array(items)) = members.get_mut(key).map(Value::take) {
                    return items.into_iter().flat_map(definition).collect();
                }
            }
            vec![Value::Object(defined(members))]
        }
        _ => Vec::new(),
    }
}

/// OpenAI puts the function into an object of its own, Anthropic calls its parameters `input_schema`.
fn defined(mut members: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::Object(function)) = members.get("function") {
        let function = function.clone();
        members.remove("function");
        members.extend(function.into_iter().filter(|(key, _)| key != "type"));
    }
    if let Some(schema) = members.remove("input_schema") {
        members.entry("parameters").or_insert(schema);
    }
    let text = |key: &str| members.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let (kind, name) = (text("type"), text("name"));
    let name = name.or_else(|| kind.clone()).unwrap_or_else(|| UNTYPED.to_owned());
    let is_sound = members.get("description").is_none_or(|value| value.is_string() || value.is_null())
        && members.get("parameters").is_none_or(|value| value.is_object() || value.is_boolean() || value.is_null());
    // Without a type it is a function.
    let kind = kind.unwrap_or_else(|| "function".to_owned());
    let kind = if kind == "function" && !is_sound { format!("{MALFORMED}{kind}") } else { kind };
    members.insert("name".to_owned(), name.into());
    members.insert("type".to_owned(), kind.into());
    members
}
