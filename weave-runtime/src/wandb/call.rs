//! A call as Weave takes it, but for the project.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::about::RESERVED;
use super::links;
use crate::record::summary::STATUS_COUNTS;
use crate::record::{CallError, CallRecord, Event, Status, Timestamp, rfc3339, short_type_name};

/// The longest name that Weave takes, in characters.
const LONGEST_NAME: usize = 1024;

/// JSON text of an object that is written member by member, without what opens it: the sender does that.
#[derive(Default)]
pub(super) struct Members(String);

impl Members {
    /// A member that is JSON text already.
    fn json(&mut self, key: &str, json: &str) {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(key);
        self.0.push_str("\":");
        self.0.push_str(json);
    }

    fn value(&mut self, key: &str, value: &impl Serialize) {
        // Plain data, for which this cannot fail.
        let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
        self.json(key, &json);
    }

    fn null(&mut self, key: &str) {
        self.json(key, "null");
    }

    /// Closes the object.
    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// What was recorded, in Weave's form.
pub(super) struct Said<'a> {
    pub(super) inputs: &'a str,
    pub(super) output: Option<&'a str>,
}

/// A call that has ended.
pub(super) fn complete(call: &CallRecord, said: &Said<'_>, about: &Map<String, Value>) -> Members {
    let mut members = Members::default();
    begin(&mut members, call);
    members.value("ended_at", &rfc3339(call.ended_at.unwrap_or(call.started_at)));
    members.value("attributes", &attributes(call, about, call.span_attributes()));
    members.json("inputs", said.inputs);
    members.json("output", said.output.unwrap_or("null"));
    members.value("summary", &summary(call, None));
    members.null("otel_dump");
    members.value("exception", &exception(call));
    members.null("wb_user_id");
    members.null("wb_run_step");
    members.null("wb_run_step_end");
    members
}

/// A call that runs.
pub(super) fn start(call: &CallRecord, said: &Said<'_>, about: &Map<String, Value>) -> Members {
    let mut members = Members::default();
    begin(&mut members, call);
    members.value("attributes", &attributes(call, about, &Map::new()));
    members.json("inputs", said.inputs);
    members.null("otel_dump");
    members.null("wb_user_id");
    members.null("wb_run_step");
    members
}

/// The end of one that was told before. What was set on it since is told in the summary: its attributes stand.
pub(super) fn end(call: &CallRecord, said: &Said<'_>) -> Members {
    let mut members = Members::default();
    members.value("id", &call.id());
    members.value("trace_id", &call.trace_id());
    members.json("is_eval", "false");
    members.value("started_at", &rfc3339(call.started_at));
    members.value("ended_at", &rfc3339(call.ended_at.unwrap_or(call.started_at)));
    members.value("exception", &exception(call));
    members.json("output", said.output.unwrap_or("null"));
    members.value("summary", &summary(call, Some(call.span_attributes())));
    members.null("wb_run_step_end");
    members
}

fn begin(members: &mut Members, call: &CallRecord) {
    members.value("id", &call.id());
    members.value("trace_id", &call.trace_id());
    members.value("parent_id", &call.op_parent_id());
    members.value("thread_id", &call.thread_id());
    members.value("turn_id", &call.turn_id());
    members.value("display_name", &call.display_name().map(shortened));
    members.value("started_at", &rfc3339(call.started_at));
}

fn shortened(name: &str) -> std::borrow::Cow<'_, str> {
    match name.char_indices().nth(LONGEST_NAME) {
        None => name.into(),
        Some(_) => name.chars().take(LONGEST_NAME - 3).chain("...".chars()).collect(),
    }
}

/// Those of the call and those set on its span, the former stronger, with what Weave is told under its own key.
fn attributes(call: &CallRecord, about: &Map<String, Value>, set: &Map<String, Value>) -> Map<String, Value> {
    let mut all = set.clone();
    all.extend(call.attributes().iter().map(|(key, value)| (key.clone(), value.clone())));
    let given = call.attributes().get(RESERVED).and_then(Value::as_object);
    let mut own = given.cloned().unwrap_or_default();
    own.extend(about.iter().map(|(key, value)| (key.clone(), value.clone())));
    if let Some((trace, span)) = links::invoking_span(call) {
        let span = Map::from_iter([
            ("trace_id".to_owned(), trace.to_string().into()),
            ("span_id".to_owned(), span.to_string().into()),
        ]);
        own.insert("invoking_span".to_owned(), span.into());
    }
    all.insert(RESERVED.to_owned(), own.into());
    all
}

/// How the call and those below it ended and what they used, with what else is known at its end and Weave has no place for:
/// that it was cancelled, or left before its end; what it said of its trace; what happened in it.
fn summary(call: &CallRecord, set: Option<&Map<String, Value>>) -> Map<String, Value> {
    let mut summary = call.summary();
    let counts = call.status_counts();
    summary.insert(STATUS_COUNTS.to_owned(), json!({ "success": counts.success, "error": counts.error }));
    let mut add = |key: &str, value: Value| drop(summary.insert(key.to_owned(), value));
    if call.status() == Status::Cancelled {
        add("cancelled", true.into());
    }
    if call.is_partial() {
        add("partial", true.into());
    }
    if let Some(update) = call.trace_update().and_then(|update| serde_json::to_value(update).ok()) {
        add("trace", update);
    }
    if let Some(set) = set.filter(|set| !set.is_empty()) {
        add("attributes", Value::Object(set.clone()));
    }
    if !call.events().is_empty() {
        let event = |event: &Event| {
            let at = rfc3339(Timestamp::from_system_time(event.at));
            json!({ "name": event.name, "at": at, "attributes": event.attributes })
        };
        add("events", call.events().iter().map(event).collect());
    }
    summary
}

/// JSON in a text: that is how Weave reads it.
fn exception(call: &CallRecord) -> Option<String> {
    #[derive(Serialize)]
    struct Exception<'a> {
        r#type: &'a str,
        message: &'a str,
    }
    let CallError { kind, message, .. } = call.error()?;
    serde_json::to_string(&Exception { r#type: &short_type_name(kind), message }).ok()
}
