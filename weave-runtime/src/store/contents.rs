//! The bytes beside calls: stored once by their hash, read when they are asked for.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use super::database::{explain, open_for_reading};
use crate::error::Error;
use crate::record::{CallRecord, Contents};
use crate::value::{Blob, Digest, Lookup, may_have_marks};

/// Writes the contents of a call whose row has this `seq`, inside a write transaction.
pub(super) fn put(connection: &Connection, call: &CallRecord, seq: i64) -> rusqlite::Result<()> {
    let Some(contents) = call.details.as_ref().and_then(|details| details.contents.as_ref()) else { return Ok(()) };
    for (digest, blob) in contents.all(call.texts()) {
        let content = find_or_insert(connection, &digest, &blob)?;
        connection
            .prepare_cached("INSERT OR IGNORE INTO content_uses (content, call) VALUES (?1, ?2)")?
            .execute([content, seq])?;
    }
    Ok(())
}

/// Writes the contents of a call that had others before.
pub(super) fn put_again(connection: &Connection, call: &CallRecord, seq: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM content_uses WHERE call = ?1")?.execute([seq])?;
    put(connection, call, seq)
}

fn find_or_insert(connection: &Connection, digest: &Digest, blob: &Blob) -> rusqlite::Result<i64> {
    let found = connection
        .prepare_cached("SELECT id FROM contents WHERE digest = ?1")?
        .query_row([digest.0], |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    connection
        .prepare_cached("INSERT INTO contents (digest, data) VALUES (?1, ?2)")?
        .execute(params![digest.0, blob.bytes()])?;
    Ok(connection.last_insert_rowid())
}

/// Where the contents of a store are read from, after the records that name them and on other threads.
#[derive(Clone, Debug)]
pub(super) struct Shelf(Arc<Place>);

struct Place {
    path: PathBuf,
    /// Opened when something is asked for.
    connection: Mutex<Option<Connection>>,
}

impl Shelf {
    /// The contents of the database at this path.
    pub(super) fn new(path: &Path) -> Self {
        Self(Arc::new(Place { path: path.to_owned(), connection: Mutex::new(None) }))
    }

    /// Gives a record that was read from the row with this `seq` the way to its contents, if it has any.
    pub(super) fn attach(&self, record: &mut CallRecord, seq: i64) {
        if record.texts().any(may_have_marks) {
            let contents = Contents::stored(Arc::new(OfCall { shelf: self.clone(), seq }));
            record.details.get_or_insert_default().contents = Some(Arc::new(contents));
        }
    }
}

/// The contents of one call.
struct OfCall {
    shelf: Shelf,
    seq: i64,
}

impl Lookup for OfCall {
    fn find(&self, digest: &Digest) -> Result<Option<Blob>, Error> {
        let Place { path, connection } = &*self.shelf.0;
        let mut open = connection.lock().unwrap_or_else(PoisonError::into_inner);
        if open.is_none() {
            *open = open_for_reading(path)?;
        }
        let Some(connection) = &*open else { return Ok(None) };
        let sql = "SELECT c.data FROM contents c JOIN content_uses u ON u.content = c.id \
                   WHERE u.call = ?1 AND c.digest = ?2";
        let read =
            || connection.prepare_cached(sql)?.query_row(params![self.seq, digest.0], |row| row.get(0)).optional();
        let data: Option<Vec<u8>> = read().map_err(|error| explain(path, "read", error))?;
        Ok(data.map(Blob::new))
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").field("path", &self.path).finish_non_exhaustive()
    }
}
