//! What is different on purpose between spans of the two SDKs: each has a row in `src/docs/python.md`.

use serde_json::{Map, Value, json};

/// A row of the table.
pub(super) struct Difference {
    /// Its first column.
    pub(super) of: &'static str,
    /// Makes one span of Python and one of Rust the same in this.
    pub(super) settle: fn(&mut Value, &mut Value),
}

pub(super) const DIFFERENCES: [Difference; 13] = [
    Difference { of: "kind of the span of a model's call", settle: kinds },
    Difference { of: "scope of the spans", settle: scopes },
    Difference { of: "what describes the client and the system", settle: client },
    Difference { of: "what the library adds of calls", settle: added },
    Difference { of: "`finish_reason` of messages", settle: finish_reasons },
    Difference { of: "JSON inside of messages", settle: json_in_messages },
    Difference { of: "empty names", settle: empty_names },
    Difference { of: "tokens that are zero", settle: zero_tokens },
    Difference { of: "tokens written to a cache", settle: cache_tokens },
    Difference { of: "media", settle: media },
    Difference { of: "attributes that are objects or null", settle: objects },
    Difference { of: "exceptions", settle: exceptions },
    Difference { of: "a tool below an op", settle: below_ops },
];

fn members(span: &mut Value) -> &mut Map<String, Value> {
    span["attributes"].as_object_mut().unwrap()
}

fn kinds(python: &mut Value, _: &mut Value) {
    if python["attributes"]["gen_ai.operation.name"] == "chat" {
        python["kind"] = "CLIENT".into();
    }
}

fn scopes(python: &mut Value, rust: &mut Value) {
    assert_eq!((&python["scope"], &rust["scope"]), (&json!("weave.conversation"), &json!("weave")));
    python["scope"] = "weave".into();
}

fn client(python: &mut Value, rust: &mut Value) {
    for span in [python, rust] {
        members(span).retain(|key, _| {
            !["weave.client_version", "weave.source", "weave.sys_version"].contains(&key.as_str())
                && !key.starts_with("weave.os_")
        });
    }
}

fn added(_: &mut Value, rust: &mut Value) {
    members(rust).retain(|key, _| !["weave.span.kind", "weave.summary"].contains(&key.as_str()));
}

fn finish_reasons(_: &mut Value, rust: &mut Value) {
    for message in messages(rust, "gen_ai.output.messages") {
        message.as_object_mut().unwrap().remove("finish_reason").unwrap();
    }
}

fn messages<'a>(span: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    members(span).get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

fn json_in_messages(python: &mut Value, _: &mut Value) {
    for key in ["gen_ai.input.messages", "gen_ai.output.messages"] {
        for message in messages(python, key) {
            for part in message["parts"].as_array_mut().unwrap() {
                for key in ["arguments", "response"] {
                    let read = part.get(key).and_then(|text| serde_json::from_str::<Value>(text.as_str()?).ok());
                    if let Some(read) = read.filter(Value::is_object) {
                        part[key] = read;
                    }
                }
            }
        }
    }
}

fn empty_names(python: &mut Value, _: &mut Value) {
    members(python)
        .retain(|key, value| !["gen_ai.agent.name", "gen_ai.request.model"].contains(&key.as_str()) || value != "");
}

fn zero_tokens(_: &mut Value, rust: &mut Value) {
    members(rust).retain(|key, value| !key.starts_with("gen_ai.usage.") || value != 0);
}

fn cache_tokens(_: &mut Value, rust: &mut Value) {
    members(rust).remove("gen_ai.usage.cache_creation.input_tokens");
}

/// Python uploads, and refers to what it uploaded.
fn media(python: &mut Value, rust: &mut Value) {
    for span in [python, rust] {
        members(span).remove("weave.content_refs");
        for message in messages(span, "gen_ai.input.messages") {
            for part in message["parts"].as_array_mut().unwrap() {
                let is_ref = part["uri"].as_str().is_some_and(|uri| uri.starts_with("weave:///"));
                if part["type"] == "blob" || is_ref {
                    *part = json!({ "media": part["mime_type"], "modality": part["modality"] });
                }
            }
        }
    }
}

fn objects(python: &mut Value, _: &mut Value) {
    let given = std::mem::take(members(python));
    let ours = members(python);
    for (key, value) in given {
        match value {
            Value::Object(inner) if !key.starts_with("gen_ai.") => {
                ours.extend(inner.into_iter().map(|(name, value)| (format!("{key}.{name}"), value)));
            }
            Value::Null => {}
            value => _ = ours.insert(key, value),
        }
    }
}

fn exceptions(python: &mut Value, rust: &mut Value) {
    for span in [python, rust] {
        members(span).remove("error.type");
        for event in span["events"].as_array_mut().unwrap() {
            event["attributes"].as_object_mut().unwrap().retain(|key, _| {
                !["exception.type", "exception.stacktrace", "exception.escaped"].contains(&key.as_str())
            });
        }
    }
}

/// Calls of ops are in one trace with what agents do inside of them.
fn below_ops(_: &mut Value, rust: &mut Value) {
    members(rust).retain(|key, _| !key.starts_with("weave.parent_call."));
}
