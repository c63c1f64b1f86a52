//! One client at a time, and what its backend was sent.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fake_backend::Received;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tempfile::TempDir;

static TURN: Mutex<()> = Mutex::new(());

/// A turn with the process's client, and a directory for what it could not deliver.
pub(crate) struct Turn {
    dir: TempDir,
    _turn: MutexGuard<'static, ()>,
}

pub(crate) fn turn() -> Turn {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    Turn { dir: tempfile::tempdir().unwrap(), _turn: turn }
}

impl Turn {
    /// A client that looks at these variables and no others.
    pub(crate) fn with(&self, environment: &[(&str, &str)]) -> weave::Builder {
        weave::builder("team/shop")
            .dir(self.dir.path())
            .environment(environment.iter().copied())
            .print_call_link(false)
            .flush_interval(Duration::from_millis(20))
            .flush_timeout(Duration::from_secs(3))
    }

    pub(crate) fn builder(&self) -> weave::Builder {
        self.with(&[])
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = weave::shutdown();
    }
}

#[weave::op]
pub(crate) fn double(n: u32) -> u32 {
    2 * n
}

/// What was sent, in the words of the protocol.
pub(crate) fn decoded(received: &Received) -> ExportTraceServiceRequest {
    ExportTraceServiceRequest::decode(&*received.body).unwrap()
}

pub(crate) fn spans(received: &[Received]) -> Vec<Span> {
    let resources = received.iter().flat_map(|one| decoded(one).resource_spans);
    resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
}

/// The resource, as `key=value`.
pub(crate) fn resource(received: &Received) -> Vec<String> {
    let resource = decoded(received).resource_spans.remove(0).resource.unwrap();
    resource.attributes.iter().map(|attribute| format!("{}={}", attribute.key, text(attribute))).collect()
}

/// An attribute of a span.
pub(crate) fn attribute(span: &Span, key: &str) -> Option<String> {
    span.attributes.iter().find(|attribute| attribute.key == key).map(text)
}

fn text(attribute: &KeyValue) -> String {
    match &attribute.value {
        Some(AnyValue { value: Some(Value::StringValue(text)) }) => text.clone(),
        Some(AnyValue { value: Some(Value::IntValue(number)) }) => number.to_string(),
        other => format!("{other:?}"),
    }
}
