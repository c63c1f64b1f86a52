//! Connections to the database of a store: opened, checked, brought to the newest schema.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::error::Error;

/// "WEAV", by which a file is told from other programs' databases.
const APPLICATION: i32 = 0x5745_4156;

/// The steps from each version of the schema to the next. Released steps are never edited.
const MIGRATIONS: [&str; 4] = [
    include_str!("schema.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    include_str!("schema-4.sql"),
];

/// How long to wait for a lock while opening or reading, where somebody may be waiting in turn.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a batch waits for other writers: it has a thread of its own, and is lost if it gives up.
const WRITER_PATIENCE: Duration = Duration::from_secs(4);

/// Opens an existing file, which may still be empty, for writing: in one transaction, brings the schema up to date and
/// does what the caller adds, so that of two programs that open a store at once one comes first.
pub(super) fn open_for_writing<T>(
    path: &Path,
    then: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
) -> Result<(Connection, T), Error> {
    let failed = |error| explain(path, "open", error);
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
    check_at_once(path, &connection)?;
    use_write_ahead_log(&connection).map_err(failed)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let version = check(path, &transaction)?;
    migrate(&transaction, version).map_err(failed)?;
    let outcome = then(&transaction)?;
    transaction.commit().map_err(failed)?;
    connection.busy_timeout(WRITER_PATIENCE).map_err(failed)?;
    Ok((connection, outcome))
}

/// Opens a store for reading. `None` when there is no database, or one in which nothing has been made yet.
pub(super) fn open_for_reading(path: &Path) -> Result<Option<Connection>, Error> {
    if !path.exists() {
        return Ok(None);
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|error| explain(path, "open", error))?;
    let version = check_at_once(path, &connection)?;
    if version == 0 {
        return Ok(None);
    }
    if version < newest() {
        return Err(Error::store(format!(
            "the store {} has schema {version}, this weave-rs reads {}: run a program that records to it once, \
             which brings it up to date",
            path.display(),
            newest()
        )));
    }
    Ok(Some(connection))
}

pub(super) fn connect(path: &Path, mode: OpenFlags) -> rusqlite::Result<Connection> {
    // Without SQLITE_OPEN_URI, which would read a path that starts with "file:" as something else.
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "cache_size", -8_192)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

fn use_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    // The switch itself does not wait for other connections that are switching, too.
    let deadline = Instant::now() + PATIENCE;
    while let Err(error) = connection.pragma_update(None, "journal_mode", "WAL") {
        if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) || Instant::now() >= deadline {
            return Err(error);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    // A page that is written in many batches is copied back once: with a log of up to 64 MiB before that, and room in memory
    // for ids of others that are random, measured throughput at a million calls is up to twice SQLite's default.
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.pragma_update(None, "wal_autocheckpoint", 16_000)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)
}

/// As [`check`], of one moment: between two readings another program may make the store, and half of the one and half of
/// the other looks like somebody else's database.
fn check_at_once(path: &Path, connection: &Connection) -> Result<usize, Error> {
    let moment = connection.unchecked_transaction().map_err(|error| explain(path, "open", error))?;
    check(path, &moment)
}

/// The version of the schema, 0 for a file in which nothing has been made. Asked inside a transaction.
fn check(path: &Path, connection: &Connection) -> Result<usize, Error> {
    let number = |pragma| {
        connection
            .pragma_query_value(None, pragma, |row| row.get::<_, i32>(0))
            .map_err(|error| explain(path, "open", error))
    };
    let application = number("application_id")?;
    let version = number("user_version")?;
    let stranger = if version == 0 { number("schema_version")? != 0 } else { application != APPLICATION };
    if stranger {
        return Err(Error::store(format!(
            "{} is the database of another program: name another directory for the store (WEAVE_DIR)",
            path.display()
        )));
    }
    match usize::try_from(version) {
        Ok(version) if version <= newest() => Ok(version),
        _ => Err(Error::store(format!(
            "the store {} was written by a newer weave-rs (schema {version}, this one knows {}): update weave-rs, or \
             name another directory (WEAVE_DIR)",
            path.display(),
            newest()
        ))),
    }
}

fn migrate(transaction: &Transaction<'_>, version: usize) -> rusqlite::Result<()> {
    for step in MIGRATIONS.iter().skip(version) {
        transaction.execute_batch(step)?;
    }
    if version < newest() {
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", i64::try_from(newest()).unwrap_or(i64::MAX))?;
    }
    Ok(())
}

const fn newest() -> usize {
    MIGRATIONS.len()
}

/// Says what went wrong with which file, and what to do about it.
pub(super) fn explain(path: &Path, doing: &str, error: rusqlite::Error) -> Error {
    let path = path.display();
    let message = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("the store {path} is locked by another program: close it, or name another directory (WEAVE_DIR)")
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            format!("{path} is not a database, or is damaged: move it away and the next run makes a new one")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            format!(
                "cannot {doing} the store {path}: {error}; give this user write access to it and its directory, or \
                 name another directory (WEAVE_DIR)"
            )
        }
        Some(ErrorCode::DiskFull) => {
            format!(
                "cannot {doing} the store {path}: the disk is full; make room, or name another directory (WEAVE_DIR)"
            )
        }
        _ => format!("cannot {doing} the store {path}: {error}"),
    };
    Error::store(message).because(error)
}
