//! In whose words the work of agents is told.

/// In whose words the work of agents is exported. What is recorded is the same.
///
/// | | `OpenTelemetry` | `Weave` |
/// |---|---|---|
/// | tokens written to a cache | `gen_ai.usage.cache_creation.input_tokens` | also `gen_ai.usage.cache_write.input_tokens` |
/// | tokens in total, as reported | | `gen_ai.usage.total_tokens` |
/// | name of the conversation | `weave.conversation.name` | `gen_ai.conversation.name` |
/// | references to objects of Weave in messages | | also `weave.content_refs` |
/// | what stands for messages that were left out | | also `weave.compaction.summary` |
/// | output types that Weave does not know | as given | left out |
/// | as what an op is to be shown | `openinference.span.kind` | |
/// | the library | in the scope | also `weave.client_version`, `weave.source` |
///
/// ```
/// use weave::otel::Dialect;
///
/// # let backend = opentelemetry_sdk::trace::InMemorySpanExporter::default();
/// let sink = weave::otel::exporter(backend).dialect(Dialect::Weave);
/// assert_eq!(Dialect::default(), Dialect::OpenTelemetry);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub enum Dialect {
    /// The newest text of OpenTelemetry's conventions for generative AI, and what the library adds in its own namespace.
    #[default]
    OpenTelemetry,
    /// That, and the older keys and additions that Weave's server and its Python SDK know.
    Weave,
}
