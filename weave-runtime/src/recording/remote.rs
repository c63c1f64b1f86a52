//! The context in the headers of messages, so that a trace goes on in another process.

mod carrier;
#[cfg(feature = "http")]
mod headers;

use opentelemetry::KeyValue;
use opentelemetry::baggage::{BaggageExt, KeyValueMetadata};
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};

pub use carrier::Carrier;

use super::context;
use super::propagate::Context;
use super::region::Scope;

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";
const BAGGAGE: &str = "baggage";

/// All that is read or written. One propagator of the process there may be beside is neither asked nor set.
const FIELDS: [&str; 3] = [TRACEPARENT, TRACESTATE, BAGGAGE];

impl Context {
    /// Writes this context into the headers of a message that is about to leave: `traceparent` and `tracestate` as W3C
    /// Trace Context says, `baggage` as W3C Baggage says. What the carrier has of them is replaced. Without a current call
    /// or span, or baggage, nothing is written.
    ///
    /// Where nothing is recorded, a context that was [extracted](Self::extract) goes on as it came.
    ///
    /// ```
    /// #[weave::op]
    /// fn ask(request: &mut http::HeaderMap) {
    ///     weave::Context::current().inject(request);
    /// }
    ///
    /// let mut request = http::HeaderMap::new();
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| ask(&mut request));
    /// let call = &recorder.calls()[0];
    /// assert_eq!(request["traceparent"], format!("00-{}-{}-01", call.trace_id(), call.id()));
    /// ```
    pub fn inject(&self, carrier: &mut (impl Carrier + ?Sized)) {
        let Some(context) = self.otel() else { return };
        let mut sent = Fields::default();
        TraceContextPropagator::new().inject_context(context, &mut sent);
        BaggagePropagator::new().inject_context(context, &mut sent);
        if sent.get(TRACEPARENT).is_some() && sent.get(TRACESTATE).is_none() {
            // It would say something of another trace.
            carrier.remove(TRACESTATE);
        }
        for (name, value) in FIELDS.into_iter().zip(sent.0) {
            if let Some(value) = value {
                carrier.set(name, value);
            }
        }
    }

    /// The context that came with a message: calls [run](Self::run) or [wrapped](Self::wrap) in it are below the call that
    /// sent it, in its trace, with its baggage. Everything else, such as the attributes of scopes, is that of now.
    ///
    /// What is missing or malformed is ignored: without a valid `traceparent` the current call stays what it is.
    ///
    /// ```
    /// #[weave::op]
    /// fn answer() {}
    ///
    /// let headers = [("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("baggage", "tenant=acme")];
    /// let request: Vec<(String, String)> = headers.map(|(name, value)| (name.into(), value.into())).into();
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| {
    ///     let sender = weave::Context::extract(&request);
    ///     assert_eq!(sender.baggage("tenant").as_deref(), Some("acme"));
    ///     sender.run(answer);
    /// });
    /// let call = &recorder.calls()[0];
    /// assert_eq!(call.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
    /// assert_eq!(call.parent_id().unwrap().to_string(), "00f067aa0ba902b7");
    /// ```
    #[must_use]
    pub fn extract(carrier: &(impl Carrier + ?Sized)) -> Self {
        let received = Fields(FIELDS.map(|name| carrier.get(name).map(std::borrow::Cow::into_owned)));
        if received.0.iter().all(Option::is_none) {
            return Self::current();
        }
        let now = context::snapshot().unwrap_or_default();
        let in_trace = TraceContextPropagator::new().extract_with_context(&now, &received);
        Self::of(BaggagePropagator::new().extract_with_context(&in_trace, &received))
    }

    /// A value of the baggage: what some process that this trace came through wants all after it to know.
    #[must_use]
    pub fn baggage(&self, name: &str) -> Option<String> {
        Some(self.otel()?.baggage().get(name)?.as_str().to_owned())
    }

    /// The context with one more value of baggage. It is no part of any call; it goes, as readable text, to every process that
    /// this context is [injected](Self::inject) for. A name that is no token (`[!#$%&'*+.^_|~0-9A-Za-z-]+`) is left out, and so
    /// is what makes the baggage longer than 8 KiB or 64 values.
    ///
    /// ```
    /// let context = weave::Context::current().with_baggage("tenant", "acme");
    /// let mut message = std::collections::HashMap::new();
    /// context.run(|| weave::Context::current().inject(&mut message));
    /// assert_eq!(message["baggage"], "tenant=acme");
    /// ```
    #[must_use]
    pub fn with_baggage(&self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let context = self.otel().cloned().or_else(context::snapshot).unwrap_or_default();
        let known = context
            .baggage()
            .iter()
            .map(|(name, (value, metadata))| KeyValueMetadata::new(name.clone(), value.clone(), metadata.clone()));
        let added = KeyValueMetadata::from(KeyValue::new(name.into(), value.into()));
        let baggage: Vec<_> = known.chain([added]).collect();
        Self::of(context.with_baggage(baggage))
    }
}

impl Scope {
    /// Puts the calls inside below the call that sent a message with these headers; see [`Context::extract`].
    ///
    /// ```
    /// #[weave::op]
    /// fn answer() {}
    ///
    /// let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    /// let headers = std::collections::HashMap::from([("traceparent".to_owned(), trace.to_owned())]);
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| weave::scope().remote_parent(&headers).attribute("tenant", "acme").run(answer));
    /// assert_eq!(recorder.calls()[0].parent_id().unwrap().to_string(), "00f067aa0ba902b7");
    /// ```
    pub fn remote_parent(self, carrier: &(impl Carrier + ?Sized)) -> Self {
        self.within(Context::extract(carrier))
    }
}

/// The values of [`FIELDS`], those that are not empty.
#[derive(Default)]
struct Fields([Option<String>; 3]);

impl Extractor for Fields {
    fn get(&self, key: &str) -> Option<&str> {
        let at = FIELDS.iter().position(|name| *name == key)?;
        self.0.get(at)?.as_deref()
    }

    fn keys(&self) -> Vec<&str> {
        FIELDS.into_iter().filter(|name| self.get(name).is_some()).collect()
    }
}

impl Injector for Fields {
    fn set(&mut self, key: &str, value: String) {
        let at = FIELDS.iter().position(|name| *name == key);
        if let Some(slot) = at.and_then(|at| self.0.get_mut(at)) {
            *slot = (!value.is_empty()).then_some(value);
        }
    }
}

/// Whether there is something to carry on where nothing is recorded.
pub(super) fn is_on_the_way() -> bool {
    context::is_carrying(|context| context.has_active_span() || !context.baggage().is_empty())
}
