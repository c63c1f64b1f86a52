//! Text that is cut at a limit while it is written, escaped for JSON or plain.

use std::fmt::{self, Write as _};

use super::Limits;
use super::scan;

/// Where on the stack a capture began, and how far it may go from there.
#[derive(Clone, Copy)]
pub(super) struct Stack {
    base: usize,
    budget: usize,
}

impl Stack {
    #[inline]
    pub(super) fn start(limits: &Limits) -> Self {
        Self { base: here(), budget: limits.stack }
    }

    #[inline]
    pub(super) fn is_spent(self) -> bool {
        here().abs_diff(self.base) > self.budget
    }
}

/// The address of a local variable, which is as good as the stack pointer.
#[inline]
fn here() -> usize {
    let local = 0_u8;
    std::hint::black_box(&raw const local).addr()
}

/// A [`fmt::Write`] that stops at a limit, and says in the text that it did.
///
/// What comes after the cut is refused, so a `Debug` that would go on for ever ends there.
pub(super) struct Text<'a> {
    out: &'a mut String,
    bound: usize,
    stack: Stack,
    is_json: bool,
    kept: usize,
    cut: Option<Cut>,
}

/// Which limit a value has reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Bytes,
    Stack,
}

impl<'a> Text<'a> {
    /// The content of a JSON string, which may grow `out` to `bound` bytes.
    pub(super) fn json(out: &'a mut String, bound: usize, stack: Stack) -> Self {
        Self { out, bound, stack, is_json: true, kept: 0, cut: None }
    }

    /// Text as it is, which may grow `out` to `bound` bytes.
    pub(super) fn plain(out: &'a mut String, bound: usize, stack: Stack) -> Self {
        Self { is_json: false, ..Self::json(out, bound, stack) }
    }

    pub(super) fn cut(&self) -> Option<Cut> {
        self.cut
    }

    /// The length of the buffer.
    pub(super) fn end(&self) -> usize {
        self.out.len()
    }

    /// Writes the mark of the cut, if there was one. `length` is how long the text would have been, if known.
    pub(super) fn finish(self, length: Option<usize>) {
        let Some(cut) = self.cut else { return };
        self.out.push_str("… [cut: kept ");
        push_number(self.out, self.kept);
        if let Some(length) = length {
            self.out.push_str(" of ");
            push_number(self.out, length);
        }
        self.out.push_str(" bytes");
        if cut == Cut::Stack {
            self.out.push_str(", nested too deep");
        }
        self.out.push(']');
    }
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.cut.is_some() {
            return Err(fmt::Error);
        }
        if self.stack.is_spent() {
            self.cut = Some(Cut::Stack);
            return Err(fmt::Error);
        }
        let kept = if self.is_json {
            push_escaped(self.out, text, self.bound)
        } else {
            let fitting = prefix(text, self.bound.saturating_sub(self.out.len()));
            self.out.push_str(fitting);
            fitting.len()
        };
        self.kept += kept;
        if kept < text.len() {
            self.cut = Some(Cut::Bytes);
            return Err(fmt::Error);
        }
        Ok(())
    }
}

/// Writes `args` as the content of a JSON string, without limits: for our own short texts only.
pub(super) fn push_escaped_args(out: &mut String, bytes: usize, args: fmt::Arguments<'_>) {
    let bound = out.len().saturating_add(bytes);
    let stack = Stack { base: here(), budget: usize::MAX };
    let mut text = Text::json(out, bound, stack);
    // Either the text was cut, which `finish` says, or the `Display` inside gave up half-way, which is kept as it is.
    let _ = text.write_fmt(args);
    text.finish(None);
}

pub(super) fn push_number(out: &mut String, number: usize) {
    out.push_str(itoa::Buffer::new().format(number));
}

/// Appends text escaped for JSON for as long as `out` stays within `bound` bytes; returns how many bytes of it fitted.
pub(super) fn push_escaped(out: &mut String, text: &str, bound: usize) -> usize {
    // No more than this can fit, so no more is looked at.
    let window = prefix(text, bound.saturating_sub(out.len()));
    let bytes = window.as_bytes();
    let mut from = 0;
    loop {
        let at = scan::find_escape(bytes, from).unwrap_or(bytes.len());
        let plain = window.get(from..at).unwrap_or_default();
        let room = bound.saturating_sub(out.len());
        if plain.len() > room {
            let fitting = prefix(plain, room);
            out.push_str(fitting);
            return from + fitting.len();
        }
        out.push_str(plain);
        let Some(escape) = bytes.get(at).and_then(|byte| escape(*byte)) else { return at };
        if out.len() + escape.len() > bound {
            return at;
        }
        out.push_str(escape);
        from = at + 1;
    }
}

/// The longest start of `text` that has at most `bytes` bytes and ends between characters.
#[inline]
pub(super) fn prefix(text: &str, bytes: usize) -> &str {
    if bytes >= text.len() {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The JSON escape of a byte that needs one.
#[inline]
fn escape(byte: u8) -> Option<&'static str> {
    match byte {
        b'"' => Some("\\\""),
        b'\\' => Some("\\\\"),
        _ => CONTROLS.get(usize::from(byte)).copied(),
    }
}

#[rustfmt::skip]
const CONTROLS: [&str; 32] = [
    "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007",
    "\\b", "\\t", "\\n", "\\u000b", "\\f", "\\r", "\\u000e", "\\u000f",
    "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017",
    "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f",
];
