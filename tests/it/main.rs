//! What the engine promises, shown through the public API: each test records into memory and compares call trees as text.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    unused_variables,
    reason = "helpers outside of #[test] functions fail tests too, and many ops take what they need not use"
)]

mod agent_attributes;
mod agents;
mod answers;
mod attributes;
mod batch;
mod cancellation;
mod capture;
mod chats;
mod current;
mod current_trace;
mod destructors;
mod foreign;
mod functions;
mod genai_schemas;
mod hooks;
mod hostile;
mod manual;
mod methods;
mod names;
mod off;
mod os_threads;
mod otel_agents;
mod otel_exporter;
mod otel_processor;
mod outcomes;
mod propagation;
mod python;
mod python_agents;
mod redaction;
mod remote;
mod rich_values;
mod sampling;
mod scopes;
mod summaries;
mod surroundings;
mod tasks;
mod threads;
mod tracing_spans;
mod transparency;
mod versions;

#[weave::op]
fn at_the_root() {}
