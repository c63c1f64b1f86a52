//! Requests for servers that are older than the routes for complete calls and for agents.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// Takes starts and ends of calls.
pub(super) const CALLS: &str = "/call/upsert_batch";

/// Takes spans, and makes calls of them.
pub(super) const SPANS: &str = "/otel/v1/traces";

/// What a complete call has that its start has not. Of both: its id, its trace and its project.
const OF_THE_END: [&str; 5] = ["ended_at", "exception", "output", "summary", "wb_run_step_end"];
const OF_BOTH: [&str; 3] = ["project_id", "id", "trace_id"];

/// A request with complete calls or with one start, as one of starts and ends. `None` when it is neither.
pub(super) fn request(body: &[u8]) -> Option<Vec<u8>> {
    let mut request: HashMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
    let mut items = Vec::new();
    if let Some(start) = request.remove("start") {
        items.push(item("start", start.get()));
    }
    if let Some(batch) = request.remove("batch") {
        let calls: Vec<HashMap<&str, &RawValue>> = serde_json::from_str(batch.get()).ok()?;
        for call in &calls {
            let part = |is_in: &dyn Fn(&str) -> bool| {
                let members = call.iter().filter(|(key, _)| is_in(key));
                let members: Vec<_> = members.map(|(key, value)| format!("\"{key}\":{}", value.get())).collect();
                format!("{{{}}}", members.join(","))
            };
            items.push(item("start", &part(&|key| !OF_THE_END.contains(&key))));
            items.push(item("end", &part(&|key| OF_THE_END.contains(&key) || OF_BOTH.contains(&key))));
        }
    }
    (!items.is_empty()).then(|| format!("{{\"batch\":[{}]}}", items.join(",")).into_bytes())
}

fn item(mode: &str, call: &str) -> String {
    format!("{{\"mode\":\"{mode}\",\"req\":{{\"{mode}\":{call}}}}}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_complete_call_is_a_start_and_an_end() {
        let body = r#"{"batch":[{"project_id":"e/p","id":"1","trace_id":"2","inputs":{"n":1e400},"ended_at":"t","output":"é"}]}"#;
        let text = String::from_utf8(request(body.as_bytes()).unwrap()).unwrap();
        // Numbers keep their digits.
        assert!(text.contains("1e400"), "{text}");
        let sent: Value = serde_json::from_str(&text.replace("1e400", "1")).unwrap();
        assert_eq!(
            sent["batch"],
            json!([
                { "mode": "start", "req": { "start": { "project_id": "e/p", "id": "1", "trace_id": "2", "inputs": { "n": 1 } } } },
                { "mode": "end", "req": { "end": { "project_id": "e/p", "id": "1", "trace_id": "2", "ended_at": "t", "output": "é" } } },
            ])
        );
    }

    #[test]
    fn a_start_is_one_and_anything_else_none() {
        let sent: Value = serde_json::from_slice(&request(br#"{"start":{"id":"1"}}"#).unwrap()).unwrap();
        assert_eq!(sent["batch"], json!([{ "mode": "start", "req": { "start": { "id": "1" } } }]));
        for body in ["", "[]", "{}", r#"{"end":{}}"#, r#"{"batch":1}"#] {
            assert_eq!(request(body.as_bytes()), None, "{body}");
        }
    }
}
