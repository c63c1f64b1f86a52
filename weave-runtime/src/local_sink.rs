//! The local store as a sink that waits for its store: one that cannot be opened now is tried again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::pipeline::Mount;
use crate::record::CallRecord;
use crate::sink::Sink;
use crate::store::Writer;

/// The sink's name in reports and warnings.
pub(crate) const NAME: &str = "local";

/// The time between two attempts to open the store.
const RETRY: Duration = Duration::from_secs(2);

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
    /// Opens the store; when it cannot be used now, the sink says why as its trouble.
    ///
    /// # Errors
    ///
    /// [`is_feature`](Error::is_feature) when there is no store in this build.
    pub(crate) fn open(dir: &Path) -> Result<Mount, Error> {
        let store = Writer::open(dir);
        let trouble = store.as_ref().err().cloned();
        if let Some(error) = trouble.as_ref().filter(|error| error.is_feature()) {
            return Err(error.clone());
        }
        let store = store.map_err(|error| Unopened { error, tried: Instant::now() });
        let sink: Box<dyn Sink> = Box::new(Self { dir: dir.to_owned(), store });
        let cause = format!("failed {NAME} {}", dir.display());
        Ok(Mount { trouble, cause, ..sink.into() })
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
}
