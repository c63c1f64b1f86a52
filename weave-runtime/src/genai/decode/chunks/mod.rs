//! Streamed answers, put together chunk by chunk to what the provider would have answered at once.

mod anthropic;
mod bytes;
mod chat;
mod gemini;
mod lines;
mod ollama;
mod responses;
mod room;

use serde_json::Value;

use self::bytes::Pieces;
use self::lines::{Line, Lines};
use self::room::Room;
use crate::genai::decode;
use crate::genai::decode::json::{Object, text};

/// What came so far. Grows with the text of the answer, not with the number of chunks.
#[derive(Clone, Default, Debug)]
pub struct Chunks {
    state: State,
    lines: Lines,
    pieces: Pieces,
    /// What came as lines that say nothing so far: it may be a text that only looks like them.
    unread: String,
    room: Room,
    is_complete: bool,
    is_settled: bool,
}

#[derive(Clone, Default, Debug)]
enum State {
    /// Nothing yet that says what it is.
    #[default]
    New,
    /// Something else.
    Unknown,
    Text(String),
    Known(Protocol, Object),
}

#[derive(Clone, Copy, Debug)]
enum Protocol {
    Chat,
    Responses,
    Anthropic,
    Gemini,
    Ollama,
}

impl Chunks {
    /// Keeps no more than this many bytes, near enough. What is said beyond is left out; what is known beside it is not.
    pub(crate) fn within(bytes: usize) -> Self {
        Self { room: Room::of(bytes), ..Self::default() }
    }

    /// Takes in the next chunk.
    pub(crate) fn add(&mut self, chunk: Value) {
        match chunk {
            Value::Null => {}
            Value::String(text) => match bytes::of_literal(&text).and_then(|bytes| self.text_of(&bytes)) {
                Some(decoded) => self.add_text(&decoded),
                None => self.add_text(&text),
            },
            Value::Object(members) => match event_data(&members) {
                Some(data) => self.add_line(Line::of_data(data)),
                None => self.add_object(members),
            },
            Value::Array(items) => match bytes::of_list(&items).and_then(|bytes| self.text_of(&bytes)) {
                Some(decoded) => self.add_text(&decoded),
                None => items.into_iter().for_each(|item| self.add(item)),
            },
            Value::Bool(_) | Value::Number(_) => self.give_up(),
        }
    }

    /// Says that the items so far are kept nowhere else: what is understood of them stays, whatever comes.
    pub(crate) fn settle(&mut self) {
        self.is_settled = true;
    }

    /// Whether chunks are understood so far. Before the first nothing speaks against it.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self.state, State::Unknown)
    }

    /// Whether the answer has said that it is over.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Bytes that this keeps in memory, near enough.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>() + self.lines.len() + self.unread.len() + self.room.taken()
    }

    /// The answer as the provider gives it at once, or the text. `None` when nothing was understood.
    pub(crate) fn finish(&mut self) -> Option<Value> {
        if let Some(line) = self.lines.last() {
            self.add_line(line);
        }
        match std::mem::take(&mut self.state) {
            State::New if !self.unread.is_empty() => Some(Value::String(std::mem::take(&mut self.unread))),
            State::New | State::Unknown => None,
            State::Text(text) => Some(of_json(&text).unwrap_or(Value::String(text))),
            State::Known(protocol, mut whole) => {
                protocol.finish(&mut whole);
                Some(Value::Object(whole))
            }
        }
    }

    fn give_up(&mut self) {
        if matches!(self.state, State::New | State::Text(_)) && !self.is_settled {
            self.state = State::Unknown;
        }
    }

    fn add_object(&mut self, members: Object) {
        match self.state {
            State::New => match Protocol::of(&members) {
                Some(protocol) => {
                    self.unread = String::new();
                    self.state = State::Known(protocol, Object::new());
                }
                None if is_idle(&members) => return,
                None => return self.give_up(),
            },
            // A text among other things may be anything: the name of a state, too.
            State::Text(_) if !is_idle(&members) => return self.give_up(),
            _ => {}
        }
        if let State::Known(protocol, whole) = &mut self.state {
            self.is_complete |= protocol.add(whole, members, &mut self.room);
        }
    }

    /// What bytes say, where they are part of an answer.
    fn text_of(&mut self, bytes: &[u8]) -> Option<String> {
        let is_answer = match self.state {
            State::New => bytes::begin_json(bytes) || self.lines.are_expected(&String::from_utf8_lossy(bytes)),
            State::Known(..) => true,
            State::Text(_) => self.pieces.have_begun(),
            State::Unknown => false,
        };
        is_answer.then(|| self.pieces.add(bytes))
    }

    fn add_text(&mut self, text: &str) {
        if let State::Text(said) = &mut self.state
            && !self.lines.have_come()
        {
            return self.room.push(said, text);
        }
        if self.lines.are_expected(text) || matches!(self.state, State::Known(..)) {
            if matches!(self.state, State::New) {
                self.room.push(&mut self.unread, text);
            }
            for line in self.lines.add(text) {
                self.add_line(line);
            }
            return;
        }
        match serde_json::from_str(text) {
            Ok(Value::Object(members)) if Protocol::of(&members).is_some() => self.add_object(members),
            _ => self.begin_text(text),
        }
    }

    fn begin_text(&mut self, text: &str) {
        // An empty one, with which many streams begin, says nothing of what comes.
        if matches!(self.state, State::New) && !text.is_empty() {
            self.unread = String::new();
            let mut said = String::new();
            self.room.push(&mut said, text);
            self.state = State::Text(said);
        }
    }

    fn add_line(&mut self, line: Line) {
        match line {
            Line::Json(_) if matches!(self.state, State::Text(_)) => {}
            Line::Json(members) => self.add_object(members),
            Line::Done => self.is_complete |= matches!(self.state, State::Known(..) | State::Text(_)),
            Line::Words(words) => match &mut self.state {
                State::Text(said) => self.room.push(said, &words),
                _ => self.begin_text(&words),
            },
        }
    }
}

