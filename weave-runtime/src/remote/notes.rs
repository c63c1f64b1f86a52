//! What there is to say of a delivery: collected under a lock, said without it.

use std::path::Path;

use crate::diagnostics;
use crate::error::Error;

/// What is to be said, for one destination.
#[derive(Debug)]
pub(super) struct Notes {
    name: &'static str,
    address: String,
    said: Vec<Note>,
    /// Of the calls of earlier processes that were delivered, how many were told of.
    recovered: u64,
}

/// Something to say.
#[derive(Debug)]
pub(super) enum Note {
    /// With its cause, of which it is said once a minute.
    Warning(String, String),
    News(String),
}

impl Note {
    pub(super) fn say(self) {
        match self {
            Self::Warning(cause, message) => diagnostics::warn(&cause, &message),
            Self::News(message) => diagnostics::inform(&message),
        }
    }
}

impl Notes {
    pub(super) fn new(name: &'static str, address: String) -> Self {
        Self { name, address, said: Vec::new(), recovered: 0 }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// What was noted, to be said when no lock is held: whoever hears it may ask for reports.
    pub(super) fn take(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.said)
    }

    /// Attempts go on failing.
    pub(super) fn later(&mut self, reason: &Error, disk: Option<&Path>) {
        let Self { name, address, .. } = self;
        let message = match disk {
            Some(dir) => format!(
                "the sink {name} cannot deliver to {address} now: {reason}; it tries again, and what waits goes to {}, for this run and \
                 the next",
                dir.display()
            ),
            None => format!(
                "the sink {name} cannot deliver to {address} now: {reason}; it tries again, and what waits is kept in memory only"
            ),
        };
        self.warn("later", message);
    }

    /// Nothing is taken as things are.
    pub(super) fn closed(&mut self, reason: &Error, disk: Option<&Path>) {
        let Self { name, address, .. } = self;
        let waits = match disk {
            Some(dir) => format!("goes to {} and is tried again each minute and by the next run", dir.display()),
            None => "is kept in memory only and tried again each minute".to_owned(),
        };
        let message =
            format!("the sink {name} delivers nothing to {address} until this is mended: {reason}; what waits {waits}");
        self.warn("closed", message);
    }

    /// Items were given up.
    pub(super) fn refused(&mut self, calls: u64, reason: &Error) {
        let Self { name, address, .. } = self;
        let what = if calls == 0 { "something that calls refer to".to_owned() } else { counted(calls) };
        let message = format!("{address} does not take {what} from the sink {name}, and never will: {reason}");
        self.warn("refused", message);
    }

    pub(super) fn dropped(&mut self, total: u64, trouble: Option<&Error>) {
        let Self { name, address, .. } = self;
        let why = match trouble {
            Some(error) => format!("nothing can be kept on disk ({error})"),
            None => "as much as may be (spill_bytes, WEAVE_MAX_SPILL_BYTES) is kept on disk".to_owned(),
        };
        let message = format!(
            "more waits for {address} than the sink {name} has room for: {why}; the newest calls are dropped ({total} so far, \
             see weave::health())"
        );
        self.warn("dropped", message);
    }

    pub(super) fn no_disk(&mut self, error: &Error) {
        // A build without a store was never to keep anything on disk.
        if !error.is_feature() {
            let message =
                format!("the sink {} cannot keep on disk what waits, which stays in memory: {error}", self.name);
            self.warn("no disk", message);
        }
    }

    pub(super) fn disk_is_full(&mut self) {
        let Self { name, address, .. } = self;
        let message = format!(
            "as much as may be of what waits for {address} is on disk: more of it would be lost with the process (raise \
             spill_bytes or WEAVE_MAX_SPILL_BYTES of the sink {name})"
        );
        self.warn("full disk", message);
    }

    pub(super) fn unreadable(&mut self, error: &Error) {
        if !error.is_feature() {
            let message = format!("the sink {} cannot read what waits on disk, and tries again: {error}", self.name);
            self.warn("unreadable", message);
        }
    }

    pub(super) fn too_old(&mut self, calls: u64) {
        if calls > 0 {
            let Self { address, .. } = self;
            let message = format!(
                "{} waited for {address} for longer than may be (spill_age, WEAVE_MAX_SPILL_AGE_S): given up",
                counted(calls)
            );
            self.warn("too old", message);
        }
    }

    pub(super) fn removed(&mut self, calls: u64) {
        let Self { name, address, .. } = self;
        let message = format!(
            "somebody removed the store in which the sink {name} kept what waits for {address}: {} are lost",
            counted(calls)
        );
        if calls > 0 {
            self.warn("removed", message);
        }
    }

    pub(super) fn forgotten(&mut self, calls: u64) {
        if calls > 0 {
            let message = format!(
                "{} that earlier runs could not deliver to other addresses waited for longer than may be (spill_age, \
                 WEAVE_MAX_SPILL_AGE_S): given up",
                counted(calls)
            );
            self.warn("forgotten", message);
        }
    }

    /// So many calls of earlier processes were delivered, all of them for now or not.
    pub(super) fn recovered(&mut self, total: u64, all: bool) {
        if all && total > self.recovered {
            let calls = counted(total - self.recovered);
            self.recovered = total;
            let message = format!("delivered now to {}: {calls} that an earlier run could not deliver", self.address);
            self.said.push(Note::News(message));
        }
    }

    /// What is neither delivered nor on disk.
    pub(super) fn not_durable(&self, calls: u64, trouble: Option<&Error>) -> Error {
        let message =
            format!("in memory only, and lost when the program ends: {} for {}", counted(calls), self.address);
        match trouble {
            Some(error) => Error::delivery(format!("{message}; {error}")).because(error.clone()),
            None => {
                Error::delivery(format!("{message}; no more may be kept on disk (spill_bytes, WEAVE_MAX_SPILL_BYTES)"))
            }
        }
    }

    fn warn(&mut self, cause: &str, message: String) {
        self.said.push(Note::Warning(format!("{cause} {} {}", self.name, self.address), message));
    }
}

fn counted(calls: u64) -> String {
    if calls == 1 { "1 call".to_owned() } else { format!("{calls} calls") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_says_where_what_waits_goes_and_promises_no_disk_where_there_is_none() {
        let (reason, dir) = (Error::delivery("connection refused"), Path::new("/srv/.weave"));
        let mut notes = Notes::new("otlp", "team/project at http://localhost:4318/v1/traces".to_owned());
        for disk in [Some(dir), None] {
            notes.later(&reason, disk);
            notes.closed(&reason, disk);
        }
        let said = notes.take().into_iter().map(|note| match note {
            Note::Warning(_, message) | Note::News(message) => message,
        });
        let said: Vec<_> = said.collect();
        assert!(said.iter().all(|message| message.contains(": connection refused; ")), "{said:?}");
        assert!(said[..2].iter().all(|message| message.contains("what waits goes to /srv/.weave")), "{said:?}");
        assert!(
            said[2..].iter().all(|message| message.contains("in memory only") && !message.contains("next")),
            "{said:?}"
        );
    }
}
