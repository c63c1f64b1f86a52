//! What a client that starts has to say.

use crate::config::Config;
use crate::diagnostics;
use crate::error::Error;

/// Where calls go, or why they do not.
#[derive(Default)]
pub(super) struct Introduction {
    /// Of the store.
    stored: Option<String>,
    /// Of what is sent away.
    sent: Vec<String>,
    /// Why the store is of no use. Later failures have the same cause: one warning, not two.
    warning: Option<(String, Error)>,
}

impl Introduction {
    /// Where the calls of this client go, and how to look at them, unless nothing is to be said of it.
    pub(super) fn of(config: &Config) -> Self {
        let Config { project, dir, console, .. } = config;
        if !config.announce {
            return Self::default();
        }
        let look = if *console { "" } else { ", WEAVE_CONSOLE=1 draws each call here" };
        let stored = format!("weave: recording {project:?} in {}: weave::client() reads it{look}", dir.display());
        let weave = config.wandb.as_ref().map(|wandb| format!("W&B Weave at {}", wandb.trace_server_url));
        let otlp = config.otlp.as_ref().map(|otlp| otlp.shown.clone());
        let sent = weave.into_iter().chain(otlp).map(|place| format!("weave: sending {project:?} to {place}"));
        Self { stored: config.local.then_some(stored), sent: sent.collect(), warning: None }
    }

    /// Says why the store is of no use, and not where it is.
    pub(super) fn warn(&mut self, cause: String, error: Error) {
        self.stored = None;
        self.warning = Some((cause, error));
    }

    pub(super) fn speak(self) {
        for line in self.stored.iter().chain(&self.sent) {
            diagnostics::to_stderr(line);
        }
        if let Some((cause, error)) = self.warning {
            diagnostics::warn(&cause, &format!("calls are not stored: {error}"));
        }
    }
}
