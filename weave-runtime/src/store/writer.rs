//! The sink that writes calls to the store.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, TransactionBehavior};

use super::database::{explain, open_for_writing};
use super::folder;
use super::insert::Insert;
use super::ops::OpIds;
use super::writers::{self, Presence};
use crate::error::Error;
use crate::record::CallRecord;
use crate::sink::Sink;

/// Writes calls to the store in one directory, beside any number of other writers.
///
/// What a batch holds survives the end of the process as soon as [`export`](Sink::export) returns, though not
/// necessarily a loss of power. Calls that are running when the writer is dropped stay so until somebody looks next,
/// who sees them as interrupted.
#[derive(Debug)]
pub(crate) struct Writer {
    dir: PathBuf,
    path: PathBuf,
    birth: Option<SystemTime>,
    connection: Connection,
    ops: OpIds,
    id: i64,
    // After the connection: the writer is there until its last write is.
    _presence: Presence,
}

impl Writer {
    /// Opens the store of a directory, which is made if it is missing; running calls of writers that are no longer
    /// there become interrupted.
    ///
    /// # Errors
    ///
    /// [`is_store`](Error::is_store) when the directory cannot be written to, or its `weave.db` is locked by another
    /// program, is not a database, is another program's, or was written by a newer version of this library.
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        let path = folder::prepare(dir)?;
        let (connection, (id, presence)) = open_for_writing(&path, |transaction| {
            writers::bury_dead(dir, transaction).map_err(|error| explain(&path, "open", error))?;
            writers::enter(dir, transaction)
        })?;
        Ok(Self {
            dir: dir.to_owned(),
            birth: folder::birth(&path),
            path,
            connection,
            ops: OpIds::default(),
            id,
            _presence: presence,
        })
    }

    fn write(&mut self, calls: &[CallRecord]) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Insert::new(&transaction, &mut self.ops, self.id)?.put(calls)?;
        transaction.commit()
    }
}

impl Sink for Writer {
    fn name(&self) -> &str {
        "local"
    }

    fn export(&mut self, calls: &[CallRecord]) -> Result<(), Error> {
        // Somebody removed the store, perhaps to begin afresh: what goes on being written to it would be lost.
        if folder::birth(&self.path) != self.birth {
            *self = Self::open(&self.dir)?;
        }
        self.write(calls).map_err(|error| {
            self.ops.forget();
            explain(&self.path, "write to", error)
        })
    }
}
