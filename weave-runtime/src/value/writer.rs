//! The JSON text of one value while it is written: commas, brackets, and the limits.
//!
//! The text says where it stands: after `[` or `{` comes a first element, after `:` a value, after anything else a comma.
//! So no flags need to be kept, and whatever a `Serialize` does wrong, the text can be completed from its last byte.

mod beside;
mod cut;
mod key;
mod raw;

use std::fmt::{self, Write as _};

use super::text::{Stack, Text};
use super::{Limits, MAX_DEPTH, scan};

/// Why a `Serialize` has to return. The message is the user's; it is empty when the writer itself has stopped.
#[derive(Debug)]
#[allow(clippy::box_collection, reason = "one word: it is in the result of every single write")]
pub(super) struct Failure(pub(super) Box<String>);

pub(super) type Done = Result<(), Failure>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Array,
    Object,
}

/// A declared length that is not known.
pub(super) const UNKNOWN: usize = usize::MAX;

/// A level that has no bracket: `Some(..)` or a newtype.
const BARE: u8 = 0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// The value at this place was too deep: its marker is written, and who holds the level above goes on.
    Skipped,
    /// A raw value is on its way, which comes as a string. The bound is put by meanwhile.
    Raw {
        bound: usize,
    },
    /// The text is complete, and everything after is ignored.
    Stopped,
}

pub(super) struct Writer {
    /// The buffer, which is the writer's own while it writes: one indirection less on every access.
    pub(super) out: String,
    start: usize,
    /// Where `out` must end, less what the open brackets need. Zero in the states where no plain write may pass, so
    /// that the one comparison of a write sees them too.
    bound: usize,
    stack: Stack,
    depth: usize,
    max_depth: usize,
    /// The closing bracket of each level.
    levels: [u8; MAX_DEPTH],
    /// The declared length of the innermost container.
    length: usize,
    /// The most bytes of content that may go beside the text.
    content: usize,
    state: State,
}

impl Writer {
    #[inline]
    pub(super) fn new(out: String, limits: &Limits) -> Self {
        Self {
            start: out.len(),
            bound: out.len().saturating_add(limits.bytes),
            out,
            stack: Stack::start(limits),
            depth: 0,
            max_depth: limits.depth.min(MAX_DEPTH),
            levels: [BARE; MAX_DEPTH],
            length: UNKNOWN,
            content: limits.content,
            state: State::Open,
        }
    }

    /// A number, `true`, `false` or `null`.
    #[inline]
    pub(super) fn token(&mut self, text: &str) -> Done {
        if self.out.len() + text.len() > self.bound {
            return Err(self.refuse());
        }
        self.out.push_str(text);
        Ok(())
    }

    pub(super) fn unsigned(&mut self, value: u64) -> Done {
        // Counts are mostly this small, and need no formatting.
        match u8::try_from(value) {
            Ok(value @ 0..100) if self.out.len() + 2 <= self.bound => {
                if value >= 10 {
                    self.out.push(char::from(b'0' + value / 10));
                }
                self.out.push(char::from(b'0' + value % 10));
                Ok(())
            }
            _ => self.token(itoa::Buffer::new().format(value)),
        }
    }

    pub(super) fn signed(&mut self, value: i64) -> Done {
        match u64::try_from(value) {
            Ok(value) => self.unsigned(value),
            Err(_) => self.token(itoa::Buffer::new().format(value)),
        }
    }

    #[inline]
    pub(super) fn string(&mut self, text: &str) -> Done {
        if self.out.len() + text.len() + 2 > self.bound || !scan::is_plain(text) {
            return self.hard_string(text);
        }
        self.out.push('"');
        self.out.push_str(text);
        self.out.push('"');
        Ok(())
    }

    /// A string that has to be escaped or cut.
    #[cold]
    fn hard_string(&mut self, text: &str) -> Done {
        match self.state {
            State::Open => {}
            State::Raw { bound } => return self.raw(text, bound),
            State::Skipped | State::Stopped => return Err(self.refuse()),
        }
        if let Some(reference) = self.beside(text) {
            return self.token(&reference);
        }
        self.text(Some(text.len()), |out| out.write_str(text))
    }

