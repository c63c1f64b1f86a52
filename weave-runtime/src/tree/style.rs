//! How a tree is drawn: how wide, and in which colours.

use crate::record::Status;

/// How [`CallTree::draw`](crate::CallTree::draw) and the [`Console`](crate::Console) draw.
///
/// ```
/// #[weave::op]
/// fn greet(name: &str) -> String {
///     format!("hello {name}")
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| greet("Ada"));
///
/// let plain = weave::TreeStyle::new().width(60);
/// assert!(recorder.tree().draw(&plain).starts_with("✓ greet"));
///
/// let colored = plain.color(true);
/// assert!(recorder.tree().draw(&colored).starts_with("\u{1b}[32m✓\u{1b}[0m"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TreeStyle {
    width: usize,
    color: bool,
}

impl TreeStyle {
    /// 100 columns, without colour.
    #[must_use]
    pub const fn new() -> Self {
        Self { width: 100, color: false }
    }

    /// Columns that no line is wider than; at least 20, below which no call could be told from another.
    #[must_use]
    pub const fn width(mut self, columns: usize) -> Self {
        self.width = if columns < 20 { 20 } else { columns };
        self
    }

    /// Whether to use the escape codes that give a terminal its colours.
    #[must_use]
    pub const fn color(mut self, on: bool) -> Self {
        self.color = on;
        self
    }

    pub(super) const fn columns(&self) -> usize {
        self.width
    }

    /// Appends text in the colour of its meaning.
    pub(super) fn paint(&self, ink: Ink, text: &str, out: &mut String) {
        match ink.code().filter(|_| self.color && !text.is_empty()) {
            Some(code) => {
                let inner = text.trim_end_matches(' ');
                out.push_str(code);
                out.push_str(inner);
                out.push_str("\x1b[0m");
                out.push_str(&text[inner.len()..]);
            }
            None => out.push_str(text),
        }
    }
}

impl Default for TreeStyle {
    fn default() -> Self {
        Self::new()
    }
}

/// What a piece of text means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ink {
    /// Guides, arrows, durations: there, but not in the way.
    Faint,
    Kind,
    Name,
    Tokens,
    Status(Status),
    Value,
}

impl Ink {
    const fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::Faint => "\x1b[2m",
            Self::Kind | Self::Status(Status::Running) => "\x1b[36m",
            Self::Name => "\x1b[1m",
            Self::Tokens => "\x1b[34m",
            Self::Status(Status::Success) => "\x1b[32m",
            Self::Status(Status::Error) => "\x1b[31m",
            Self::Status(Status::Cancelled | Status::Interrupted) => "\x1b[33m",
            Self::Value => return None,
        })
    }
}
