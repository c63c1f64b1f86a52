//! A tree as text that is the same in every run.

use super::chat::Asked;
use super::ending::Ending;
use super::rich::shown;
use super::text::clip;
use super::walk::{Walk, guides};
use super::{CallTree, agent, json, shown_output};
use crate::record::CallRecord;

/// Columns of one name, value or message. Values of tests are shorter; the pages of a model are not worth comparing here.
const MOST_COLUMNS: usize = 200;
const MOST_LEVELS: usize = 100;

pub(super) fn outline(tree: &CallTree) -> String {
    let mut out = String::new();
    let mut walk = Walk::new(tree);
    while let Some(call) = walk.advance() {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&guides(&walk.path()[1..], MOST_LEVELS));
        push_call(call, &mut out);
    }
    out
}

/// Appends the line of one call.
pub(super) fn push_call(call: &CallRecord, out: &mut String) {
    if let Some(kind) = agent::kind(call) {
        out.push_str(kind.as_str());
        out.push(' ');
    }
    if let Some(name) = call.display_name().filter(|name| *name != call.op_name()) {
        out.push_str(&format!("[{}] ", clip(name, MOST_COLUMNS)));
    }
    out.push_str(&clip(&agent::name(call), MOST_COLUMNS));
    out.push('(');
    match agent::asked(call) {
        Some(Asked { role, text }) => push_asked(&role, &text, out),
        None => push_inputs(call.text.inputs(), out),
    }
    out.push(')');
    if let Some(output) = shown_output(call) {
        out.push_str(" -> ");
        push_value(output, out);
    } else if let Some(answer) = agent::answered(call) {
        out.push_str(" -> ");
        out.push_str(&clip(&answer, MOST_COLUMNS));
    }
    if call.is_partial() {
        out.push_str(" partial");
    }
    push_ending(&Ending::of(call), out);
}

fn push_asked(role: &str, text: &str, out: &mut String) {
    if !role.is_empty() {
        out.push_str(&clip(role, MOST_COLUMNS));
        out.push_str(": ");
    }
    out.push_str(&clip(text, MOST_COLUMNS));
}

fn push_inputs(inputs: &str, out: &mut String) {
    let Some(members) = json::members(inputs) else { return push_value(inputs, out) };
    for (nth, (name, value)) in members.iter().enumerate() {
        if nth > 0 {
            out.push_str(", ");
        }
        out.push_str(&clip(name, MOST_COLUMNS));
        out.push_str(": ");
        push_value(value, out);
    }
}

fn push_value(json: &str, out: &mut String) {
    out.push_str(&clip(&shown(&json::sorted(json)), MOST_COLUMNS));
}

fn push_ending(ending: &Ending<'_>, out: &mut String) {
    if !ending.word.is_empty() {
        out.push(' ');
        out.push_str(ending.word);
    }
    if !ending.message.is_empty() {
        out.push_str(": ");
        out.push_str(&clip(ending.message, MOST_COLUMNS));
    }
}
