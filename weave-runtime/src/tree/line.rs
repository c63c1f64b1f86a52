//! The text of one call, shortened until it fits into the columns there are.

use std::borrow::Cow;

use super::ending::Ending;
use super::json;
use super::style::{Ink, TreeStyle};
use super::text::{clip, columns};
use crate::record::{CallRecord, Kind};

const MOST_NAME: usize = 60;
/// What an input needs beside its name: `: `, a value of three columns, `, `.
const LEAST_INPUT: usize = 7;

/// The pieces of a line in their order.
pub(super) struct Line<'a> {
    pieces: Vec<Piece<'a>>,
    room: usize,
}

struct Piece<'a> {
    ink: Ink,
    text: Cow<'a, str>,
    give: Give,
}

/// How a piece gives way when the line is too long.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Give {
    /// Not at all.
    Never,
    /// With the other values, the longest first.
    Value,
    /// Once it has two thirds of the room that there is for both: it is what the line is read for.
    Last,
}

impl<'a> Line<'a> {
    /// The line of a call, for at most `room` columns.
    pub(super) fn of(call: &'a CallRecord, room: usize) -> Self {
        let mut line = Self { pieces: Vec::new(), room };
        let ending = Ending::of(call);
        line.push_head(call, &ending);
        line.push_inputs(call.inputs_json());
        if let Some(output) = call.output_json() {
            line.push(Ink::Faint, " -> ", Give::Never);
            line.push(Ink::Value, output, if ending.message.is_empty() { Give::Last } else { Give::Value });
        }
        if call.is_partial() {
            line.push(Ink::Faint, " partial", Give::Never);
        }
        if !ending.word.is_empty() {
            let colon = if ending.message.is_empty() { "" } else { ": " };
            line.push(Ink::Status(call.status()), format!(" {}{colon}", ending.word), Give::Never);
            line.push(Ink::Status(call.status()), ending.message, Give::Last);
        }
        line
    }

    fn push_head(&mut self, call: &'a CallRecord, ending: &Ending<'_>) {
        self.push(Ink::Status(call.status()), format!("{} ", ending.mark), Give::Never);
        if call.kind() != Kind::Op {
            self.push(Ink::Kind, format!("{} ", call.kind()), Give::Never);
        }
        if let Some(name) = call.display_name().filter(|name| *name != call.op_name()) {
            self.push(Ink::Name, format!("[{}] ", clip(name, MOST_NAME)), Give::Never);
        }
        self.push(Ink::Name, clip(call.op_name(), MOST_NAME), Give::Never);
    }

    fn push_inputs(&mut self, inputs: &'a str) {
        self.push(Ink::Value, "(", Give::Never);
        match json::members(inputs) {
            Some(members) => self.push_members(members),
            None => self.push(Ink::Value, inputs, Give::Value),
        }
        self.push(Ink::Value, ")", Give::Never);
    }

    /// Inputs that would be nothing but names are left out for the sake of the output.
    fn push_members(&mut self, members: Vec<(Cow<'a, str>, &'a str)>) {
        let mut left = self.room / 2;
        for (nth, (name, value)) in members.into_iter().enumerate() {
            let name = clip(&name, MOST_NAME);
            let least = columns(&name) + LEAST_INPUT;
            let comma = if nth > 0 { ", " } else { "" };
            if least > left {
                return self.push(Ink::Value, format!("{comma}…"), Give::Never);
            }
            left -= least;
            self.push(Ink::Value, format!("{comma}{name}: "), Give::Never);
            self.push(Ink::Value, value, Give::Value);
        }
    }

    fn push(&mut self, ink: Ink, text: impl Into<Cow<'a, str>>, give: Give) {
        let text = text.into();
        // A value may be a megabyte; from here on it is at most a line.
        let text = if give == Give::Never { text } else { Cow::Owned(clip(&text, self.room)) };
        self.pieces.push(Piece { ink, text, give });
    }

    /// Appends the line in colour. Returns its columns.
    pub(super) fn write(&self, style: &TreeStyle, out: &mut String) -> usize {
        let (value, last) = self.shares();
        let mut left = self.room;
        for piece in &self.pieces {
            let most = match piece.give {
                Give::Never => left,
                Give::Value => value.min(left),
                Give::Last => last.min(left),
            };
            let text = clip(&piece.text, most);
            left = left.saturating_sub(columns(&text));
            style.paint(piece.ink, &text, out);
        }
        self.room - left
    }

    /// Columns for each value, and for what gives way last.
    fn shares(&self) -> (usize, usize) {
        let wants = |give| self.pieces.iter().filter(move |piece| piece.give == give).map(|piece| columns(&piece.text));
        let free = self.room.saturating_sub(wants(Give::Never).sum());
        let values: usize = wants(Give::Value).sum();
        let last = wants(Give::Last).sum::<usize>().min((free - free / 3).max(free.saturating_sub(values)));
        (level(wants(Give::Value).collect(), free - last), last)
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
