//! In place of a Tokio runtime where there is no Tokio.

use crate::error::Error;

/// Nothing: exporters run as they are.
#[derive(Debug)]
pub(super) struct Reactor;

/// For as long as which nothing is different.
pub(super) struct Entered;

impl Reactor {
    /// Never fails.
    #[expect(clippy::unnecessary_wraps, reason = "its twin may fail")]
    pub(super) fn start() -> Result<Self, Error> {
        Ok(Self)
    }

    /// Does nothing.
    #[expect(clippy::unused_self, reason = "as of its twin")]
    pub(super) fn enter(&self) -> Entered {
        Entered
    }
}
