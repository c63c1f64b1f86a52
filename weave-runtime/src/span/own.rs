//! What the library knows of any call, as attributes.

use super::{Scalar, keys};
use crate::genai::{Dialect, keys as words};
use crate::record::{CallRecord, Kind, Op, Status, TraceUpdate};

/// Where attributes go.
trait Put<'a>: FnMut(&'static str, Scalar<'a>) {}

impl<'a, F: FnMut(&'static str, Scalar<'a>)> Put<'a> for F {}

/// Says what is true of all calls of the same op, each key once.
pub(super) fn put_of_op<'a>(op: &'a Op, dialect: Dialect, put: &mut impl FnMut(&'static str, Scalar<'a>)) {
    put(keys::WEAVE_KIND, op.kind().as_str().into());
    match dialect {
        // What agents do, receivers see by the keys of the conventions, and in more detail than by this one.
        Dialect::OpenTelemetry if op.kind() == Kind::Op => put(keys::SHOWN_AS, "CHAIN".into()),
        Dialect::OpenTelemetry => {}
        Dialect::Weave => {
            put(keys::CLIENT_VERSION, env!("CARGO_PKG_VERSION").into());
            put(keys::SOURCE, "rust-sdk".into());
        }
    }
    put_code(op, put);
}

/// Says the rest.
pub(super) fn put_of_call<'a>(call: &'a CallRecord, put: &mut impl FnMut(&'static str, Scalar<'a>)) {
    put_values(call, put);
    if let Some(name) = call.display_name() {
        put(keys::DISPLAY_NAME, name.into());
    }
    if let Some(error) = call.error() {
        put(keys::ERROR_TYPE, error.kind.as_str().into());
    }
    if call.status() == Status::Cancelled {
        put(keys::CANCELLED, Scalar::Bool(true));
    }
    if call.is_partial() {
        put(keys::PARTIAL, Scalar::Bool(true));
    }
    if !call.summary_beside_counts().is_empty() {
        let json = serde_json::to_string(call.summary_beside_counts()).unwrap_or_default();
        put(keys::SUMMARY, json.into());
    }
    if let Some(trace) = call.trace_update() {
        put_trace(trace, put);
    }
    put_response_model(call, put);
}

/// Inputs and output. Those of a tool are what it was called with, which has keys of its own.
fn put_values<'a>(call: &'a CallRecord, put: &mut impl Put<'a>) {
    if call.kind() == Kind::Tool {
        return;
    }
    if call.inputs_json() != "{}" {
        put(keys::INPUT_TYPE, "application/json".into());
        put(keys::INPUT, call.inputs_json().into());
    }
    if let Some(output) = call.output_json() {
        put(keys::OUTPUT_TYPE, "application/json".into());
        put(keys::OUTPUT, output.into());
    }
}

/// What the call said of its trace.
fn put_trace<'a>(trace: &'a TraceUpdate, put: &mut impl Put<'a>) {
    if let Some(name) = &trace.name {
        put(keys::TRACE_NAME, name.as_str().into());
    }
    if !trace.tags.is_empty() {
        put(keys::TRACE_TAGS, Scalar::Texts(trace.tags.iter().map(Into::into).collect()));
    }
}

/// Which version of which function it is, and where that stands, if it is one.
fn put_code<'a>(op: &'a Op, put: &mut impl Put<'a>) {
    if op.module().is_none() && op.kind().is_agent() {
        return;
    }
    put(keys::OP_IDENTITY, op.identity().into());
    if let Some(digest) = op.digest() {
        put(keys::OP_DIGEST, digest.into());
    }
    if let (Some(function), Some(file), Some(line)) = (op.function(), op.file(), op.line()) {
        put(keys::FUNCTION_NAME, function.into());
        put(keys::FILE_PATH, file.into());
        put(keys::LINE_NUMBER, Scalar::Int(line.into()));
    }
}

/// The model that answered, where the call's own output or all that is below it tell of one. Calls of agents say it
/// themselves.
fn put_response_model<'a>(call: &'a CallRecord, put: &mut impl Put<'a>) {
    if call.usage().is_some()
        && !call.kind().is_agent()
        && let Some(serde_json::Value::Object(models)) = call.summary_beside_counts().get("usage")
        && let (Some(model), None) = (models.keys().next(), models.keys().nth(1))
    {
        put(words::RESPONSE_MODEL, model.as_str().into());
    }
}
