//! Conversations: the spans that arrive are those that Python sends.

use serde_json::{Value, json};

use crate::scenarios;
use crate::sent::Sent;
use crate::session::run;
use crate::span_differences::DIFFERENCES;

/// The spans of one list below each other, without ids and times, texts of JSON read.
fn trees(spans: &[Value], parent: &Value) -> Vec<Value> {
    let inner = spans.iter().filter(|span| span["parent"] == *parent);
    let tree = |span: &Value| {
        let events = span["events"].as_array().unwrap().iter();
        let events = events.map(|event| json!({ "name": event["name"], "attributes": event["attributes"] }));
        json!({
            "name": span["name"],
            "kind": span["kind"],
            "scope": span["scope"],
            "status": span["status"],
            "attributes": read(span["attributes"].clone()),
            "events": events.collect::<Vec<_>>(),
            "spans": trees(spans, &span["id"]),
        })
    };
    inner.map(tree).collect()
}

fn read(mut attributes: Value) -> Value {
    for (key, value) in attributes.as_object_mut().unwrap() {
        let is_json = key.ends_with("messages") || key.ends_with("instructions") || key.starts_with("gen_ai.tool.");
        if let Some(json) = value.as_str().filter(|_| is_json).and_then(|text| serde_json::from_str(text).ok()) {
            *value = json;
        }
    }
    attributes
}

fn assert_same(sent: &Sent, fixture: &str) {
    let fixture: Value = serde_json::from_str(fixture).unwrap();
    let python = trees(fixture["spans"].as_array().unwrap(), &Value::Null);
    assert_same_trees(&python, &trees(&sent.spans(), &Value::Null));
    let python: Vec<_> =
        fixture["requests"].as_array().unwrap().iter().map(|request| request["path"].clone()).collect();
    let rust: Vec<_> = sent.to("/v1/traces").iter().map(|request| json!(request.path)).collect();
    assert_eq!(rust[..1], python[..1]);
}

fn assert_same_trees(python: &[Value], rust: &[Value]) {
    assert_eq!(rust.len(), python.len(), "{rust:#?}");
    for (python, rust) in python.iter().zip(rust) {
        let (mut python, mut rust) = (python.clone(), rust.clone());
        let inner = [&mut python, &mut rust].map(|span| span.as_object_mut().unwrap().remove("spans").unwrap());
        for difference in DIFFERENCES {
            (difference.settle)(&mut python, &mut rust);
        }
        assert_eq!(rust, python, "rust and python");
        assert_same_trees(inner[0].as_array().unwrap(), inner[1].as_array().unwrap());
    }
}

#[test]
fn conv_basic() {
    assert_same(&run(scenarios::conv_basic), include_str!("../fixtures/python-agents/conv_basic.json"));
}

#[test]
fn conv_attributes_events() {
    let fixture = include_str!("../fixtures/python-agents/conv_attributes_events.json");
    assert_same(&run(scenarios::conv_attributes_events), fixture);
}

#[test]
fn conv_deprecated_session() {
    let fixture = include_str!("../fixtures/python-agents/conv_deprecated_session.json");
    assert_same(&run(scenarios::conv_deprecated_session), fixture);
}
