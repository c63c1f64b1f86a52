//! Answers and requests in the forms that the docs of the providers show, shortened.

#![allow(clippy::needless_pass_by_value, reason = "`json!` makes values")]

mod answers;
mod bytes;
mod messages;
mod properties;
mod requests;
mod streams;
mod wild;

use serde_json::Value;

use super::{Chunks, answer};
use crate::genai::{Llm, Message, Usage};

/// The roles and parts of messages, each part in one line.
fn outline(messages: &[Message]) -> String {
    let mut lines = Vec::new();
    for message in messages {
        let parts = message.parts.iter().map(|part| serde_json::to_string(part).unwrap());
        let ending = message.finish_reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        lines.push(format!("{}{ending}", message.role));
        lines.extend(parts.map(|part| format!("  {part}")));
    }
    lines.join("\n")
}

fn read(value: Value) -> Llm {
    answer(&value).unwrap_or_else(|| panic!("not understood: {value}"))
}

/// What a stream of these chunks comes to, and whether it was over.
fn streamed(chunks: impl IntoIterator<Item = Value>) -> (Llm, bool) {
    let mut all = Chunks::default();
    chunks.into_iter().for_each(|chunk| all.add(chunk));
    let is_complete = all.is_complete();
    (read(all.finish().expect("not understood")), is_complete)
}

fn usage(input: u64, output: u64) -> Usage {
    Usage::new(input, output).total(input + output)
}
