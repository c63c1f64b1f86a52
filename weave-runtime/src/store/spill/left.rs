//! What is left: by processes that are gone, or for too long.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, params};

use super::{Spill, now};
use crate::error::Error;
use crate::store::database::{self, explain};
use crate::store::{folder, writers};

/// The schema that brought the tables.
const SINCE_SCHEMA: i64 = 4;

impl Spill {
    /// Whether a process that is gone left something for an address. Makes nothing.
    ///
    /// # Errors
    ///
    /// [`is_store`](Error::is_store) when there is a database that cannot be read.
    pub(crate) fn is_left(dir: &Path, address: &str) -> Result<bool, Error> {
        let path = folder::database(dir);
        if !path.exists() {
            return Ok(false);
        }
        let failed = |error| explain(&path, "read", error);
        let connection = database::connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
        if version < SINCE_SCHEMA {
            return Ok(false);
        }
        is_left_of_others(dir, &connection, address, 0).map_err(failed)
    }

    /// Removes what was kept longer than asked for, of what comes after a number. How many calls that were.
    ///
    /// # Errors
    ///
    /// When the store cannot be read or written.
    pub(crate) fn remove_older(&mut self, spill: i64, after: i64, age: Duration) -> Result<u64, Error> {
        let before = before(age);
        let path = &self.path;
        // Rows are made in their order: when the first is young enough, all are.
        let first =
            "SELECT coalesce((SELECT made_at FROM spilled WHERE spill = ?1 AND id > ?3 ORDER BY id LIMIT 1) < ?2, 0)";
        let is_due: bool = self
            .connection
            .prepare_cached(first)
            .and_then(|mut statement| statement.query_row(params![spill, before, after], |row| row.get(0)))
            .map_err(|error| explain(path, "read", error))?;
        let mut calls = 0;
        if is_due {
            self.write(|transaction, _| {
                let old = "FROM spilled WHERE spill = ?1 AND id > ?3 AND made_at < ?2";
                let count = format!("SELECT count(call_id) {old}");
                let removed: i64 = transaction.query_row(&count, params![spill, before, after], |row| row.get(0))?;
                calls = removed.unsigned_abs();
                transaction.execute(&format!("DELETE {old}"), params![spill, before, after]).map(drop)
            })?;
        }
        Ok(calls)
    }

    /// Takes over what processes that are gone kept for the address, for nobody else to deliver: the numbers of their spills.
    ///
    /// # Errors
    ///
    /// When the store cannot be read or written.
    pub(crate) fn take_over(&mut self) -> Result<Vec<i64>, Error> {
        let left = is_left_of_others(&self.dir, &self.connection, &self.address, self.writer);
        if !left.map_err(|error| explain(&self.path, "read", error))? {
            return Ok(Vec::new());
        }
        let (dir, address, writer) = (self.dir.clone(), self.address.clone(), self.writer);
        let mut taken = Vec::new();
        self.write(|transaction, _| {
            writers::bury_dead(&dir, transaction)?;
            let mut update = transaction.prepare(
                "UPDATE spills SET writer_id = ?2 WHERE address = ?1 AND writer_id IN (SELECT id FROM writers WHERE closed = 1) \
                 RETURNING id",
            )?;
            taken = update.query_map(params![address, writer], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(())
        })?;
        taken.sort_unstable();
        Ok(taken)
    }

    /// Forgets a spill that was taken over and has been delivered.
    ///
    /// # Errors
    ///
    /// When the store cannot be written.
    pub(crate) fn close(&mut self, spill: i64) -> Result<(), Error> {
        self.write(|transaction, _| {
            let close = "DELETE FROM spills WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM spilled WHERE spill = ?1)";
            transaction.execute(close, [spill]).map(drop)
        })
    }
}

/// Removes what processes that are gone kept for longer than asked for, for other addresses: perhaps nobody delivers there any
/// more. How many calls that were.
pub(super) fn forget_old(transaction: &Transaction<'_>, address: &str, age: Duration) -> rusqlite::Result<u64> {
    let first = "(SELECT made_at FROM spilled WHERE spill = spills.id ORDER BY id LIMIT 1)";
    let of_dead = "FROM spills WHERE writer_id IN (SELECT id FROM writers WHERE closed = 1) AND address <> ?1";
    let old = format!("FROM spilled WHERE made_at < ?2 AND spill IN (SELECT id {of_dead} AND {first} < ?2)");
    let calls = format!("SELECT count(call_id) {old}");
    let calls: i64 = transaction.query_row(&calls, params![address, before(age)], |row| row.get(0))?;
    transaction.execute(&format!("DELETE {old}"), params![address, before(age)])?;
    transaction.execute(&format!("DELETE {of_dead} AND {first} IS NULL"), [address])?;
    Ok(calls.unsigned_abs())
}

/// What was made before is too old.
fn before(age: Duration) -> i64 {
    now().saturating_sub(i64::try_from(age.as_nanos()).unwrap_or(i64::MAX))
}

/// Whether somebody else, who is gone, kept something for an address.
fn is_left_of_others(dir: &Path, connection: &Connection, address: &str, own: i64) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT writers.name, writers.closed FROM spills JOIN writers ON writers.id = spills.writer_id \
         WHERE address = ?1 AND writer_id <> ?2 AND EXISTS (SELECT 1 FROM spilled WHERE spill = spills.id)",
    )?;
    let mut rows = statement.query(params![address, own])?;
    while let Some(row) = rows.next()? {
        let (name, closed): (String, bool) = (row.get(0)?, row.get(1)?);
        if closed || writers::is_gone(dir, &name) {
            return Ok(true);
        }
    }
    Ok(false)
}
