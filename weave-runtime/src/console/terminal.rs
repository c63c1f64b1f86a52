//! What the terminal behind stderr can show.

use std::io::IsTerminal;

use crate::tree::TreeStyle;

/// The environment as it was when the console was made.
pub(super) struct Terminal {
    columns: Option<usize>,
    color: bool,
}

impl Terminal {
    pub(super) fn detect(env: &dyn Fn(&str) -> Option<String>) -> Self {
        Self::of(std::io::stderr().is_terminal(), env)
    }

    pub(super) fn of(is_terminal: bool, env: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name| env(name).is_some_and(|value| !value.is_empty());
        // The older console of Windows prints escape codes; every terminal that understands them sets one of these.
        let understands = !cfg!(windows) || ["WT_SESSION", "TERM", "ANSICON", "ConEmuANSI"].into_iter().any(set);
        let dumb = env("TERM").as_deref() == Some("dumb");
        Self {
            columns: env("COLUMNS").and_then(|columns| columns.trim().parse().ok()).filter(|columns| *columns > 0),
            color: is_terminal && understands && !dumb && !set("NO_COLOR"),
        }
    }

    /// Asked for at each drawing, because windows are resized.
    pub(super) fn style(&self) -> TreeStyle {
        let size = || terminal_size::terminal_size_of(std::io::stderr());
        let columns = self.columns.or_else(|| size().map(|(width, _)| width.0.into()).filter(|columns| *columns > 0));
        let style = TreeStyle::new().color(self.color);
        match columns {
            Some(columns) => style.width(columns),
            None => style,
        }
    }
}
