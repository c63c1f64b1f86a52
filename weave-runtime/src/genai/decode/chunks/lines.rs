//! Chunks that come as text: server-sent events, or a JSON object a line.

use serde_json::Value;

use crate::genai::decode::json::Object;

/// The longest line that is waited for.
const LONGEST: usize = 4 << 20;

/// What a line says.
#[derive(Debug)]
pub(super) enum Line {
    Json(Object),
    /// The end that OpenAI's streams have.
    Done,
    Words(String),
}

impl Line {
    /// The data of an event.
    pub(super) fn of_data(data: &str) -> Self {
        match serde_json::from_str(data) {
            Ok(members) => Self::Json(members),
            Err(_) if data.trim() == "[DONE]" => Self::Done,
            Err(_) => Self::Words(data.to_owned()),
        }
    }

    /// Whether more could not make it another.
    fn is_whole(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Done)
    }

    fn read(line: &str) -> Option<Self> {
        let line = line.trim_end_matches(['\r', '\n']);
        if let Some(data) = line.strip_prefix("data:") {
            return Some(Self::of_data(data.strip_prefix(' ').unwrap_or(data)));
        }
        let line = line.trim();
        match Self::of_data(line) {
            Self::Words(_) => None,
            known => Some(known),
        }
    }
}

/// Texts that are put together to lines.
#[derive(Clone, Default, Debug)]
pub(super) struct Lines {
    /// The beginning of a line whose end has not come.
    begun: String,
    are_expected: bool,
}

impl Lines {
    pub(super) fn len(&self) -> usize {
        self.begun.len()
    }

    pub(super) fn have_come(&self) -> bool {
        self.are_expected
    }

    /// Whether a text is part of such lines.
    pub(super) fn are_expected(&mut self, text: &str) -> bool {
        self.are_expected |= is_event(text) || begins_with_line_of_json(text);
        self.are_expected
    }

    /// The lines that are whole with this text. One that ends with the text counts when it says something.
    pub(super) fn add(&mut self, text: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        // Libraries that split at line ends may leave these out.
        if is_event(text) && self.is_line() {
            lines.extend(self.last());
        }
        let mut rest = text;
        while let Some((line, after)) = rest.split_once('\n') {
            if self.begun.is_empty() {
                lines.extend(Line::read(line));
            } else {
                self.begun.push_str(line);
                lines.extend(self.last());
            }
            rest = after;
        }
        if rest.is_empty() {
            return lines;
        }
        let line = if self.begun.is_empty() { Line::read(rest) } else { None };
        match line {
            Some(line) if line.is_whole() => lines.push(line),
            _ if self.begun.len() + rest.len() <= LONGEST => self.begun.push_str(rest),
            _ => self.begun.clear(),
        }
        lines
    }

    /// Whether what has begun is a line by itself: nothing but JSON goes on in what looks like the next.
    fn is_line(&self) -> bool {
        let begins_json = |data: &str| data.trim_start().starts_with(['{', '[']);
        match self.begun.strip_prefix("data:") {
            Some(data) if !begins_json(data) => true,
            None if is_event(&self.begun) => true,
            _ => self.begun.ends_with(['}', ']']) && Line::read(&self.begun).is_some_and(|line| line.is_whole()),
        }
    }

    /// The line that has begun.
    pub(super) fn last(&mut self) -> Option<Line> {
        Line::read(&std::mem::take(&mut self.begun))
    }
}

fn is_event(text: &str) -> bool {
    ["data:", "event:", "id:", "retry:", ": "].iter().any(|name| text.starts_with(name))
}

/// Whether a text of several lines begins with an object.
fn begins_with_line_of_json(text: &str) -> bool {
    let Some((line, _)) = text.split_once('\n') else { return false };
    line.starts_with('{')
        && serde_json::from_str::<Value>(line)
            .is_ok_and(|value| value.as_object().is_some_and(|members| super::Protocol::of(members).is_some()))
}
