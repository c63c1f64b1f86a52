//! What a server was sent, in the form of the fixtures: ids have labels, versions and times are gone.

use std::collections::BTreeMap;

use fake_backend::Received;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::span::Event;
use prost::Message;
use serde_json::{Map, Value, json};
use weave::FlushReport;

/// All requests of a client, and what it says of them.
pub(crate) struct Sent {
    pub(crate) requests: Vec<Received>,
    pub(crate) report: FlushReport,
}

impl Sent {
    /// What came to paths that end so.
    pub(crate) fn to(&self, path: &str) -> Vec<&Received> {
        self.requests.iter().filter(|request| request.path.ends_with(path)).collect()
    }

    /// The method and the path of each request beside those of the start, sorted.
    pub(crate) fn routes(&self) -> Vec<String> {
        let is_start = |path: &str| matches!(path, "/graphql" | "/server_info");
        let sent = self.requests.iter().filter(|request| !is_start(&request.path));
        let mut routes: Vec<_> = sent.map(|request| format!("{} {}", request.method, route(&request.path))).collect();
        routes.sort();
        routes
    }

    /// The calls, oldest first.
    pub(crate) fn calls(&self) -> Vec<Value> {
        let calls = self.merged();
        let spans = self.spans();
        let id = |call: &Call| call.members["id"].as_str().unwrap_or_default().to_owned();
        let ids: Vec<String> = calls.iter().map(id).collect();
        let mut traces = Vec::new();
        for call in &calls {
            let trace = call.members["trace_id"].clone();
            if !traces.contains(&trace) {
                traces.push(trace);
            }
        }
        let label = |value: &Value| {
            let Some(id) = value.as_str() else { return Value::Null };
            match ids.iter().position(|known| known == id) {
                Some(place) => format!("@call{}", place + 1).into(),
                None => value.clone(),
            }
        };
        let form = |call: &Call| {
            let member = |key: &str| call.members.get(key).cloned().unwrap_or_default();
            let trace = traces.iter().position(|trace| *trace == member("trace_id")).map(|place| place + 1);
            let runs = ["wb_run_id", "wb_run_step", "wb_run_step_end"].map(|key| (key.to_owned(), member(key)));
            let runs = runs.into_iter().filter(|(_, value)| !value.is_null());
            let exception = member("exception").as_str().map(|text| serde_json::from_str::<Value>(text).unwrap());
            let keys: Vec<_> = call.members.keys().cloned().collect();
            json!({
                "id": label(&member("id")),
                "trace": format!("@ctrace{}", trace.unwrap()),
                "parent": label(&member("parent_id")),
                "op": op_name(&member("op_name")),
                "display_name": member("display_name"),
                "thread": member("thread_id"),
                "turn": label(&member("turn_id")),
                "inputs": member("inputs"),
                "output": member("output"),
                "exception": exception,
                "attributes": labelled(member("attributes"), &spans),
                "summary": member("summary"),
                "finished": call.members.contains_key("ended_at"),
                "wb_run": Map::from_iter(runs),
                "keys_sent": keys,
                "via": call.via,
            })
        };
        calls.iter().map(form).collect()
    }

    /// The members of each call in all requests that tell of it. Ids count up on one thread.
    fn merged(&self) -> Vec<Call> {
        let mut calls: BTreeMap<String, Call> = BTreeMap::new();
        for request in self.requests.iter().filter(|request| request.path.contains("/call")) {
            let body = request.json();
            let items = match (&body["batch"], &body["start"], &body["end"]) {
                (Value::Array(items), ..) => items.clone(),
                (_, start @ Value::Object(_), _) => vec![start.clone()],
                (_, _, end) => vec![end.clone()],
            };
            for item in items {
                let call = calls.entry(item["id"].as_str().unwrap().to_owned()).or_default();
                let path = route(&request.path);
                if !call.via.contains(&path) {
                    call.via.push(path);
                }
                call.members.extend(item.as_object().unwrap().clone());
            }
        }
        calls.into_values().collect()
    }

