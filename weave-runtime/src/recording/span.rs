//! A call as an OpenTelemetry span, so that other instrumentation finds it as its parent and can add to it.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span, SpanContext, Status};
use serde_json::Value;

use super::call::LiveCall;
use super::context;
use super::json;
use crate::record::Event;
use crate::value::Limits;

/// What OpenTelemetry sees of a call. It cannot end the call: that is the function's to do.
#[derive(Debug)]
pub(super) struct OtelSpan(Arc<LiveCall>);

impl OtelSpan {
    #[inline]
    pub(super) fn new(call: Arc<LiveCall>) -> Self {
        Self(call)
    }

    fn limits(&self) -> &Limits {
        &self.0.lane.recorder.bounds.attribute
    }
}

impl Span for OtelSpan {
    fn add_event_with_timestamp<T>(&mut self, name: T, at: SystemTime, attributes: Vec<KeyValue>)
    where
        T: Into<Cow<'static, str>>,
    {
        let attributes = json::members(attributes, self.limits());
        self.0.add_event(Event { name: name.into().into_owned(), at, attributes });
    }

    fn span_context(&self) -> &SpanContext {
        &self.0.span
    }

    fn is_recording(&self) -> bool {
        context::answer(&self.0);
        self.0.is_open()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        let value = json::from_otel(attribute.value, self.limits());
        self.0.set_span_attribute(attribute.key.into(), value);
    }

    fn set_status(&mut self, status: Status) {
        // How a call ends is seen from the function itself; what others say of it is kept as an attribute.
        let text = match status {
            Status::Unset => return,
            Status::Ok => "ok".to_owned(),
            Status::Error { description } => format!("error: {description}"),
        };
        self.0.set_span_attribute("otel.status".to_owned(), Value::String(text));
    }

    fn update_name<T>(&mut self, name: T)
    where
        T: Into<Cow<'static, str>>,
    {
        self.0.set_display_name(name.into().into_owned());
    }

    fn add_link(&mut self, span: SpanContext, attributes: Vec<KeyValue>) {
        let mut all = json::members(attributes, self.limits());
        all.insert("trace_id".to_owned(), Value::String(span.trace_id().to_string()));
        all.insert("span_id".to_owned(), Value::String(span.span_id().to_string()));
        self.0.add_event(Event { name: Event::LINK.to_owned(), at: SystemTime::now(), attributes: all });
    }

    fn end_with_timestamp(&mut self, _: SystemTime) {}
}
