//! A processor of a user's own provider, whose spans become records among our calls.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::trace::{Span as _, SpanKind, Status};
use opentelemetry::{Context, Key, Value as OtelValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use serde_json::{Map, Value};

use crate::record::{CallError, Event, Timestamp};
use crate::recording::foreign::{self, Beginning, ForeignSpan};
use crate::recording::{is_listening, members};
use crate::span::keys;

/// Brings the spans of a tracer provider of yours, also those of `tracing` by way of tracing-opentelemetry, among our calls:
/// each that is sampled is stored when it ends, with kind [`Span`](crate::Kind::Span), at its place between the calls.
///
/// The name of the span is the name of the op. Its attributes are the [`span_attributes`] with their types, its events the
/// [`events`]; a link is an event named `link`. Beside them stand the span's kind (`span.kind`, unless internal), its
/// `otel.scope.name` and the `service.name` of its provider, where they are known. Limits, secret keys and queues are those of
/// every call; where no call is recorded, no span is either. [`weave::flush`](crate::flush) flushes, the provider's does not.
///
/// [`span_attributes`]: crate::CallRecord::span_attributes
/// [`events`]: crate::CallRecord::events
///
/// ```
/// use opentelemetry::trace::{Tracer, TracerProvider};
/// use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
///
/// #[weave::op]
/// fn outer(tracer: &SdkTracer) {
///     tracer.in_span("request", |_| inner());
/// }
///
/// #[weave::op]
/// fn inner() {}
///
/// // Beside whatever else the provider does.
/// let provider = SdkTracerProvider::builder().with_span_processor(weave::otel::processor()).build();
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| outer(&provider.tracer("http")));
/// let calls = recorder.calls();
/// assert_eq!(calls[1].kind(), weave::Kind::Span);
/// assert_eq!(calls[1].span_attributes()["otel.scope.name"], "http");
/// assert_eq!(calls[2].parent_id(), Some(calls[1].id()));
/// assert_eq!(calls[2].op_parent_id(), Some(calls[0].id()));
/// ```
#[must_use = "a processor does nothing until a provider has it"]
pub fn processor() -> Processor {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    foreign::watch();
    Processor { id: NEXT.fetch_add(1, Ordering::Relaxed), service: None }
}

/// The processor that [`processor`] makes.
#[derive(Debug)]
pub struct Processor {
    id: usize,
    /// The service's name, if somebody gave it one.
    service: Option<String>,
}

impl SpanProcessor for Processor {
    fn on_start(&self, span: &mut Span, parent: &Context) {
        if is_listening() && span.span_context().is_sampled() {
            foreign::begin(span.span_context(), parent, self.id);
        }
    }

    fn on_end(&self, span: SpanData) {
        if let Some(beginning) = foreign::end(&span.span_context) {
            let span = self.converted(span, &beginning);
            beginning.record(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        foreign::forget(self.id);
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        let name = resource.get_ref(&Key::from_static_str(keys::SERVICE_NAME)).map(OtelValue::to_string);
        self.service = name.filter(|name| !name.is_empty() && !name.starts_with("unknown_service"));
    }
}

impl Processor {
    fn converted(&self, span: SpanData, beginning: &Beginning) -> ForeignSpan {
        let limits = beginning.limits();
        let mut facts = self.facts(&span);
        let mut attributes = members(span.attributes, limits);
        // What the span says of itself under one of these keys is stronger.
        facts.retain(|key, _| !attributes.contains_key(key));
        attributes.append(&mut facts);

        let mut events = Vec::with_capacity(span.links.links.len() + span.events.events.len());
        for link in span.links {
            let mut attributes = members(link.attributes, limits);
            attributes.insert("trace_id".to_owned(), link.span_context.trace_id().to_string().into());
            attributes.insert("span_id".to_owned(), link.span_context.span_id().to_string().into());
            events.push(Event { name: Event::LINK.to_owned(), at: span.start_time, attributes });
        }
        for event in span.events {
            let attributes = members(event.attributes, limits);
            events.push(Event { name: event.name.into_owned(), at: event.timestamp, attributes });
        }
        ForeignSpan {
            context: span.span_context,
            parent: span.parent_span_id,
            name: span.name.into_owned(),
            started: Timestamp::from_system_time(span.start_time),
            ended: Timestamp::from_system_time(span.end_time),
            error: error(span.status, &attributes, &events),
            attributes,
            events,
        }
    }

    /// What is known of a span beside its own attributes.
    fn facts(&self, span: &SpanData) -> Map<String, Value> {
        let mut facts = Map::new();
        let mut put = |key: &str, value: Value| _ = facts.insert(key.to_owned(), value);
        let scope = &span.instrumentation_scope;
        if !scope.name().is_empty() {
            put(keys::SCOPE_NAME, scope.name().into());
        }
        if let Some(version) = scope.version() {
            put(keys::SCOPE_VERSION, version.into());
        }
        if let Some(service) = &self.service {
            put(keys::SERVICE_NAME, service.as_str().into());
        }
        if let Some(kind) = kind(&span.span_kind) {
            put(keys::SPAN_KIND, kind.into());
        }
        let dropped = [
            (keys::DROPPED_ATTRIBUTES, span.dropped_attributes_count),
            (keys::DROPPED_EVENTS, span.events.dropped_count),
            (keys::DROPPED_LINKS, span.links.dropped_count),
        ];
        for (key, count) in dropped.into_iter().filter(|(_, count)| *count > 0) {
            put(key, count.into());
        }
        facts
    }
}

/// The name of a span's kind; most are internal, which goes without saying.
fn kind(kind: &SpanKind) -> Option<&'static str> {
    match kind {
        SpanKind::Client => Some("client"),
        SpanKind::Server => Some("server"),
        SpanKind::Producer => Some("producer"),
        SpanKind::Consumer => Some("consumer"),
        SpanKind::Internal => None,
    }
}

/// What a span failed with: as its status says, else as the last exception that it noted.
fn error(status: Status, attributes: &Map<String, Value>, events: &[Event]) -> Option<CallError> {
    let Status::Error { description } = status else { return None };
    let exception = events.iter().rfind(|event| event.name == keys::EXCEPTION).map(|event| &event.attributes);
    let text = |map: Option<&Map<String, Value>>, key| map?.get(key)?.as_str().map(str::to_owned);
    let kind = text(Some(attributes), keys::ERROR_TYPE).or_else(|| text(exception, keys::EXCEPTION_TYPE));
    let message = Some(description.into_owned()).filter(|description| !description.is_empty());
    let message = message.or_else(|| text(exception, keys::EXCEPTION_MESSAGE));
    Some(CallError { kind: kind.unwrap_or_else(|| "error".to_owned()), message: message.unwrap_or_default() })
}
