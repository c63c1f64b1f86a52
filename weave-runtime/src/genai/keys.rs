//! The keys of what agents do, each with its source.

// OpenTelemetry semantic conventions for generative AI, "Gen AI attributes registry", v1.41.1; the same in the newest text of
// their own repository, open-telemetry/semantic-conventions-genai.
pub(crate) const OPERATION_NAME: &str = "gen_ai.operation.name";
pub(crate) const PROVIDER_NAME: &str = "gen_ai.provider.name";
pub(crate) const CONVERSATION_ID: &str = "gen_ai.conversation.id";
pub(crate) const AGENT_NAME: &str = "gen_ai.agent.name";
pub(crate) const AGENT_ID: &str = "gen_ai.agent.id";
pub(crate) const AGENT_DESCRIPTION: &str = "gen_ai.agent.description";
pub(crate) const AGENT_VERSION: &str = "gen_ai.agent.version";
pub(crate) const REQUEST_MODEL: &str = "gen_ai.request.model";
pub(crate) const TEMPERATURE: &str = "gen_ai.request.temperature";
pub(crate) const TOP_P: &str = "gen_ai.request.top_p";
pub(crate) const TOP_K: &str = "gen_ai.request.top_k";
pub(crate) const FREQUENCY_PENALTY: &str = "gen_ai.request.frequency_penalty";
pub(crate) const PRESENCE_PENALTY: &str = "gen_ai.request.presence_penalty";
pub(crate) const SEED: &str = "gen_ai.request.seed";
pub(crate) const MAX_TOKENS: &str = "gen_ai.request.max_tokens";
pub(crate) const CHOICE_COUNT: &str = "gen_ai.request.choice.count";
pub(crate) const STOP_SEQUENCES: &str = "gen_ai.request.stop_sequences";
pub(crate) const STREAM: &str = "gen_ai.request.stream";
pub(crate) const RESPONSE_ID: &str = "gen_ai.response.id";
pub(crate) const RESPONSE_MODEL: &str = "gen_ai.response.model";
pub(crate) const FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
/// In seconds.
pub(crate) const TIME_TO_FIRST_CHUNK: &str = "gen_ai.response.time_to_first_chunk";
pub(crate) const OUTPUT_TYPE: &str = "gen_ai.output.type";
pub(crate) const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
pub(crate) const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
pub(crate) const CACHE_READ_TOKENS: &str = "gen_ai.usage.cache_read.input_tokens";
pub(crate) const CACHE_CREATION_TOKENS: &str = "gen_ai.usage.cache_creation.input_tokens";
pub(crate) const REASONING_TOKENS: &str = "gen_ai.usage.reasoning.output_tokens";
pub(crate) const SYSTEM_INSTRUCTIONS: &str = "gen_ai.system_instructions";
pub(crate) const INPUT_MESSAGES: &str = "gen_ai.input.messages";
pub(crate) const OUTPUT_MESSAGES: &str = "gen_ai.output.messages";
pub(crate) const TOOL_DEFINITIONS: &str = "gen_ai.tool.definitions";
pub(crate) const TOOL_NAME: &str = "gen_ai.tool.name";
pub(crate) const TOOL_TYPE: &str = "gen_ai.tool.type";
pub(crate) const TOOL_DESCRIPTION: &str = "gen_ai.tool.description";
pub(crate) const TOOL_CALL_ID: &str = "gen_ai.tool.call.id";
pub(crate) const TOOL_CALL_ARGUMENTS: &str = "gen_ai.tool.call.arguments";
pub(crate) const TOOL_CALL_RESULT: &str = "gen_ai.tool.call.result";

// What Weave's server reads beside those, and its Python SDK sends: no part of the conventions.
pub(crate) const CONVERSATION_NAME: &str = "gen_ai.conversation.name";
pub(crate) const CACHE_WRITE_TOKENS: &str = "gen_ai.usage.cache_write.input_tokens";
pub(crate) const TOTAL_TOKENS: &str = "gen_ai.usage.total_tokens";

// The same in Weave's own namespace, which its server looks into first.
pub(crate) const WEAVE_CONVERSATION_NAME: &str = "weave.conversation.name";
pub(crate) const PARENT_CALL_TRACE: &str = "weave.parent_call.trace_id";
pub(crate) const PARENT_CALL_ID: &str = "weave.parent_call.id";
pub(crate) const CONTENT_REFS: &str = "weave.content_refs";
pub(crate) const COMPACTION_SUMMARY: &str = "weave.compaction.summary";

// OpenTelemetry semantic conventions, "Exceptions on spans": the event of a failure.
pub(crate) const EXCEPTION: &str = "exception";
pub(crate) const EXCEPTION_TYPE: &str = "exception.type";
pub(crate) const EXCEPTION_MESSAGE: &str = "exception.message";
