//! The lines on stderr that say where calls can be looked at.

use std::time::{Duration, Instant};

use super::session::{Project, quoted};
use crate::diagnostics;
use crate::id::CallId;

/// As many links are printed in a second.
const MOST: usize = 10;

const SECOND: Duration = Duration::from_secs(1);

/// What was printed lately.
pub(super) struct Printed {
    app_url: String,
    is_on: bool,
    has_told: bool,
    since: Option<Instant>,
    links: usize,
}

impl Printed {
    pub(super) fn new(app_url: &str, is_on: bool) -> Self {
        Self { app_url: app_url.to_owned(), is_on, has_told: false, since: None, links: 0 }
    }

    /// That there is a project: once, however often it had to be looked up.
    pub(super) fn project(&mut self, project: &Project) {
        if self.is_on && !std::mem::replace(&mut self.has_told, true) {
            diagnostics::to_stderr(&format!("View Weave data at {}/{}/weave", self.app_url, project.path));
        }
    }

    /// That calls without a parent were delivered.
    pub(super) fn roots(&mut self, project: &Project, roots: &[CallId]) {
        let pages = roots.iter().map(|id| format!("r/call/{id}"));
        self.pages(project, pages, "weave/calls");
    }

    /// That turns of conversations were.
    pub(super) fn conversations(&mut self, project: &Project, ids: &[String]) {
        let pages = ids.iter().map(|id| format!("weave/agents/conversations/{}", quoted(id)));
        self.pages(project, pages, "weave/agents");
    }

    /// The pages of a project, and where there are more.
    fn pages(&mut self, project: &Project, pages: impl Iterator<Item = String>, all: &str) {
        if self.is_on {
            for line in self.lines(project, pages, all, Instant::now()) {
                diagnostics::to_stderr(&line);
            }
        }
    }

    fn lines(
        &mut self,
        project: &Project,
        mut pages: impl Iterator<Item = String>,
        all: &str,
        now: Instant,
    ) -> Vec<String> {
        if self.since.is_none_or(|since| now.duration_since(since) >= SECOND) {
            (self.since, self.links) = (Some(now), 0);
        }
        let Self { app_url, .. } = self;
        let few = pages.by_ref().take(MOST.saturating_sub(self.links));
        let mut lines: Vec<_> = few.map(|page| format!("🍩 {app_url}/{}/{page}", project.path)).collect();
        self.links += lines.len();
        let more = pages.count();
        // One line a second says so.
        if more > 0 && self.links <= MOST {
            self.links = MOST + 1;
            lines.push(format!("🍩 and {more} more: {app_url}/{}/{all}", project.path));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(count: u64) -> impl Iterator<Item = String> {
        (1..=count).map(|n| format!("r/call/{n}"))
    }

    #[test]
    fn few_links_are_printed_in_a_second_and_one_line_for_the_rest() {
        let project = Project { id: "e/p".to_owned(), path: "e/p".to_owned() };
        let (mut printed, now) = (Printed::new("https://wandb.ai", true), Instant::now());
        assert_eq!(printed.lines(&project, pages(1), "weave/calls", now), ["🍩 https://wandb.ai/e/p/r/call/1"]);
        let lines = printed.lines(&project, pages(100), "weave/calls", now);
        assert_eq!((lines.len(), lines[9].as_str()), (10, "🍩 and 91 more: https://wandb.ai/e/p/weave/calls"));
        assert!(printed.lines(&project, pages(100), "weave/calls", now).is_empty());
        assert_eq!(printed.lines(&project, pages(2), "weave/calls", now + SECOND).len(), 2);
    }
}
