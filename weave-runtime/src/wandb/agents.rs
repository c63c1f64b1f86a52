//! The spans of agents, with those of others: what goes to Weave's endpoint for agents.

use serde::Deserialize;
use serde_json::Value;

use super::links;
use super::media::Media;
use super::project::in_project;
use super::values::Values;
use crate::error::Error;
use crate::genai::Dialect;
use crate::net::Response;
use crate::otlp::encode;
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

/// What is true of all spans of this process: what was given, and who sends it.
pub(super) fn resource(given: &[(String, Value)]) -> Vec<u8> {
    let own =
        [("wandb.sdk.name", "weave"), ("wandb.sdk.version", env!("CARGO_PKG_VERSION")), ("wandb.sdk.language", "rust")];
    let own = own.map(|(key, value)| (key.to_owned(), Value::from(value)));
    let given = given.iter().filter(|(key, _)| !own.iter().any(|(ours, _)| ours == key));
    encode::resource(&given.chain(&own).cloned().collect::<Vec<_>>())
}

/// The body of a request, for a project as references name it.
pub(super) fn request(resource: &[u8], items: &[Item], project: &str) -> Vec<u8> {
    let spans: Vec<_> = items.iter().map(|item| in_project(&item.body, project)).collect();
    encode::request(resource, spans.iter().map(AsRef::as_ref))
}

/// What Weave says of spans that it took.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    rejected_spans: Option<usize>,
    error_message: Option<String>,
}

/// What an answer with a status of success means.
pub(super) fn outcome(response: &Response) -> Outcome {
    // A server that answers in protobuf has nothing to complain of.
    let answer: Answer = serde_json::from_slice(&response.body).unwrap_or_default();
    match answer.rejected_spans {
        None | Some(0) => Outcome::Taken,
        Some(rejected) => {
            let why =
                answer.error_message.filter(|why| !why.is_empty()).unwrap_or_else(|| "no reason given".to_owned());
            Outcome::Partly { rejected, reason: Error::delivery(format!("Weave rejected {rejected} spans: {why}")) }
        }
    }
}
