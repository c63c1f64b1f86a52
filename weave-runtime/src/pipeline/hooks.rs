//! What the user's functions make of a record, off the caller's thread.

use serde_json::value::RawValue;

use crate::diagnostics;
use crate::genai::Facts;
use crate::record::{CallRecord, OpRef, Text};
use crate::recording::Quiet;
use crate::value::{
    Hooks, Limits, OUTPUT_PANICKED, Showing, contain, reshape_object, reshape_value, write_placeholder,
};

/// Whether anything is reshaped here.
pub(super) fn will_reshape(hooks: &Hooks, record: &CallRecord) -> bool {
    record.op.inputs.is_some() || hooks.inputs.is_some() || hooks.output.is_some()
}

/// Has inputs and output reshaped, those of the op first, then those of the client; `true` when something was. What the op
/// makes of its output it has made when the call ended.
pub(super) fn reshape(hooks: &Hooks, limits: &Limits, record: &mut CallRecord) -> bool {
    let op = record.op.clone();
    if op.reshapes_output && record.text.output().is_some_and(|output| output.contains(OUTPUT_PANICKED)) {
        warn(record, "`output`", "output");
    }
    if !will_reshape(hooks, record) {
        return op.reshapes_output;
    }
    let _quiet = Quiet::enter();
    if let Some(hook) = op.inputs {
        let mut done = true;
        let inputs = reshape_object(record.text.inputs(), limits, |inputs| done = contain(|| hook(inputs)));
        set_inputs(record, inputs, done, "`inputs`");
    }
    if let Some(hook) = &hooks.inputs {
        let mut done = true;
        let inputs = reshape_object(record.text.inputs(), limits, |inputs| done = contain(|| hook(record, inputs)));
        set_inputs(record, inputs, done, "`Builder::inputs`");
    }
    if let (Some(hook), Some(output)) = (&hooks.output, record.text.output()) {
        let mut done = true;
        let output = reshape_value(output, limits, |output| done = contain(|| hook(record, output)));
        let output = checked(record, output, done, "`Builder::output`", "output");
        record.text = Text::join(record.text.inputs(), Some(&output));
    }
    true
}

fn set_inputs(record: &mut CallRecord, inputs: String, done: bool, function: &str) {
    let inputs = checked(record, inputs, done, function, "inputs");
    record.text = Text::join(&inputs, record.text.output());
}

/// What a function made of something. Where it panicked nothing of that may show: it could be what was to be removed.
fn checked(record: &CallRecord, reshaped: String, done: bool, function: &str, what: &str) -> String {
    if done {
        return reshaped;
    }
    warn(record, function, what);
    let mut placeholder = String::new();
    write_placeholder(&mut placeholder, &format!("the function given as {function} panicked"));
    placeholder
}

fn warn(record: &CallRecord, function: &str, what: &str) {
    let op = record.op_name();
    diagnostics::warn(
        &format!("{function} of {op}"),
        &format!("the function given as {function} panicked at a call of {op}: a placeholder stands for its {what}"),
    );
}

/// Shows all that is in a record to the user's own redaction.
pub(super) fn show(hooks: &Hooks, limits: &Limits, record: &mut CallRecord) {
    let Some(hook) = &hooks.redact else { return };
    let _quiet = Quiet::enter();
    let mut showing = Showing::new(hook, limits);
    let inputs = showing.json_members("inputs", record.text.inputs());
    let output = record.text.output().map(|output| showing.json("output", output));
    record.text = Text::join(&inputs, output.as_deref());
    if let OpRef::Shared(op) = &record.op {
        let mut name = op.name().to_owned();
        showing.text("op_name", &mut name);
        if name != op.name() {
            record.op = OpRef::named(op.kind, name);
        }
    }
    if let Some(details) = &mut record.details {
        showing.members("attributes", &mut details.attributes);
        showing.members("span_attributes", &mut details.span_attributes);
        showing.members("summary", &mut details.summary);
        for event in &mut details.events {
            showing.text("event_name", &mut event.name);
            showing.members("events", &mut event.attributes);
        }
        if let Some(error) = &mut details.error {
            showing.text("error", &mut error.message);
        }
        if let Some(name) = &mut details.display_name {
            showing.text("display_name", name);
        }
        if let Some(facts) = &mut details.agent {
            for (path, text) in facts.texts_mut() {
                showing.text(&path, text);
            }
            let names = Facts::SAID;
            for (name, said) in names.into_iter().zip(facts.said_mut()) {
                if let Some(text) = said
                    && let Ok(shown) = RawValue::from_string(showing.json(name, text.get()))
                {
                    *said = Some(shown);
                }
            }
        }
        if let Some(trace) = &mut details.trace {
            showing.members("trace.metadata", &mut trace.metadata);
            for (at, tag) in trace.tags.iter_mut().enumerate() {
                showing.text(&format!("trace.tags.{at}"), tag);
            }
            if let Some(name) = &mut trace.name {
                showing.text("trace.name", name);
            }
        }
    }
    if showing.panicked {
        let op = record.op_name();
        diagnostics::warn(
            &format!("redact of {op}"),
            &format!(
                "the redaction function panicked at a call of {op}: what it was shown then is stored as \"REDACTED\""
            ),
        );
    }
}
