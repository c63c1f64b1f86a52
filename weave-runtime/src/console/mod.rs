//! Draws the calls of a program on its own stderr while it runs.

mod terminal;
#[cfg(test)]
mod tests;
mod waiting;

use std::fmt;
use std::io::Write;

use crate::error::Error;
use crate::record::{CallRecord, Status};
use crate::sink::Sink;
use crate::tree::{CallTree, Drawing, TreeStyle};
use terminal::Terminal;
use waiting::{Family, Waiting};

/// A [`Sink`] that draws the tree of each root call when it has ended.
///
/// The calls below a root are kept until then, at most 10,000 of them and 32 MiB; past that the oldest are drawn as they
/// are. A call that ends after its parent was drawn is drawn by itself, below a line that names the parent.
///
/// ```
/// use std::io::Read;
/// use weave::Sink;
///
/// #[weave::op]
/// fn half(n: u32) -> u32 {
///     n / 2
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| half(4));
///
/// let (mut reader, writer) = std::io::pipe()?;
/// let mut console = weave::Console::new(Box::new(writer), weave::TreeStyle::new())?;
/// console.export(&recorder.calls())?;
/// drop(console);
///
/// let mut text = String::new();
/// reader.read_to_string(&mut text)?;
/// assert!(text.starts_with("✓ half(n: 4) -> 2"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Console {
    out: Box<dyn Write + Send>,
    look: Look,
    waiting: Waiting,
    has_failed: bool,
}

enum Look {
    Fixed(TreeStyle),
    Terminal(Terminal),
}

impl Console {
    /// Draws on stderr: as wide as `COLUMNS` says, else as the terminal is at that moment, else 100 columns; in colour on
    /// a terminal, unless `NO_COLOR` is set (and not empty) or `TERM` is `dumb`.
    ///
    /// `env` looks up an environment variable; `&|name| std::env::var(name).ok()` is the real environment.
    ///
    /// # Errors
    ///
    /// [`is_feature`](Error::is_feature) when the crate was built without the feature `console`.
    pub fn stderr(env: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        Ok(Self::with(Box::new(std::io::stderr()), Look::Terminal(Terminal::detect(env))))
    }

    /// Draws anywhere else, always in this style.
    ///
    /// # Errors
    ///
    /// [`is_feature`](Error::is_feature) when the crate was built without the feature `console`.
    pub fn new(out: Box<dyn Write + Send>, style: TreeStyle) -> Result<Self, Error> {
        Ok(Self::with(out, Look::Fixed(style)))
    }

    fn with(out: Box<dyn Write + Send>, look: Look) -> Self {
        Self { out, look, waiting: Waiting::default(), has_failed: false }
    }

    fn draw(&mut self, families: Vec<Family>) -> Result<(), Error> {
        let style = match &self.look {
            Look::Fixed(style) => style.clone(),
            Look::Terminal(terminal) => terminal.style(),
        };
        let mut text = String::new();
        for Family { below, calls } in families {
            let heading = below.map(|parent| parent.to_string());
            let tree = CallTree::new(calls);
            text.push_str(&Drawing { tree: &tree, style: &style, heading: heading.as_deref() }.to_text());
            text.push('\n');
        }
        self.write(&text)
    }

    /// In one piece, so that lines of the program do not come between.
    fn write(&mut self, text: &str) -> Result<(), Error> {
        if text.is_empty() {
            return Ok(());
        }
        match self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            // A closed stderr stays closed, and nobody wants to hear of it for every call.
            Err(error) if !std::mem::replace(&mut self.has_failed, true) => {
                Err(Error::undelivered("finished calls could not be drawn on the console").because(error))
            }
            _ => Ok(()),
        }
    }
}

impl Sink for Console {
    fn name(&self) -> &str {
        "console"
    }

    /// Draws the roots among these calls, with the calls below them that have come so far.
    ///
    /// # Errors
    ///
    /// [`is_delivery`](Error::is_delivery) the first time that it cannot write; later failures are not reported.
    fn export(&mut self, calls: &[CallRecord]) -> Result<(), Error> {
        for call in calls.iter().filter(|call| call.status() != Status::Running) {
            self.waiting.add(call);
        }
        let families = self.waiting.take();
        self.draw(families)
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}
