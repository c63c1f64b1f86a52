//! The keys of what agents do, each with its source.

// OpenTelemetry semantic conventions for generative AI, "Gen AI attributes registry", v1.41.1.
pub(crate) const OPERATION_NAME: &str = "gen_ai.operation.name";
pub(crate) const CONVERSATION_ID: &str = "gen_ai.conversation.id";
pub(crate) const TOOL_NAME: &str = "gen_ai.tool.name";
pub(crate) const RESPONSE_MODEL: &str = "gen_ai.response.model";
pub(crate) const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
pub(crate) const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";

// OpenTelemetry semantic conventions, "Exceptions on spans": the event of a failure.
pub(crate) const EXCEPTION: &str = "exception";
pub(crate) const EXCEPTION_TYPE: &str = "exception.type";
pub(crate) const EXCEPTION_MESSAGE: &str = "exception.message";
