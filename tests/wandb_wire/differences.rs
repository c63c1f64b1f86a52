//! What is different on purpose between the requests of the two SDKs: each has a row in `src/docs/python.md`.

use serde_json::{Value, json};

/// A row of the table.
pub(crate) struct Difference {
    /// Its first column.
    pub(crate) of: &'static str,
    /// Makes one call of Python and one of Rust the same in this.
    pub(crate) settle: fn(&mut Value, &mut Value),
}

pub(crate) const DIFFERENCES: [Difference; 6] = [
    Difference { of: "names of ops", settle: names },
    Difference { of: "`attributes.weave`", settle: described },
    Difference { of: "`exception`", settle: exceptions },
    Difference { of: "`summary` of streams", settle: streams },
    Difference { of: "trace of an op in a span", settle: traces },
    Difference { of: "steps of a run", settle: steps },
];

/// The function's, after its module or its type.
fn names(_: &mut Value, rust: &mut Value) {
    let name = rust["op"].as_str().unwrap();
    rust["op"] = name.rsplit('.').next().unwrap().into();
}

/// Each says what it is written in, and on what it runs.
fn described(python: &mut Value, rust: &mut Value) {
    for (call, source) in [(python, "python-sdk"), (rust, "rust-sdk")] {
        let weave = call["attributes"]["weave"].as_object_mut().unwrap();
        assert_eq!(weave["source"], source);
        weave.retain(|key, _| matches!(key.as_str(), "kind" | "color" | "invoking_span"));
    }
}

fn exceptions(python: &mut Value, rust: &mut Value) {
    for call in [python, rust] {
        if let Some(exception) = call["exception"].as_object_mut() {
            assert!(exception["type"].is_string());
            exception.retain(|key, _| key == "message");
        }
    }
}

/// How many items there were, how long the first took, whether there would have been more.
fn streams(_: &mut Value, rust: &mut Value) {
    if let Some(summary) = rust["summary"].as_object_mut() {
        summary.retain(|key, _| !["item_count", "time_to_first_item_ms", "partial"].contains(&key.as_str()));
    }
}

/// In Rust it is that of the span.
fn traces(python: &mut Value, rust: &mut Value) {
    if python.pointer("/attributes/weave/invoking_span").is_some() {
        python["trace"] = json!("of the span");
        rust["trace"] = json!("of the span");
    }
}

/// There is no way to say them.
fn steps(python: &mut Value, _: &mut Value) {
    let run = python["wb_run"].as_object_mut().unwrap();
    run.retain(|key, _| key == "wb_run_id");
}

#[test]
fn each_difference_has_a_row_in_the_table() {
    let page = include_str!("../../src/docs/python.md");
    let (_, table) = page.split_once("# What is different in what Weave is sent\n").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()).skip(1);
    let rows: Vec<_> = rows.filter(|row| !row.starts_with('-')).collect();
    assert_eq!(rows, DIFFERENCES.map(|difference| difference.of));
}
