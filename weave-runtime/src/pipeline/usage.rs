//! Tokens in an output: what model APIs answer beside their text.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::genai::decode;
use crate::record::Usage;

/// What an output says about the tokens it cost.
pub(super) struct Found {
    pub(super) model: Option<String>,
    pub(super) usage: Usage,
    /// The counts as they were reported, with `requests`.
    pub(super) counts: Map<String, Value>,
}

#[derive(Deserialize)]
struct Answer {
    model: String,
    usage: Map<String, Value>,
}

/// Finds the usage in an output that has `model` and `usage`, as Weave reads it, with the model.
pub(super) fn find(output: &str) -> Option<Found> {
    // Most outputs have none: a search is cheaper than parsing.
    if !Usage::may_be_in(output) {
        return None;
    }
    let Answer { model, usage: mut counts } = serde_json::from_str(output).ok()?;
    // Other things have a model and are used: cars are.
    let usage = decode::usage(&counts)?;
    counts.insert("requests".to_owned(), 1.into());
    Some(Found { model: Some(model), usage, counts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_completion_tells_its_tokens() {
        let found = find(r#"{"model":"m","usage":{"prompt_tokens":3,"completion_tokens":4},"choices":[]}"#).unwrap();
        assert_eq!(found.model.as_deref(), Some("m"));
        assert_eq!(
            found.usage,
            Usage { input_tokens: Some(3), output_tokens: Some(4), total_tokens: Some(7), ..Usage::default() }
        );
        assert_eq!(found.counts["requests"], 1);
    }

    #[test]
    fn an_absent_count_is_not_zero() {
        let found = find(r#"{"model":"m","usage":{"input_tokens":3}}"#).unwrap();
        assert_eq!(
            found.usage,
            Usage { input_tokens: Some(3), output_tokens: None, total_tokens: None, ..Usage::default() }
        );
    }

    #[test]
    fn other_outputs_have_no_usage() {
        for output in [
            "1",
            "{}",
            r#"{"usage":{"a":1}}"#,
            r#"{"model":"T","usage":{"km":1}}"#,
            r#"{"model":1,"usage":{}}"#,
            r#"["model","usage"]"#,
        ] {
            assert!(find(output).is_none(), "{output}");
        }
    }
}