    /// What a `Display` gives, as a string.
    pub(super) fn display(&mut self, args: fmt::Arguments<'_>) -> Done {
        match self.state {
            State::Open => self.text(None, |out| out.write_fmt(args)),
            State::Raw { bound } => {
                let mut text = String::new();
                let room = bound.saturating_sub(self.out.len());
                let mut bounded = Text::plain(&mut text, room, self.stack);
                let written = bounded.write_fmt(args);
                if written.is_err() { Err(failed_display()) } else { self.raw(&text, bound) }
            }
            State::Skipped | State::Stopped => Err(self.refuse()),
        }
    }

    fn text(&mut self, length: Option<usize>, fill: impl FnOnce(&mut Text<'_>) -> fmt::Result) -> Done {
        if self.out.len() + 2 > self.bound {
            return Err(self.refuse());
        }
        self.out.push('"');
        let mut text = Text::json(&mut self.out, self.bound - 1, self.stack);
        let filled = fill(&mut text);
        let (cut, end) = (text.cut(), text.end());
        text.finish(length);
        self.out.push('"');
        if let Some(cut) = cut {
            return Err(self.stop_at(end, cut));
        }
        filled.map_err(|_| failed_display())
    }

    /// The comma before an element.
    #[inline]
    pub(super) fn separate(&mut self) {
        if !matches!(self.last(), b'[' | b'{' | b',') && self.bound != 0 {
            self.out.push(',');
        }
    }

    /// A key that is known beforehand, with its comma and colon.
    #[inline]
    pub(super) fn member(&mut self, key: &str) -> Done {
        // Inlined, so that the look at a key known at compile time is done at compile time.
        if scan::is_plain(key) { self.plain_member(key) } else { self.hard_member(key) }
    }

    fn plain_member(&mut self, key: &str) -> Done {
        if self.out.len() + key.len() + 4 > self.bound {
            return self.hard_member(key);
        }
        self.out.push_str(if self.last() == b'{' { "\"" } else { ",\"" });
        self.out.push_str(key);
        self.out.push_str("\":");
        Ok(())
    }

    #[cold]
    fn hard_member(&mut self, key: &str) -> Done {
        let (depth, mark) = (self.depth, self.begin_key());
        let written = self.string(key);
        self.end_key(written, depth, mark)
    }

    /// One level deeper without a bracket.
    #[inline]
    pub(super) fn enter(&mut self) -> Done {
        self.descend(BARE)
    }

    #[inline]
    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    #[inline]
    fn descend(&mut self, closer: u8) -> Done {
        if self.depth >= self.max_depth || self.stack.is_spent() {
            return Err(self.refuse_depth());
        }
        if let Some(level) = self.levels.get_mut(self.depth) {
            *level = closer;
        }
        self.depth += 1;
        Ok(())
    }

    /// Opens `[` or `{`. Returns the length of the container around, for [`close`](Self::close).
    pub(super) fn open(&mut self, bracket: Bracket, length: usize) -> Result<usize, Failure> {
        if self.out.len() + 2 > self.bound {
            return Err(self.refuse());
        }
        match bracket {
            Bracket::Array => {
                self.descend(b']')?;
                self.out.push('[');
            }
            Bracket::Object => {
                self.descend(b'}')?;
                self.out.push('{');
            }
        }
        self.bound -= 1;
        Ok(std::mem::replace(&mut self.length, length))
    }

    #[inline]
    pub(super) fn close(&mut self, bracket: Bracket, outer_length: usize) -> Done {
        if self.out.len() > self.bound {
            return Err(self.refuse());
        }
        self.leave();
        self.bound += 1;
        self.length = outer_length;
        self.out.push(match bracket {
            Bracket::Array => ']',
            Bracket::Object => '}',
        });
        Ok(())
    }

    /// The levels open now.
    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Takes back all that was written.
    pub(super) fn revert(&mut self) {
        self.out.truncate(self.start);
    }

    #[inline]
    pub(super) fn last(&self) -> u8 {
        self.out.as_bytes().last().copied().unwrap_or_default()
    }
}

fn failed_display() -> Failure {
    Failure(Box::new("a formatting implementation returned an error".to_owned()))
}