impl Protocol {
    /// Whose chunk it is.
    fn of(members: &Object) -> Option<Self> {
        Some(if decode::chat::is_answer(members) {
            Self::Chat
        } else if responses::is_chunk(members) {
            Self::Responses
        } else if anthropic::is_chunk(members) {
            Self::Anthropic
        } else if decode::gemini::is_answer(members) {
            Self::Gemini
        } else if decode::ollama::is_answer(members) {
            Self::Ollama
        } else {
            return None;
        })
    }

    /// Puts a chunk to the others. Says whether it is the last that matters.
    fn add(self, whole: &mut Object, chunk: Object, room: &mut Room) -> bool {
        match self {
            Self::Chat => chat::add(whole, chunk, room),
            Self::Responses => responses::add(whole, chunk, room),
            Self::Anthropic => anthropic::add(whole, chunk, room),
            Self::Gemini => gemini::add(whole, chunk, room),
            Self::Ollama => ollama::add(whole, chunk, room),
        }
    }

    /// Brings what there is into the form of a whole answer.
    fn finish(self, whole: &mut Object) {
        match self {
            Self::Chat => chat::finish(whole),
            Self::Responses => drop(whole.insert("object".to_owned(), "response".into())),
            Self::Anthropic => anthropic::finish(whole),
            Self::Ollama => ollama::finish(whole),
            Self::Gemini => {}
        }
    }
}

/// The answer that a text is as a whole: one that came in pieces, a list of chunks, or chunks one behind the other.
fn of_json(text: &str) -> Option<Value> {
    let mut chunks = Chunks::default();
    let mut rest = text.trim_start();
    rest = rest.strip_prefix('[').unwrap_or(rest);
    while !chunks.is_unknown() {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n', ',']);
        let mut objects = serde_json::Deserializer::from_str(rest).into_iter::<Object>();
        let Some(Ok(chunk)) = objects.next() else { break };
        rest = rest.get(objects.byte_offset()..)?;
        chunks.add_object(chunk);
    }
    chunks.finish()
}

/// Whether a chunk only keeps the connection alive.
fn is_idle(members: &Object) -> bool {
    members.is_empty() || matches!(text(members, &["type"]), Some("ping" | "keepalive"))
}

/// The data of a server-sent event, as libraries give it.
fn event_data(members: &Object) -> Option<&str> {
    let is_event = members.contains_key("event")
        && members.keys().all(|key| matches!(key.as_str(), "event" | "data" | "id" | "retry"));
    if is_event { text(members, &["data"]) } else { None }
}
