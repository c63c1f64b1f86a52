//! What could not be delivered to another machine yet: kept in the store, in order, for whoever delivers it.

mod left;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::database::{explain, open_for_writing};
use super::folder;
use super::writers::{self, Presence};
use crate::error::Error;
use crate::id::{CallId, TraceId};
use crate::record::Timestamp;

/// How long to wait for other writers: a moment, as what is not written now is written soon.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long what others keep, too, is taken for what it was.
const MEASURED: Duration = Duration::from_secs(5);

/// Of a row, beside its body.
const ROW_BYTES: usize = 64;

/// The store as the place where one process keeps what one address has not taken.
#[derive(Debug)]
pub(crate) struct Spill {
    dir: PathBuf,
    path: PathBuf,
    birth: Option<SystemTime>,
    connection: Connection,
    address: String,
    writer: i64,
    own: i64,
    /// What all writers keep for the address, and when that was asked.
    kept: (usize, Instant),
    /// Calls for other addresses that were too old when this was opened.
    forgotten: u64,
    _presence: Presence,
}

/// What is to be kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpillRow<'a> {
    pub(crate) route: &'a str,
    pub(crate) trace: Option<TraceId>,
    pub(crate) call: Option<CallId>,
    pub(crate) body: &'a [u8],
}

/// What was kept.
#[derive(Debug)]
pub(crate) struct Spilled {
    pub(crate) id: i64,
    pub(crate) route: String,
    pub(crate) trace: Option<TraceId>,
    pub(crate) call: Option<CallId>,
    pub(crate) body: Vec<u8>,
}

impl Spill {
    pub(crate) const IS_POSSIBLE: bool = true;

    /// Opens the store of a directory, which is made if it is missing. What was kept for longer than so is forgotten.
    ///
    /// # Errors
    ///
    /// [`is_store`](Error::is_store) when it cannot be used.
    pub(crate) fn open(dir: &Path, address: &str, age: Duration) -> Result<Self, Error> {
        let path = folder::prepare(dir)?;
        let failed = |error| explain(&path, "open", error);
        let (connection, (writer, presence, own, forgotten)) = open_for_writing(&path, |transaction| {
            writers::bury_dead(dir, transaction).map_err(failed)?;
            let forgotten = left::forget_old(transaction, address, age).map_err(failed)?;
            let (writer, presence) = writers::enter(dir, transaction)?;
            transaction
                .execute("INSERT INTO spills (address, writer_id) VALUES (?1, ?2)", params![address, writer])
                .map_err(failed)?;
            Ok((writer, presence, transaction.last_insert_rowid(), forgotten))
        })?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        let kept = (measure(&connection, address).map_err(failed)?, Instant::now());
        Ok(Self {
            dir: dir.to_owned(),
            birth: folder::birth(&path),
            path,
            connection,
            address: address.to_owned(),
            writer,
            own,
            kept,
            forgotten,
            _presence: presence,
        })
    }

    /// How many calls for other addresses were too old, told once.
    pub(crate) fn forgotten(&mut self) -> u64 {
        std::mem::take(&mut self.forgotten)
    }

    /// `false` when somebody removed the store: what it kept is gone.
    pub(crate) fn is_current(&self) -> bool {
        folder::birth(&self.path) == self.birth
    }

    /// What this process keeps, to be given to [`next`](Self::next).
    pub(crate) fn own(&self) -> i64 {
        self.own
    }

    /// Keeps rows after those that are kept already: as many of the first as fit into the bound, which is one of all
    /// processes. Their numbers.
    ///
    /// # Errors
    ///
    /// When the store cannot be written: none is kept.
    pub(crate) fn append<'a>(
        &mut self,
        rows: impl IntoIterator<Item = SpillRow<'a>>,
        most_bytes: usize,
    ) -> Result<Vec<i64>, Error> {
        let mut kept = self.measured()?;
        let mut ids = Vec::new();
        self.write(|transaction, own| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO spilled (spill, bytes, made_at, route, trace_id, call_id, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            let now = now();
            for row in rows {
                let bytes = row.body.len() + ROW_BYTES;
                if kept + bytes > most_bytes {
                    break;
                }
                kept += bytes;
                let trace = row.trace.map(|trace| trace.to_int().to_be_bytes());
                let call = row.call.map(|call| call.to_int().cast_signed());
                ids.push(insert.insert(params![own, count(bytes), now, row.route, trace, call, row.body])?);
            }
            Ok(())
        })?;
        self.kept.0 = kept;
        Ok(ids)
    }

    /// The next rows after a number, of what this process keeps or has taken over: at least one, if there is any.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub(crate) fn next(&self, spill: i64, after: i64, most_bytes: usize) -> Result<Vec<Spilled>, Error> {
        let mut bytes = 0;
        let mut found = Vec::new();
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare_cached(
                "SELECT id, route, trace_id, call_id, body FROM spilled WHERE spill = ?1 AND id > ?2 ORDER BY id",
            )?;
            let mut rows = statement.query(params![spill, after])?;
            while bytes < most_bytes
                && let Some(row) = rows.next()?
            {
                let trace: Option<[u8; 16]> = row.get(2)?;
                let call: Option<i64> = row.get(3)?;
                let body: Vec<u8> = row.get(4)?;
                bytes += body.len() + ROW_BYTES;
                found.push(Spilled {
                    id: row.get(0)?,
                    route: row.get(1)?,
                    trace: trace.map(|trace| TraceId::from_int(u128::from_be_bytes(trace))),
                    call: call.map(|call| CallId::from_int(call.cast_unsigned())),
                    body,
                });
            }
            Ok(())
        };
        read().map_err(|error| explain(&self.path, "read", error))?;
        Ok(found)
    }

    /// Removes what was delivered.
    ///
    /// # Errors
    ///
    /// When the store cannot be written: all are still there.
    pub(crate) fn remove(&mut self, ids: &[i64]) -> Result<(), Error> {
        self.write(|transaction, _| {
            let mut delete = transaction.prepare_cached("DELETE FROM spilled WHERE id = ?1")?;
            ids.iter().try_for_each(|id| delete.execute([id]).map(drop))
        })
    }

    /// What all keep for the address.
    fn measured(&mut self) -> Result<usize, Error> {
        if self.kept.1.elapsed() > MEASURED {
            let kept = measure(&self.connection, &self.address).map_err(|error| explain(&self.path, "read", error))?;
            self.kept = (kept, Instant::now());
        }
        Ok(self.kept.0)
    }

    fn write(&mut self, work: impl FnOnce(&Transaction<'_>, i64) -> rusqlite::Result<()>) -> Result<(), Error> {
        let own = self.own;
        let connection = &mut self.connection;
        let written = move || {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            work(&transaction, own)?;
            transaction.commit()
        };
        written().map_err(|error| explain(&self.path, "write to", error))
    }
}

fn measure(connection: &Connection, address: &str) -> rusqlite::Result<usize> {
    let sum = "SELECT coalesce(sum(bytes), 0) FROM spilled WHERE spill IN (SELECT id FROM spills WHERE address = ?1)";
    let bytes: i64 = connection.prepare_cached(sum)?.query_row([address], |row| row.get(0))?;
    Ok(usize::try_from(bytes).unwrap_or(0))
}

fn count(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn now() -> i64 {
    Timestamp::from_system_time(SystemTime::now()).0
}
