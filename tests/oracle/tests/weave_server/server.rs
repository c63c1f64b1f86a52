//! Questions to the server.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

/// Weave's API, for one project.
pub(crate) struct Server {
    agent: Agent,
    pub(crate) url: String,
    pub(crate) project: String,
}

impl Server {
    pub(crate) fn new(url: String, project: String) -> Self {
        let config = Agent::config_builder().timeout_global(Some(Duration::from_secs(60))).http_status_as_error(false);
        Self { agent: config.build().into(), url, project }
    }

    /// What a route answers to a question about the project.
    pub(crate) fn ask(&self, path: &str, question: Value) -> Value {
        serde_json::from_slice(&self.bytes(path, question)).unwrap()
    }

    pub(crate) fn bytes(&self, path: &str, mut question: Value) -> Vec<u8> {
        question["project_id"] = self.project.as_str().into();
        let request = self.agent.post(format!("{}{path}", self.url)).header("content-type", "application/json");
        let mut response = request.send(question.to_string()).unwrap();
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        assert!(response.status().is_success(), "{path}: {}", String::from_utf8_lossy(&body));
        body
    }

    /// The calls of a trace, in the order of their start.
    pub(crate) fn calls(&self, trace: &str) -> Vec<Value> {
        self.calls_where(&json!({ "trace_ids": [trace] }))
    }

    pub(crate) fn calls_where(&self, filter: &Value) -> Vec<Value> {
        let sort = json!([{ "field": "started_at", "direction": "asc" }]);
        let lines = self.bytes("/calls/stream_query", json!({ "filter": filter, "sort_by": sort }));
        let lines = String::from_utf8(lines).unwrap();
        lines.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The spans of agents of a trace, in the order of their start.
    pub(crate) fn spans(&self, trace: &str) -> Vec<Value> {
        let of_trace = json!({ "$expr": { "$eq": [{ "$getField": "trace_id" }, { "$literal": trace }] } });
        let sort = json!([{ "field": "started_at", "direction": "asc" }]);
        let question = json!({ "query": of_trace, "include_details": true, "sort_by": sort, "limit": 10_000 });
        self.ask("/agents/spans/query", question)["spans"].as_array().unwrap().clone()
    }
}
