//! Tokens in an output: what model APIs answer beside their text.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::record::Usage;

/// What an output says about the tokens it cost.
pub(super) struct Found {
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
pub(super) fn find(output: &str) -> Option<(String, Found)> {
    // Most outputs have none: a search is cheaper than parsing.
    if !Usage::may_be_in(output) {
        return None;
    }
    let Answer { model, usage: mut counts } = serde_json::from_str(output).ok()?;
    let count = |names: &[&str]| names.iter().find_map(|name| counts.get(*name)?.as_u64());
    let input_tokens = count(&["input_tokens", "prompt_tokens"]);
    let output_tokens = count(&["output_tokens", "completion_tokens"]);
    let total_tokens = count(&["total_tokens"]).or_else(|| Some(input_tokens?.saturating_add(output_tokens?)));
    counts.insert("requests".to_owned(), 1.into());
    Some((model, Found { usage: Usage { input_tokens, output_tokens, total_tokens, ..Usage::default() }, counts }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_completion_tells_its_tokens() {
        let (model, found) =
            find(r#"{"model":"m","usage":{"prompt_tokens":3,"completion_tokens":4},"choices":[]}"#).unwrap();
        assert_eq!(model, "m");
        assert_eq!(
            found.usage,
            Usage { input_tokens: Some(3), output_tokens: Some(4), total_tokens: Some(7), ..Usage::default() }
        );
        assert_eq!(found.counts["requests"], 1);
    }

    #[test]
    fn an_absent_count_is_not_zero() {
        let (_, found) = find(r#"{"model":"m","usage":{"input_tokens":3}}"#).unwrap();
        assert_eq!(
            found.usage,
            Usage { input_tokens: Some(3), output_tokens: None, total_tokens: None, ..Usage::default() }
        );
    }

    #[test]
    fn other_outputs_have_no_usage() {
        for output in ["1", "{}", r#"{"usage":{"a":1}}"#, r#"{"model":1,"usage":{}}"#, r#"["model","usage"]"#] {
            assert!(find(output).is_none(), "{output}");
        }
    }
}
