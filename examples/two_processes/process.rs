//! The second process: this program again, as the service.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::Error;

/// The argument that makes this program the service.
pub(crate) const SERVE: &str = "--serve";

/// The service, for as long as it runs.
pub(crate) struct Service {
    process: Child,
    url: String,
}

impl Service {
    /// Starts it, and waits until it says where it is.
    pub(crate) fn start() -> Result<Self, Error> {
        let mut command = Command::new(env::current_exe()?);
        let mut process = command.arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut url)?;
        }
        let service = Self { process, url: url.trim_end().to_owned() };
        if service.url.is_empty() { Err("the service ended before it said where it is".into()) } else { Ok(service) }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Lets it end, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<(), Error> {
        drop(self.process.stdin.take());
        let status = self.process.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the service ended with {status}").into()) }
    }
}
