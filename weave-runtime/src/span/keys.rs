//! The keys of attributes that any span may have, each with its source. Those of what agents do are in `genai`.

pub(crate) use crate::genai::keys::{EXCEPTION, EXCEPTION_MESSAGE, EXCEPTION_TYPE};

// OpenTelemetry semantic conventions, "General attributes": errors, exceptions, source code.
pub(crate) const ERROR_TYPE: &str = "error.type";
pub(crate) const FUNCTION_NAME: &str = "code.function.name";
pub(crate) const FILE_PATH: &str = "code.file.path";
pub(crate) const LINE_NUMBER: &str = "code.line.number";
pub(crate) const SERVICE_NAME: &str = "service.name";

// OpenTelemetry specification, "Mapping to non-OTLP formats".
pub(crate) const SCOPE_NAME: &str = "otel.scope.name";
pub(crate) const SCOPE_VERSION: &str = "otel.scope.version";
pub(crate) const DROPPED_ATTRIBUTES: &str = "otel.dropped_attributes_count";
pub(crate) const DROPPED_EVENTS: &str = "otel.dropped_events_count";
pub(crate) const DROPPED_LINKS: &str = "otel.dropped_links_count";

// The same for Jaeger, and the OpenTracing conventions before it.
pub(crate) const SPAN_KIND: &str = "span.kind";

// OpenInference semantic conventions, which Weave's server reads as well.
pub(crate) const INPUT: &str = "input.value";
pub(crate) const INPUT_TYPE: &str = "input.mime_type";
pub(crate) const OUTPUT: &str = "output.value";
pub(crate) const OUTPUT_TYPE: &str = "output.mime_type";
/// As what Phoenix shows a span: one without it, and without the keys of the GenAI conventions, is of an unknown kind.
pub(crate) const SHOWN_AS: &str = "openinference.span.kind";

// What Weave's server reads beside those.
pub(crate) const WEAVE_KIND: &str = "weave.span.kind";
pub(crate) const DISPLAY_NAME: &str = "wandb.display_name";

// What Weave's Python SDK says of itself on every span.
pub(crate) const CLIENT_VERSION: &str = "weave.client_version";
pub(crate) const SOURCE: &str = "weave.source";

// Ours.
pub(crate) const OP_IDENTITY: &str = "weave.op.identity";
pub(crate) const OP_DIGEST: &str = "weave.op.digest";
pub(crate) const CANCELLED: &str = "weave.cancelled";
pub(crate) const PARTIAL: &str = "weave.partial";
pub(crate) const SUMMARY: &str = "weave.summary";
pub(crate) const TRACE_NAME: &str = "weave.trace.name";
pub(crate) const TRACE_TAGS: &str = "weave.trace.tags";
pub(crate) const TRACE_METADATA: &str = "weave.trace.metadata";

/// Those that are noted of a foreign span and have places of their own in what is exported.
pub(super) const IN_FRAME: [&str; 6] =
    [SPAN_KIND, SCOPE_NAME, SCOPE_VERSION, DROPPED_ATTRIBUTES, DROPPED_EVENTS, DROPPED_LINKS];

/// The namespace in which nobody else says anything.
pub(super) const OURS: &str = "weave";

/// What all keys begin with that the library says itself, up to the first dot.
pub(super) const BEGINNINGS: [&str; 8] =
    ["code", "error", "gen_ai", "input", "openinference", "output", "wandb", "weave"];
