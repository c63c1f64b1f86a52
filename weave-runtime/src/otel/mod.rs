//! What takes or gives types of OpenTelemetry, all in one place: a new version of its crates changes this.

mod exporter;
mod processor;
#[cfg(feature = "tokio")]
mod reactor;
#[cfg(not(feature = "tokio"))]
#[path = "reactor/disabled.rs"]
mod reactor;
pub(crate) mod span_data;
mod wait;

use opentelemetry::trace::SpanContext;

pub use exporter::{Exporter, exporter};
pub use processor::{Processor, processor};

pub use crate::genai::Dialect;
use crate::recording::Call;

/// What OpenTelemetry calls a call: its ids, as others see them. Not valid where nothing is recorded.
///
/// For what is to be linked with a call, or put below it, by the API of OpenTelemetry.
///
/// ```
/// #[weave::op]
/// fn work() {
///     let span = weave::otel::span_context(&weave::current_call());
///     assert_eq!(span.span_id().to_string(), weave::current_call().id().unwrap().to_string());
/// }
///
/// weave::testing::Recorder::new().run(work);
/// assert!(!weave::otel::span_context(&weave::current_call()).is_valid());
/// ```
#[must_use]
pub fn span_context(call: &Call) -> SpanContext {
    call.span().cloned().unwrap_or(SpanContext::NONE)
}