    /// The spans, oldest first.
    pub(crate) fn spans(&self) -> Vec<Value> {
        let mut spans = Vec::new();
        for request in self.to("/agents/otel/v1/traces") {
            let decoded = ExportTraceServiceRequest::decode(&*request.body).unwrap();
            for of_scope in decoded.resource_spans.iter().flat_map(|resource| &resource.scope_spans) {
                let scope = of_scope.scope.as_ref().map(|scope| scope.name.clone());
                spans.extend(of_scope.spans.iter().map(|span| {
                    let (codes, status) = (["UNSET", "OK", "ERROR"], span.status.clone().unwrap_or_default());
                    json!({
                        "id": hex(&span.span_id),
                        "trace": hex(&span.trace_id),
                        "parent": Some(hex(&span.parent_span_id)).filter(|id| !id.is_empty()),
                        "name": span.name,
                        "kind": if span.kind == 3 { "CLIENT" } else { "INTERNAL" },
                        "scope": scope,
                        "status": { "code": codes[status.code as usize], "message": status.message },
                        "attributes": attributes(&span.attributes),
                        "events": span.events.iter().map(event).collect::<Vec<_>>(),
                        "start": span.start_time_unix_nano,
                    })
                }));
            }
        }
        spans.sort_by_key(|span| span["start"].as_u64());
        spans
    }

    /// The resources of the requests with spans.
    pub(crate) fn resources(&self) -> Vec<Map<String, Value>> {
        let decoded = self
            .to("/agents/otel/v1/traces")
            .into_iter()
            .map(|request| ExportTraceServiceRequest::decode(&*request.body));
        let resources = decoded.flat_map(|request| request.unwrap().resource_spans);
        resources.map(|spans| attributes(&spans.resource.unwrap_or_default().attributes)).collect()
    }
}

#[derive(Default)]
struct Call {
    members: Map<String, Value>,
    via: Vec<String>,
}

/// A path with what depends on the project taken out.
fn route(path: &str) -> String {
    path.replace("/v2/recorder-entity/recorder-project/", "/v2/{entity}/{project}/")
}

/// The name in a reference to an op.
fn op_name(reference: &Value) -> String {
    let reference = reference.as_str().unwrap_or_default();
    let name = reference.strip_prefix("weave:///recorder-entity/recorder-project/op/");
    let (name, digest) = name.and_then(|name| name.split_once(':')).unwrap_or_else(|| panic!("{reference:?} is no op"));
    assert_eq!(digest.len(), 43, "{reference}");
    name.to_owned()
}

/// Attributes with labels for the spans that they name.
fn labelled(mut attributes: Value, spans: &[Value]) -> Value {
    if let Some(invoker) = attributes.pointer_mut("/weave/invoking_span") {
        let place =
            spans.iter().position(|span| span["id"] == invoker["span_id"] && span["trace"] == invoker["trace_id"]);
        *invoker = json!({ "trace_id": "@trace1", "span_id": format!("@span{}", place.unwrap() + 1) });
    }
    attributes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn event(event: &Event) -> Value {
    json!({ "name": event.name, "attributes": attributes(&event.attributes) })
}

fn attributes(attributes: &[KeyValue]) -> Map<String, Value> {
    attributes.iter().map(|attribute| (attribute.key.clone(), value(attribute.value.as_ref()))).collect()
}

fn value(value: Option<&AnyValue>) -> Value {
    let each = |values: &[AnyValue]| values.iter().map(|item| self::value(Some(item))).collect();
    match value.and_then(|value| value.value.as_ref()).expect("no value is empty: the server would refuse all") {
        any_value::Value::StringValue(text) => json!(text),
        any_value::Value::BoolValue(value) => json!(value),
        any_value::Value::IntValue(value) => json!(value),
        any_value::Value::DoubleValue(value) => json!(value),
        any_value::Value::ArrayValue(array) => each(&array.values),
        other => panic!("{other:?}"),
    }
}
