//! The local store as a sink that waits for its store: one that cannot be opened now is tried again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::diagnostics;
use crate::error::Error;
use crate::record::CallRecord;
use crate::sink::Sink;
use crate::store::Writer;

/// The sink's name in reports and warnings.
const NAME: &str = "local";

/// The time between two attempts to open the store.
const RETRY: Duration = Duration::from_secs(5);

/// Writes to the store in a folder, as soon as it can be opened.
#[derive(Debug)]
pub(crate) struct LocalSink {
    dir: PathBuf,
    store: Result<Writer, Unopened>,
}

#[derive(Debug)]
struct Unopened {
    error: Error,
    tried: Instant,
}

impl LocalSink {
    /// Opens the store, or warns once that it cannot be used.
    ///
    /// # Errors
    ///
    /// [`is_feature`](Error::is_feature) when there is no store in this build; anything else is only a warning.
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        let store = Writer::open(dir);
        match &store {
            Err(error) if error.is_feature() => return Err(error.clone()),
            // The same cause as when an export fails: one warning, not two.
            Err(error) => diagnostics::warn(&format!("failed {NAME}"), &format!("calls are not stored: {error}")),
            Ok(_) => {}
        }
        let store = store.map_err(|error| Unopened { error, tried: Instant::now() });
        Ok(Self { dir: dir.to_owned(), store })
    }

    /// Whether calls are stored now.
    pub(crate) fn is_open(&self) -> bool {
        self.store.is_ok()
    }

    fn writer(&mut self) -> Result<&mut Writer, Error> {
        if let Err(unopened) = &mut self.store
            && unopened.tried.elapsed() >= RETRY
        {
            match Writer::open(&self.dir) {
                Ok(writer) => self.store = Ok(writer),
                Err(error) => *unopened = Unopened { error, tried: Instant::now() },
            }
        }
        self.store.as_mut().map_err(|unopened| unopened.error.clone())
    }
}

impl Sink for LocalSink {
    fn name(&self) -> &str {
        NAME
    }

    fn export(&mut self, calls: &[CallRecord]) -> Result<(), Error> {
        self.writer()?.export(calls)
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.writer()?.flush()
    }
}
