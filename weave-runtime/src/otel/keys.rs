//! The keys of span attributes, each with its source.

// OpenTelemetry semantic conventions for generative AI, "Gen AI attributes registry".
pub(super) const OPERATION_NAME: &str = "gen_ai.operation.name";
pub(super) const CONVERSATION_ID: &str = "gen_ai.conversation.id";
pub(super) const TOOL_NAME: &str = "gen_ai.tool.name";
pub(super) const RESPONSE_MODEL: &str = "gen_ai.response.model";
pub(super) const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
pub(super) const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";

// OpenTelemetry semantic conventions, "General attributes": errors, exceptions, source code.
pub(super) const ERROR_TYPE: &str = "error.type";
pub(super) const EXCEPTION: &str = "exception";
pub(super) const EXCEPTION_TYPE: &str = "exception.type";
pub(super) const EXCEPTION_MESSAGE: &str = "exception.message";
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

// Ours.
pub(super) const OP_IDENTITY: &str = "weave.op.identity";
pub(super) const OP_DIGEST: &str = "weave.op.digest";
pub(super) const CANCELLED: &str = "weave.cancelled";
pub(super) const PARTIAL: &str = "weave.partial";
pub(super) const SUMMARY: &str = "weave.summary";
pub(super) const TRACE_NAME: &str = "weave.trace.name";
pub(super) const TRACE_TAGS: &str = "weave.trace.tags";
pub(super) const TRACE_METADATA: &str = "weave.trace.metadata";
