//! A sink that hands calls to an exporter of OpenTelemetry.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::trace::SpanExporter;

use super::reactor::Reactor;
use super::span_data::span_data;
use super::wait::wait;
use crate::error::Error;
use crate::genai::Dialect;
use crate::record::{CallRecord, Kind, Status};
use crate::sink::Sink;

/// Spans that an exporter is given at once: what OpenTelemetry's own processors give it by default, for which the limits of
/// backends are made.
const MOST_AT_ONCE: usize = 512;

/// How long an export may take unless [`Exporter::timeout`] says otherwise: the default of OpenTelemetry.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long an exporter may take to shut down.
const LAST_PATIENCE: Duration = Duration::from_secs(5);

/// Sends our calls to `exporter`, whichever implements OpenTelemetry's `SpanExporter`: give it to
/// [`Builder::sink`](crate::Builder::sink).
///
/// Each call that has ended becomes a span with the call's own ids. The exporter runs on the sink's own thread, inside of a
/// small Tokio runtime if the feature `tokio` is on; its own telemetry is suppressed. [`flush`](crate::flush) and
/// [`shutdown`](crate::shutdown) reach it.
///
/// ```
/// use opentelemetry_sdk::trace::InMemorySpanExporter;
///
/// #[weave::op]
/// fn add(a: i64, b: i64) -> i64 {
///     a + b
/// }
///
/// let backend = InMemorySpanExporter::default();
/// let weave = weave::builder("my-project").local(false).sink(weave::otel::exporter(backend.clone())).init()?;
/// add(1, 2);
/// weave.flush().into_result()?;
///
/// let spans = backend.get_finished_spans()?;
/// assert_eq!(spans[0].name, "add");
/// assert!(spans[0].attributes.contains(&opentelemetry::KeyValue::new("output.value", "3")));
/// # weave.shutdown().into_result()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn exporter<E: SpanExporter + 'static>(exporter: E) -> Exporter<E> {
    let dialect = Dialect::default();
    let exporter = Exporter { exporter, patience: PATIENCE, with_spans: false, dialect, reactor: None };
    exporter.resource(Resource::builder().build())
}

/// A sink made of an exporter by [`exporter`].
#[derive(Debug)]
#[must_use = "an exporter does nothing until it is given to `Builder::sink`"]
pub struct Exporter<E: SpanExporter + 'static> {
    exporter: E,
    patience: Duration,
    with_spans: bool,
    dialect: Dialect,
    /// Started with the first export, on the thread of the sink.
    reactor: Option<Reactor>,
}

impl<E: SpanExporter + 'static> Exporter<E> {
    /// What the program is called, and whatever else is true of all its spans. Without it, as `OTEL_SERVICE_NAME` and
    /// `OTEL_RESOURCE_ATTRIBUTES` say, else `unknown_service:` with the name of the program's file.
    ///
    /// ```
    /// use opentelemetry_sdk::Resource;
    /// # let backend = opentelemetry_sdk::trace::InMemorySpanExporter::default();
    ///
    /// let resource = Resource::builder().with_service_name("shop").build();
    /// let sink = weave::otel::exporter(backend).resource(resource);
    /// let builder = weave::builder("my-project").sink(sink);
    /// ```
    #[expect(clippy::needless_pass_by_value, reason = "as other settings are given")]
    pub fn resource(mut self, resource: Resource) -> Self {
        self.exporter.set_resource(&resource);
        self
    }

    /// How long one export may take before it counts as failed; 30 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.patience = timeout;
        self
    }

    /// Whether the spans that [`processor`](super::processor) brought among our calls are exported with them. Not unless set:
    /// the provider they are of most often has an exporter, and they would reach the backend twice.
    pub fn foreign_spans(mut self, exported: bool) -> Self {
        self.with_spans = exported;
        self
    }

    /// In whose words the work of agents is told: those of OpenTelemetry unless set.
    ///
    /// ```
    /// # let backend = opentelemetry_sdk::trace::InMemorySpanExporter::default();
    /// let sink = weave::otel::exporter(backend).dialect(weave::otel::Dialect::Weave);
    /// let builder = weave::builder("my-project").sink(sink);
    /// ```
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    fn is_wanted(&self, call: &CallRecord) -> bool {
        // A span is exported once, so one that is still open is not.
        call.status() != Status::Running && (self.with_spans || call.kind() != Kind::Span)
    }
}

impl<E: SpanExporter + 'static> Sink for Exporter<E> {
    fn name(&self) -> &str {
        "otel"
    }

    fn export(&mut self, calls: &[CallRecord]) -> Result<(), Error> {
        let wanted: Vec<&CallRecord> = calls.iter().filter(|call| self.is_wanted(call)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        if self.reactor.is_none() {
            self.reactor = Some(Reactor::start()?);
        }
        let _entered = self.reactor.as_ref().map(Reactor::enter);
        for some in wanted.chunks(MOST_AT_ONCE) {
            let spans = some.iter().map(|call| span_data(call, self.dialect)).collect();
            match wait(self.exporter.export(spans), self.patience) {
                Some(exported) => exported.map_err(|error| failed("export", error))?,
                None => return Err(Error::timeout(format!("the exporter did not answer within {:?}", self.patience))),
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        let _entered = self.reactor.as_ref().map(Reactor::enter);
        self.exporter.force_flush().map_err(|error| failed("flush", error))
    }
}

impl<E: SpanExporter + 'static> Drop for Exporter<E> {
    fn drop(&mut self) {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        let _entered = self.reactor.as_ref().map(Reactor::enter);
        // What could not be sent was reported by the exports.
        let _ = self.exporter.shutdown_with_timeout(LAST_PATIENCE);
    }
}

fn failed(what: &str, error: OTelSdkError) -> Error {
    Error::delivery(format!("the exporter could not {what}: {error}")).because(error)
}
