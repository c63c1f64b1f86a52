//! The inputs of a call as they stand between the parentheses of a line.

use super::rich::shown;
use super::text::{clip, columns};
use super::{agent, chat, json};
use crate::record::{CallRecord, Kind, is_placeholder, short_placeholder};

const MOST_NAME: usize = 60;
/// Columns of the shortest value that is worth its name: `"Ro…"`.
const LEAST_VALUE: usize = 5;
const COMMA: &str = ", ";
const LEFT_OUT: &str = "…";

/// The inputs in the order of the arguments.
pub(super) struct Inputs(Vec<Input>);

struct Input {
    /// The name with what separates it from the value; empty for a value that goes without.
    label: String,
    value: String,
}

impl Input {
    fn new(name: &str, value: &str, room: usize) -> Self {
        let colon = if name.is_empty() { "" } else { ": " };
        Self { label: format!("{}{colon}", clip(name, MOST_NAME)), value: clip(value, room) }
    }
}

impl Inputs {
    /// The inputs of a call, whose values have at most `room` columns each: one may be a megabyte.
    pub(super) fn of(call: &CallRecord, room: usize) -> Self {
        if let Some(asked) = agent::asked(call) {
            return Self(vec![Input::new(&asked.role, &asked.text, room)]);
        }
        let inputs = call.text.inputs();
        let Some(members) = json::members(inputs) else {
            return Self(vec![Input::new("", inputs, room)]);
        };
        // What an agent was told is what its line is read for, not with which clients it works.
        let is_agent = call.kind().is_agent();
        let named = members.iter().filter(|(name, value)| !(is_agent || *name == "self") || !is_placeholder(value));
        let input = |name: &str, value: &str| {
            let asked = if call.kind() == Kind::Llm { chat::asked(value) } else { None };
            match asked {
                Some(asked) => Input::new(&asked.role, &asked.text, room),
                None => Input::new(name, &shown(&short_placeholder(value)), room),
            }
        };
        Self(named.map(|(name, value)| input(name, value)).collect())
    }

    /// What all of them need in full.
    pub(super) fn columns(&self) -> usize {
        let commas = self.0.len().saturating_sub(1) * columns(COMMA);
        commas + self.0.iter().map(|input| columns(&input.label) + columns(&input.value)).sum::<usize>()
    }

    /// What it takes to show that there are any.
    pub(super) fn least_columns(&self) -> usize {
        if self.0.is_empty() { 0 } else { columns(LEFT_OUT).min(self.columns()) }
    }

    /// As many of them as fit, from the left, the longest values shortened first; `…` stands for the others.
    pub(super) fn to_text(&self, room: usize) -> String {
        let (shown, left_out) = self.0.split_at(self.fitting(room));
        let values = room.saturating_sub(taken_beside_values(shown, !left_out.is_empty()));
        let most = level(shown.iter().map(|input| columns(&input.value)).collect(), values);
        let mut text = String::new();
        for input in shown {
            separate(&mut text);
            text.push_str(&input.label);
            text.push_str(&clip(&input.value, most));
        }
        if !left_out.is_empty() {
            separate(&mut text);
            text.push_str(LEFT_OUT);
        }
        text
    }

    /// How many inputs fit with a value that says something: no name stands there without.
    fn fitting(&self, room: usize) -> usize {
        let (mut used, mut fitting) = (0, 0);
        for (count, input) in (1..).zip(&self.0) {
            let comma = if count > 1 { columns(COMMA) } else { 0 };
            used += comma + columns(&input.label) + columns(&input.value).min(LEAST_VALUE);
            let rest = if count < self.0.len() { columns(COMMA) + columns(LEFT_OUT) } else { 0 };
            if used > room {
                break;
            }
            if used + rest <= room {
                fitting = count;
            }
        }
        fitting
    }
}

fn taken_beside_values(shown: &[Input], leaves_out: bool) -> usize {
    let items = shown.len() + usize::from(leaves_out);
    let labels: usize = shown.iter().map(|input| columns(&input.label)).sum();
    labels + items.saturating_sub(1) * columns(COMMA) + if leaves_out { columns(LEFT_OUT) } else { 0 }
}

fn separate(text: &mut String) {
    if !text.is_empty() {
        text.push_str(COMMA);
    }
}

/// The highest limit under which all that is wanted fits together into the room.
fn level(mut wants: Vec<usize>, mut room: usize) -> usize {
    wants.sort_unstable();
    for (nth, want) in wants.iter().enumerate() {
        let share = room / (wants.len() - nth);
        if *want > share {
            return share;
        }
        room -= want;
    }
    usize::MAX
}
