//! The keys of attributes that any span may have, each with its source. Those of what agents do are in `genai`.

pub(super) use crate::genai::keys::{EXCEPTION, EXCEPTION_MESSAGE, EXCEPTION_TYPE};

// OpenTelemetry semantic conventions, "General attributes": errors, exceptions, source code.
pub(super) const ERROR_TYPE: &str = "error.type";
pub(super) const FUNCTION_NAME: &str = "code.function.name";
pub(super) const FILE_PATH: &str = "code.file.path";
pub(super) const LINE_NUMBER: &str = "code.line.number";
pub(super) const SERVICE_NAME: &str = "service.name";

// OpenTelemetry specification, "Mapping to non-OTLP formats".
pub(super) const SCOPE_NAME: &str = "otel.scope.name";
pub(super) const SCOPE_VERSION: &str = "otel.scope.version";
pub(super) const DROPPED_ATTRIBUTES: &str = "otel.dropped_attributes_count";
pub(super) const DROPPED_EVENTS: &str = "otel.dropped_events_count";
pub(super) const DROPPED_LINKS: &str = "otel.dropped_links_count";

// The same for Jaeger, and the OpenTracing conventions before it.
pub(super) const SPAN_KIND: &str = "span.kind";

// OpenInference semantic conventions, which Weave's server reads as well.
pub(super) const INPUT: &str = "input.value";
pub(super) const INPUT_TYPE: &str = "input.mime_type";
pub(super) const OUTPUT: &str = "output.value";
pub(super) const OUTPUT_TYPE: &str = "output.mime_type";

// What Weave's server reads beside those.
pub(super) const WEAVE_KIND: &str = "weave.span.kind";
pub(super) const DISPLAY_NAME: &str = "wandb.display_name";

// What Weave's Python SDK says of itself on every span.
pub(super) const CLIENT_VERSION: &str = "weave.client_version";
pub(super) const SOURCE: &str = "weave.source";

// Ours.
pub(super) const OP_IDENTITY: &str = "weave.op.identity";
pub(super) const OP_DIGEST: &str = "weave.op.digest";
pub(super) const CANCELLED: &str = "weave.cancelled";
pub(super) const PARTIAL: &str = "weave.partial";
pub(super) const SUMMARY: &str = "weave.summary";
pub(super) const TRACE_NAME: &str = "weave.trace.name";
pub(super) const TRACE_TAGS: &str = "weave.trace.tags";
pub(super) const TRACE_METADATA: &str = "weave.trace.metadata";
