//! The text of one call, shortened until it fits into the columns there are.

use std::borrow::Cow;

use super::ending::Ending;
use super::inputs::Inputs;
use super::rich::shown;
use super::style::{Ink, TreeStyle};
use super::text::{clip, columns};
use super::{agent, chat, shown_output};
use crate::record::{CallRecord, Kind, short_placeholder, short_type_name};

const MOST_NAME: usize = 60;
const ARROW: &str = " -> ";
/// Columns of the shortest output that says more than nothing: `[…]`.
const LEAST_OUTPUT: usize = 3;

/// The pieces of a line in their order.
pub(super) struct Line<'a> {
    pieces: Vec<(Ink, Cow<'a, str>)>,
    room: usize,
}

impl<'a> Line<'a> {
    /// The line of a call, for at most `room` columns.
    pub(super) fn of(call: &'a CallRecord, room: usize) -> Self {
        let mut line = Self { pieces: Vec::new(), room };
        let ending = Ending::of(call);
        line.push_head(call, &ending);

        let inputs = Inputs::of(call, room);
        let output = shown_output(call).map(|output| readable(call, output));
        let output = output.or_else(|| agent::answered(call).map(Cow::Owned));
        let output = output.map(|output| clip(&output, room)).unwrap_or_default();
        let message = clip(&message(call, &ending), room);
        let partial = if call.is_partial() { " partial" } else { "" };
        let colon = if message.is_empty() { "" } else { ": " };
        let word = if ending.word.is_empty() { String::new() } else { format!(" {}{colon}", ending.word) };

        let fixed = line.columns() + columns("()") + columns(partial) + columns(&word);
        let free = room.saturating_sub(fixed);
        // What the line is read for, so it has all that it wants.
        let message = clip(&message, free.saturating_sub(inputs.least_columns()));
        let free = free - columns(&message);

        let inputs = inputs.to_text(share_of_inputs(free, &inputs, columns(&output)));
        let room_for_output = free.saturating_sub(columns(&inputs) + columns(ARROW));
        line.push(Ink::Value, format!("({inputs})"));
        if !output.is_empty() && room_for_output >= columns(&output).min(LEAST_OUTPUT) {
            line.push(Ink::Faint, ARROW);
            line.push(Ink::Value, clip(&output, room_for_output));
        }
        line.push(Ink::Faint, partial);
        line.push(Ink::Status(call.status()), word);
        line.push(Ink::Status(call.status()), message);
        line
    }

    /// The names of a call have half of the room at most, so that something is left to say of it.
    fn push_head(&mut self, call: &CallRecord, ending: &Ending<'_>) {
        self.push(Ink::Status(call.status()), format!("{} ", ending.mark));
        if let Some(kind) = agent::kind(call) {
            self.push(Ink::Kind, format!("{kind} "));
        }
        let mut most = self.room / 2;
        if let Some(name) = call.display_name().filter(|name| *name != call.op_name()) {
            most = self.room / 4;
            self.push(Ink::Name, format!("[{}] ", clip(name, MOST_NAME.min(most))));
        }
        self.push(Ink::Name, clip(&agent::name(call), MOST_NAME.min(most)));
    }

    fn push(&mut self, ink: Ink, text: impl Into<Cow<'a, str>>) {
        self.pieces.push((ink, text.into()));
    }

    fn columns(&self) -> usize {
        self.pieces.iter().map(|(_, text)| columns(text)).sum()
    }

    /// Appends the line in colour. Returns its columns.
    pub(super) fn write(&self, style: &TreeStyle, out: &mut String) -> usize {
        let mut left = self.room;
        for (ink, text) in &self.pieces {
            // Only a room too small for the names alone cuts here.
            let text = if columns(text) > left { Cow::Owned(clip(text, left)) } else { Cow::Borrowed(text.as_ref()) };
            left = left.saturating_sub(columns(&text));
            style.paint(*ink, &text, out);
        }
        self.room - left
    }
}

/// The output as a reader wants it.
fn readable<'a>(call: &CallRecord, output: &'a str) -> Cow<'a, str> {
    let said = if call.kind() == Kind::Llm { chat::said(output) } else { None };
    let plain = || match short_placeholder(output) {
        Cow::Borrowed(output) => shown(output),
        placeholder => placeholder,
    };
    said.map_or_else(plain, Cow::Owned)
}

/// What the call failed with; an error without words has at least a type.
fn message<'a>(call: &CallRecord, ending: &Ending<'a>) -> Cow<'a, str> {
    match call.error() {
        Some(error) if ending.word == "failed" && ending.message.is_empty() => short_type_name(&error.kind).into(),
        _ => ending.message.into(),
    }
}

/// Columns for the inputs where `output` wants so many: at least half of what there is goes to the output.
fn share_of_inputs(free: usize, inputs: &Inputs, output: usize) -> usize {
    let both = free.saturating_sub(columns(ARROW));
    if output == 0 || both < inputs.least_columns() + output.min(LEAST_OUTPUT) {
        return free;
    }
    let output = output.min((both - both / 2).max(both.saturating_sub(inputs.columns())));
    (both - output).max(inputs.least_columns())
}
