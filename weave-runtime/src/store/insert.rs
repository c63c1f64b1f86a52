//! Calls into their table, many rows by one statement: most of what a row of a few numbers costs SQLite is the statement
//! around it.

use std::sync::LazyLock;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Statement};

use super::agent_spans;
use super::contents;
use super::ops::OpIds;
use super::rows::{self, CALL_COLUMNS, Parameters};
use super::traces;
use crate::record::{CallRecord, Status};

/// The numbers of rows that there are statements for.
const SIZES: [usize; 3] = [32, 8, 1];

/// Those for [`SIZES`]. `OR IGNORE` passes over a call whose id is there. A statement that can fail half way, as one that
/// names `seq` could, would have SQLite copy every page beforehand.
static INSERT_CALLS: LazyLock<[String; 3]> = LazyLock::new(|| SIZES.map(insert));

static UPDATE_CALL: LazyLock<String> = LazyLock::new(|| {
    let set = CALL_COLUMNS.iter().enumerate().map(|(at, column)| format!("{column} = ?{}", at + 1));
    format!("UPDATE calls SET {} WHERE id = ?1", set.collect::<Vec<_>>().join(", "))
});

fn insert(rows: usize) -> String {
    let row = format!("({})", vec!["?"; CALL_COLUMNS.len()].join(", "));
    format!("INSERT OR IGNORE INTO calls ({}) VALUES {}", CALL_COLUMNS.join(", "), vec![row; rows].join(", "))
}

/// Writes calls inside one write transaction.
pub(super) struct Insert<'a> {
    connection: &'a Connection,
    ops: &'a mut OpIds,
    writer: i64,
    body: CachedStatement<'a>,
    /// What SQLite numbers the next row with.
    next_seq: i64,
}

impl<'a> Insert<'a> {
    pub(super) fn new(connection: &'a Connection, ops: &'a mut OpIds, writer: i64) -> rusqlite::Result<Self> {
        let next_seq = connection
            .prepare_cached("SELECT coalesce(max(seq), 0) + 1 FROM calls")?
            .query_row([], |row| row.get(0))?;
        Ok(Self { connection, ops, writer, body: connection.prepare_cached(rows::PUT_BODY)?, next_seq })
    }

    /// Writes calls. One that has a row is written over it, unless that would take it back to running.
    pub(super) fn put(&mut self, mut calls: &[CallRecord]) -> rusqlite::Result<()> {
        for (rows, sql) in SIZES.iter().zip(&*INSERT_CALLS) {
            if calls.len() >= *rows {
                let mut insert = self.connection.prepare_cached(sql)?;
                while let Some((some, rest)) = calls.split_at_checked(*rows) {
                    self.put_some(&mut insert, some)?;
                    calls = rest;
                }
            }
        }
        Ok(())
    }

    fn put_some(&mut self, insert: &mut Statement<'_>, calls: &[CallRecord]) -> rusqlite::Result<()> {
        let mut values = Parameters::of(insert);
        for call in calls {
            let op = self.ops.id(self.connection, &call.op)?;
            rows::bind_call(&mut values, call, op, self.writer)?;
        }
        let all_are_new = values.execute()? == calls.len();
        for call in calls {
            if all_are_new || self.row(call)?.is_some_and(|(seq, _)| seq == self.next_seq) {
                if rows::has_body(call) {
                    self.put_body(call, self.next_seq)?;
                }
                self.put_trace_update(call, self.next_seq)?;
                contents::put(self.connection, call, self.next_seq)?;
                agent_spans::put(self.connection, call, self.next_seq)?;
                self.next_seq += 1;
            } else {
                self.put_again(call)?;
            }
        }
        Ok(())
    }

    /// The row of a call, and its status there.
    fn row(&self, call: &CallRecord) -> rusqlite::Result<Option<(i64, i64)>> {
        self.connection
            .prepare_cached("SELECT seq, status FROM calls WHERE id = ?1")?
            .query_row([rows::from_id(call.id)], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
    }

    /// Writes a call that has a row: what has ended never goes back to running.
    fn put_again(&mut self, call: &CallRecord) -> rusqlite::Result<()> {
        let (seq, status) = self.row(call)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        if call.status == Status::Running && status != rows::status_code(Status::Running) {
            return Ok(());
        }
        let op = self.ops.id(self.connection, &call.op)?;
        let mut update = self.connection.prepare_cached(&UPDATE_CALL)?;
        let mut values = Parameters::of(&mut update);
        rows::bind_call(&mut values, call, op, self.writer)?;
        values.execute()?;
        self.put_trace_update(call, seq)?;
        contents::put_again(self.connection, call, seq)?;
        agent_spans::put_again(self.connection, call, seq)?;
        if rows::has_body(call) {
            self.put_body(call, seq)
        } else {
            self.connection.prepare_cached("DELETE FROM bodies WHERE call = ?1")?.execute([seq]).map(drop)
        }
    }

    fn put_trace_update(&self, call: &CallRecord, seq: i64) -> rusqlite::Result<()> {
        call.trace_update().map_or(Ok(()), |update| traces::put(self.connection, call, update, seq))
    }

    fn put_body(&mut self, call: &CallRecord, seq: i64) -> rusqlite::Result<()> {
        let mut values = Parameters::of(&mut self.body);
        rows::bind_body(&mut values, call, seq)?;
        values.execute().map(drop)
    }
}
