//! The writers of a store: who is alive, and what becomes of the calls of those that are not.
//!
//! A writer that lives holds the lock of a file of its own. The system lets go of it however the process ends, and
//! unlike a process id it means the same in every container that shares the directory.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, Transaction, params};

use super::database::explain;
use super::folder;
use crate::error::Error;
use crate::record::Timestamp;

const FOLDER: &str = "writers";
const EXTENSION: &str = "lock";

/// The proof that a writer lives, until it is dropped.
#[derive(Debug)]
pub(super) struct Presence {
    file: PathBuf,
    _lock: File,
}

impl Drop for Presence {
    fn drop(&mut self) {
        // A file that stays behind is removed by whoever opens the store next.
        let _ = fs::remove_file(&self.file);
    }
}

/// Enters a new writer. The lock is held before the row can be seen, so no reader of the row finds it free too early.
pub(super) fn enter(dir: &Path, transaction: &Transaction<'_>) -> Result<(i64, Presence), Error> {
    let name = format!("{:016x}", fastrand::u64(..));
    let file = lock_file(dir, &name);
    let presence = hold(&file).map_err(|error| {
        let message = format!(
            "cannot make the lock file {}: {error}; give this user write access to its directory, or name another one (WEAVE_DIR)",
            file.display()
        );
        Error::store(message).because(error)
    })?;
    transaction
        .execute(
            "INSERT INTO writers (name, opened_at) VALUES (?1, ?2)",
            params![name, Timestamp::from_system_time(SystemTime::now()).0],
        )
        .map_err(|error| explain(&folder::database(dir), "open", error))?;
    Ok((transaction.last_insert_rowid(), presence))
}

fn hold(file: &Path) -> io::Result<Presence> {
    if let Some(folder) = file.parent() {
        match folder::make_dir(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    let lock = folder::create_new(file)?;
    lock.try_lock()?;
    Ok(Presence { file: file.to_owned(), _lock: lock })
}

/// Turns what dead writers left running into interrupted calls.
pub(super) fn bury_dead(dir: &Path, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    for (id, name) in unclosed(transaction)? {
        let file = lock_file(dir, &name);
        if is_dead(&file) {
            // Says twice that it is not a success, to be found by the partial index.
            transaction.execute(
                "UPDATE calls SET status = 4 WHERE status = 0 AND status <> 1 AND writer_id = ?1",
                params![id],
            )?;
            transaction.execute("UPDATE writers SET closed = 1 WHERE id = ?1", params![id])?;
            let _ = fs::remove_file(file);
        }
    }
    remove_strays(dir, transaction)
}

/// True when [`bury_dead`] would find something to do.
pub(super) fn has_dead(dir: &Path, connection: &Connection) -> rusqlite::Result<bool> {
    Ok(unclosed(connection)?.iter().any(|(_, name)| is_dead(&lock_file(dir, name))))
}

/// Whether the writer of a name is no longer there.
pub(super) fn is_gone(dir: &Path, name: &str) -> bool {
    is_dead(&lock_file(dir, name))
}

/// Removes lock files without a row, left by a process that died while it opened the store. Files are made only by who
/// holds the database's write lock, as the caller does: none of them is just being made.
fn remove_strays(dir: &Path, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let known: Vec<PathBuf> = unclosed(transaction)?.iter().map(|(_, name)| lock_file(dir, name)).collect();
    let Ok(entries) = fs::read_dir(dir.join(FOLDER)) else { return Ok(()) };
    for file in entries.flatten().map(|entry| entry.path()) {
        let ours = file.extension().is_some_and(|extension| extension == EXTENSION);
        if ours && !known.contains(&file) && is_dead(&file) {
            let _ = fs::remove_file(file);
        }
    }
    Ok(())
}

fn unclosed(connection: &Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut statement = connection.prepare_cached("SELECT id, name FROM writers WHERE closed = 0")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// In doubt a writer is alive: a call that runs for too long misleads less than one that ends after its end.
fn is_dead(file: &Path) -> bool {
    match File::open(file) {
        Ok(lock) => match lock.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
        },
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

fn lock_file(dir: &Path, name: &str) -> PathBuf {
    dir.join(FOLDER).join(name).with_extension(EXTENSION)
}
