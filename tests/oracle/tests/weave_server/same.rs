//! Whether what the server has of a call is what was recorded.

use std::time::SystemTime;

use serde_json::{Map, Value, json};
use weave::{CallRecord, Status, TraceId};

use crate::world::{RUN, world};

/// Compares a trace with the server's: each op with its call, each span of an agent with its row. Gives what the server has.
pub(crate) fn assert_same(trace: TraceId) -> (Vec<Value>, Vec<Value>) {
    let (ops, agents) = world().recorded(trace);
    assert!(ops.len() + agents.len() > 0, "nothing was recorded in {trace}");
    let calls = world().server.calls(&trace.to_string());
    let spans = world().server.spans(&trace.to_string());
    assert_eq!((calls.len(), spans.len()), (ops.len(), agents.len()), "{calls:?}\n{spans:?}");
    for op in &ops {
        assert_call(op, find(&calls, "id", op));
    }
    for span in &agents {
        assert_span(span, find(&spans, "span_id", span));
    }
    (calls, spans)
}

fn find<'a>(rows: &'a [Value], key: &str, call: &CallRecord) -> &'a Value {
    let mut found = rows.iter().filter(|row| row[key] == json!(call.id()));
    let row = found.next().unwrap_or_else(|| panic!("{} {} is not there", call.op_name(), call.id()));
    assert!(found.next().is_none(), "{} {} is there twice", call.op_name(), call.id());
    row
}

fn assert_call(call: &CallRecord, row: &Value) {
    let of = call.op_name();
    assert_eq!(row["trace_id"], json!(call.trace_id()), "{of}");
    assert_eq!(row["parent_id"], json!(call.op_parent_id()), "{of}");
    assert_eq!(row["display_name"], json!(call.display_name()), "{of}");
    assert_eq!(row["thread_id"], json!(call.thread_id()), "{of}");
    assert_eq!(row["turn_id"], json!(call.turn_id()), "{of}");
    assert_eq!(row["wb_run_id"], format!("{}/{RUN}", world().server.project), "{of}");
    let name = row["op_name"].as_str().unwrap();
    assert!(name.starts_with(&format!("weave:///{}/op/", world().server.project)), "{name}");
    assert_eq!(micros(&row["started_at"]), Some(micros_of(call.started_at())), "{of}");
    assert_eq!(micros(&row["ended_at"]), call.ended_at().map(micros_of), "{of}");
    if !has_custom_values(&row["inputs"]) {
        assert_eq!(row["inputs"], parsed(call.inputs_json()), "{of}");
    }
    if !has_custom_values(&row["output"]) {
        assert_eq!(row["output"], call.output_json().map_or(Value::Null, parsed), "{of}");
    }
    assert_error(call, &row["exception"]);
    assert_contains(&row["attributes"], call.attributes(), of);
    assert_contains(&row["summary"], &call.summary(), of);
    let counts = call.status_counts();
    let counts = json!({ "success": counts.success, "error": counts.error });
    assert_eq!(row["summary"]["status_counts"], counts, "{of}");
    let status = match call.status() {
        Status::Error => "error",
        _ if call.status_counts().error > 0 => "descendant_error",
        Status::Running => "running",
        _ => "success",
    };
    assert_eq!(row["summary"]["weave"]["status"], status, "{of}");
}

fn assert_error(call: &CallRecord, exception: &Value) {
    let Some(error) = call.error() else { return assert_eq!(*exception, Value::Null, "{}", call.op_name()) };
    let exception = parsed(exception.as_str().expect("JSON in a text"));
    assert_eq!(exception["message"], error.message, "{}", call.op_name());
    let name = exception["type"].as_str().unwrap();
    assert!(error.kind.ends_with(name), "{name} of {}", error.kind);
}

fn assert_span(span: &CallRecord, row: &Value) {
    let of = span.name();
    let text = |key: &str| row[key].as_str().filter(|text| !text.is_empty());
    assert_eq!(text("trace_id"), Some(span.trace_id().to_string().as_str()), "{of}");
    assert_eq!(text("conversation_id"), span.conversation_id(), "{of}");
    assert!(text("conversation_name").is_none_or(|name| Some(name) == span.conversation_name()), "{of}");
    assert!(is_near(&row["started_at"], span.started_at()), "{of}: {row}");
    assert!(span.ended_at().is_some_and(|time| is_near(&row["ended_at"], time)), "{of}: {row}");
    assert_eq!(row["status_code"] == "ERROR", span.status() == Status::Error, "{of}");
    if let Some(error) = span.error() {
        assert_eq!(row["status_message"], error.message, "{of}");
        assert_eq!(row["error_type"], error.kind, "{of}");
    }
    if let Some(usage) = span.usage() {
        assert_eq!(row["input_tokens"], json!(usage.input_tokens.unwrap_or_default()), "{of}");
        assert_eq!(row["output_tokens"], json!(usage.output_tokens.unwrap_or_default()), "{of}");
    }
    if let Some(llm) = span.llm() {
        assert_eq!(text("request_model"), span.model(), "{of}");
        assert_eq!(text("provider_name"), span.provider(), "{of}");
        assert_eq!(length(&row["input_messages"]), llm.input_messages.len(), "{of}");
        assert_eq!(length(&row["output_messages"]), llm.output_messages.len(), "{of}");
    }
    if let Some(tool) = span.tool() {
        assert_eq!(text("tool_name"), Some(tool.name.as_str()), "{of}");
        assert_eq!(text("tool_call_arguments").map(parsed), tool.arguments, "{of}");
        assert_eq!(text("tool_description"), tool.description.as_deref(), "{of}");
    }
    if span.turn().is_some() || span.sub_agent().is_some() {
        assert_eq!(text("operation_name"), Some("invoke_agent"), "{of}");
        let agent = span.agent().and_then(|agent| agent.name.as_deref());
        assert_eq!(text("agent_name"), agent, "{of}");
    }
}

fn length(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

/// Whether something has a form of its own there, which a test of its own looks at.
fn has_custom_values(value: &Value) -> bool {
    value.to_string().contains("CustomWeaveType")
}

/// Each member of an object, as it was recorded; what Weave is told beside, under its own key, may be there, too.
fn assert_contains(row: &Value, recorded: &Map<String, Value>, of: &str) {
    for (key, value) in recorded {
        match value.as_object() {
            Some(value) => assert_contains(&row[key], value, of),
            None => assert_eq!(row[key], *value, "{key} of {of}"),
        }
    }
}

pub(crate) fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

fn micros(time: &Value) -> Option<i64> {
    let time = time.as_str()?;
    let time = if time.ends_with('Z') || time.contains('+') { time.to_owned() } else { format!("{time}Z") };
    Some(time.parse::<jiff::Timestamp>().unwrap().as_microsecond())
}

/// The server makes a floating-point number of a span's nanoseconds, so that the last microsecond is not sure.
fn is_near(time: &Value, recorded: SystemTime) -> bool {
    micros(time).is_some_and(|time| time.abs_diff(micros_of(recorded)) <= 1)
}

fn micros_of(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}
