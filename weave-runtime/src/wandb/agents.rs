//! The spans of agents, with those of others: what goes to Weave's endpoint for agents.

use serde_json::Value;

use super::links;
use super::media::Media;
use super::project::in_project;
use super::values::Values;
use crate::genai::Dialect;
use crate::net::Response;
use crate::otlp::{self, encode};
use crate::record::{CallRecord, Status};
use crate::remote::{Item, Outcome, Route};

/// Below the URL of the trace server.
pub(super) const PATH: &str = "/agents/otel/v1/traces";

/// What is sent there.
pub(super) const CONTENT_TYPE: &str = "application/x-protobuf";

/// The header that says to which project spans belong.
pub(super) const PROJECT_HEADER: &str = "project_id";

/// Writes calls as spans.
#[derive(Default, Debug)]
pub(super) struct Agents {
    media: Media,
}

impl Agents {
    /// Adds the span of a call that has ended, after what it refers to. A span that runs is not told of: the endpoint takes each
    /// once.
    pub(super) fn encode(&mut self, call: &CallRecord, values: &mut Values, items: &mut Vec<Item>) {
        if call.status() == Status::Running {
            return;
        }
        let referring = self.media.refer(call, values, items);
        let mut body = Vec::new();
        encode::span(referring.as_ref().unwrap_or(call), Dialect::Weave, links::span_parent(call), &mut body);
        items.push(Item { route: Route::Spans, trace: Some(call.trace_id()), call: Some(call.id()), body });
    }
}

/// What is true of all spans of this process: what was given, which process it is, and who sends them.
pub(super) fn resource(given: &[(String, Value)]) -> Vec<u8> {
    let own =
        [("wandb.sdk.name", "weave"), ("wandb.sdk.version", env!("CARGO_PKG_VERSION")), ("wandb.sdk.language", "rust")];
    let own = own.map(|(key, value)| (key.to_owned(), Value::from(value)));
    let mut resource = otlp::with_id(given);
    resource.retain(|(key, _)| !own.iter().any(|(ours, _)| ours == key));
    resource.extend(own);
    encode::resource(&resource)
}

/// The body of a request, for a project as references name it.
pub(super) fn request(resource: &[u8], items: &[Item], project: &str) -> Vec<u8> {
    let spans: Vec<_> = items.iter().map(|item| in_project(&item.body, project)).collect();
    encode::request(resource, spans.iter().map(AsRef::as_ref))
}

/// What an answer with a status of success to so many spans means.
pub(super) fn outcome(response: Response, spans: usize) -> Outcome {
    otlp::outcome(Ok(response), spans, super::NAME, "Weave")
}
