//! Answers to what a client asks, from a connection that only reads.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params_from_iter};

use super::contents::Shelf;
use super::database::{explain, open_for_reading, open_for_writing};
use super::ops::KnownOps;
use super::select::Select;
use super::{folder, rows, threads, turns, writers};
use crate::error::Error;
use crate::id::{CallId, TraceId};
use crate::query::{Filter, OpCount, ThreadSummary, Totals};
use crate::record::{CallRecord, Status};

/// Reads the store of one directory, while others write to it.
#[derive(Debug)]
pub(crate) struct Reader {
    dir: PathBuf,
    path: PathBuf,
    birth: Option<SystemTime>,
    connection: Connection,
    contents: Shelf,
}

/// What is looked at of each call before it is chosen.
struct Candidate {
    seq: i64,
    op: i64,
    status: i64,
    input_tokens: u64,
    output_tokens: u64,
    total_tokens: u64,
}

impl Reader {
    /// Opens a store that exists.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is none, [`is_store`](Error::is_store) when it cannot be read.
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        let path = folder::database(dir);
        let birth = folder::birth(&path);
        match open_for_reading(&path)? {
            Some(connection) => {
                let contents = Shelf::new(&path);
                Ok(Self { dir: dir.to_owned(), path, birth, connection, contents })
            }
            None => Err(Error::not_found(format!(
                "there is no store in {}: a program that calls `weave::init` makes one when it records to that directory, \
                 and one that sends its calls elsewhere only when told to (`local`, WEAVE_SINKS)",
                dir.display()
            ))),
        }
    }

    /// Where it is.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// False when the store was removed, and perhaps made anew, since it was opened.
    pub(crate) fn is_current(&self) -> bool {
        folder::birth(&self.path) == self.birth
    }

    /// One call.
    pub(crate) fn call(&mut self, id: CallId) -> Result<CallRecord, Error> {
        let contents = self.contents.clone();
        let found = self.read(|connection, ops| {
            let seq: Option<i64> = connection
                .prepare_cached("SELECT seq FROM calls WHERE id = ?1")?
                .query_row([rows::from_id(id)], |row| row.get(0))
                .optional()?;
            Ok(load(connection, ops, &contents, &Vec::from_iter(seq))?.pop())
        })?;
        found.ok_or_else(|| Error::not_found(format!("there is no call {id} in the store {}", self.dir.display())))
    }

    /// The calls that match, in the filter's order.
    pub(crate) fn list(&mut self, filter: &Filter) -> Result<Vec<CallRecord>, Error> {
        let contents = self.contents.clone();
        self.read(|connection, ops| {
            let seqs = page(connection, filter)?;
            load(connection, ops, &contents, &seqs)
        })
    }

    /// The calls of a trace and of the turns that were started in it, in the order in which they started.
    pub(crate) fn trace(&mut self, id: TraceId) -> Result<Vec<CallRecord>, Error> {
        let contents = self.contents.clone();
        self.read(|connection, ops| {
            let mut calls = Vec::new();
            for id in turns::started_in(connection, id)? {
                let seqs = page(connection, &Filter { trace: Some(id), ..Filter::default() })?;
                calls.extend(load(connection, ops, &contents, &seqs)?);
            }
            calls.sort_by_key(|call| call.started_at);
            Ok(calls)
        })
    }

    /// How many calls match, whatever the filter's limit.
    pub(crate) fn count(&mut self, filter: &Filter) -> Result<u64, Error> {
        self.read(|connection, _| {
            if !filter.reads_json() {
                let select = Select::matching(connection, filter)?;
                let sql = format!("SELECT count(*) FROM calls c{}", select.sql);
                let count: i64 = connection.query_row(&sql, params_from_iter(select.values), |row| row.get(0))?;
                return Ok(count.unsigned_abs());
            }
            let mut count = 0;
            scan(connection, filter, Select::matching(connection, filter)?, |_| {
                count += 1;
                ControlFlow::Continue(())
            })?;
            Ok(count)
        })
    }

    /// The calls that match, counted by op and status, whatever the filter's limit.
    pub(crate) fn count_by_op(&mut self, filter: &Filter) -> Result<Vec<OpCount>, Error> {
        self.read(|connection, ops| {
            let mut groups: HashMap<(i64, i64), (u64, u64)> = HashMap::new();
            scan(connection, filter, Select::matching(connection, filter)?, |call| {
                let (calls, tokens) = groups.entry((call.op, call.status)).or_default();
                *calls += 1;
                *tokens = tokens.saturating_add(call.total_tokens);
                ControlFlow::Continue(())
            })?;
            merge(connection, ops, groups)
        })
    }

    /// What the calls that match come to, whatever the filter's limit.
    pub(crate) fn totals(&mut self, filter: &Filter) -> Result<Totals, Error> {
        self.read(|connection, _| {
            let mut totals = Totals::default();
            scan(connection, filter, Select::matching(connection, filter)?, |call| {
                totals.calls += 1;
                totals.errors += u64::from(call.status == rows::status_code(Status::Error));
                totals.input_tokens = totals.input_tokens.saturating_add(call.input_tokens);
                totals.output_tokens = totals.output_tokens.saturating_add(call.output_tokens);
                totals.total_tokens = totals.total_tokens.saturating_add(call.total_tokens);
                ControlFlow::Continue(())
            })?;
            Ok(totals)
        })
    }

    /// The threads of conversation.
    pub(crate) fn threads(&mut self) -> Result<Vec<ThreadSummary>, Error> {
        self.read(|connection, _| threads::list(connection))
    }

    /// Runs what reads in one transaction, so that all of it sees the same state. What is known of the ops is of that
    /// moment, too: an op that moves is written over.
    pub(super) fn read<T>(
        &mut self,
        question: impl FnOnce(&Connection, &mut KnownOps) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        self.interrupt_dead();
        let Self { connection, path, .. } = self;
        let answer = || {
            let transaction = connection.unchecked_transaction()?;
            let answer = question(&transaction, &mut KnownOps::default())?;
            transaction.finish()?;
            Ok(answer)
        };
        answer().map_err(|error| explain(path, "read", error))
    }

    /// Lets a process that died show without waiting for one that writes. Where this reader must not write, its calls go
    /// on looking as if they ran.
    fn interrupt_dead(&self) {
        if writers::has_dead(&self.dir, &self.connection).unwrap_or(false) {
            let _ = open_for_writing(&self.path, |transaction| {
                writers::bury_dead(&self.dir, transaction).map_err(|error| explain(&self.path, "write to", error))
            });
        }
    }
}

/// The calls on the page that the filter asks for.
fn page(connection: &Connection, filter: &Filter) -> rusqlite::Result<Vec<i64>> {
    let mut select = Select::matching(connection, filter)?;
    select.order(filter);
    let end = filter.limit.map(|limit| filter.offset.saturating_add(limit));
    if let (Some(end), false) = (end, filter.reads_json()) {
        select.limit(end);
    }
    let (mut seqs, mut seen) = (Vec::new(), 0);
    if end == Some(filter.offset) {
        return Ok(seqs);
    }
    scan(connection, filter, select, |call| {
        seen += 1;
        if seen > filter.offset {
            seqs.push(call.seq);
        }
        if end == Some(seen) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(seqs)
}

/// Visits the selected calls whose JSON matches, too.
fn scan(
    connection: &Connection,
    filter: &Filter,
    select: Select,
    mut visit: impl FnMut(Candidate) -> ControlFlow<()>,
) -> rusqlite::Result<()> {
    let sql = format!(
        "SELECT c.seq, c.op_id, c.status, c.total_tokens, c.input_tokens, c.output_tokens FROM calls c{}",
        select.sql
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(select.values))?;
    let mut bodies = Bodies::new(connection)?;
    while let Some(row) = found.next()? {
        let call = candidate(row)?;
        if (!filter.reads_json() || bodies.match_all(call.seq, filter)?) && visit(call).is_break() {
            break;
        }
    }
    Ok(())
}

fn candidate(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    let tokens = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(i64::cast_unsigned));
    let (input_tokens, output_tokens) = (tokens(4)?.unwrap_or(0), tokens(5)?.unwrap_or(0));
    let total_tokens = tokens(3)?.unwrap_or_else(|| input_tokens.saturating_add(output_tokens));
    Ok(Candidate { seq: row.get(0)?, op: row.get(1)?, status: row.get(2)?, input_tokens, output_tokens, total_tokens })
}

/// Looks at the JSON of one call after the other.
struct Bodies<'a>(CachedStatement<'a>);

impl<'a> Bodies<'a> {
    fn new(connection: &'a Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT coalesce(c.inputs, b.inputs), b.attributes, b.span_attributes FROM calls c \
                   LEFT JOIN bodies b ON b.call = c.seq WHERE c.seq = ?1";
        connection.prepare_cached(sql).map(Self)
    }

    fn match_all(&mut self, seq: i64, filter: &Filter) -> rusqlite::Result<bool> {
        let mut found = self.0.query([seq])?;
        let Some(row) = found.next()? else { return Ok(false) };
        let text = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_str_or_null()?.unwrap_or_default());
        let (inputs, attributes, span_attributes) = (text(0)?, text(1)?, text(2)?);
        Ok(filter.inputs.iter().all(|wanted| wanted.holds_in(inputs))
            && filter.attributes.iter().all(|wanted| wanted.holds_in(attributes) || wanted.holds_in(span_attributes)))
    }
}

fn load(
    connection: &Connection,
    ops: &mut KnownOps,
    contents: &Shelf,
    seqs: &[i64],
) -> rusqlite::Result<Vec<CallRecord>> {
    let mut statement = connection.prepare_cached(rows::SELECT_RECORD)?;
    let mut read = |seq: &i64| {
        let mut record = statement.query_row([seq], |row| rows::record(connection, ops, row))?;
        contents.attach(&mut record, *seq);
        Ok(record)
    };
    seqs.iter().map(&mut read).collect()
}

/// One row per op and status: one op has several rows in the store when it moved in its file or has several places.
fn merge(
    connection: &Connection,
    ops: &mut KnownOps,
    groups: HashMap<(i64, i64), (u64, u64)>,
) -> rusqlite::Result<Vec<OpCount>> {
    let mut counts: HashMap<(String, &str, i64), OpCount> = HashMap::new();
    for ((op, code), (calls, total_tokens)) in groups {
        let op = ops.op(connection, op)?;
        let status = rows::status_of(code)?;
        counts
            .entry((op.name.to_string(), op.kind.as_str(), code))
            .and_modify(|count| {
                count.calls += calls;
                count.total_tokens = count.total_tokens.saturating_add(total_tokens);
            })
            .or_insert(OpCount { op_name: op.name.to_string(), kind: op.kind, status, calls, total_tokens });
    }
    let mut sorted: Vec<_> = counts.into_iter().collect();
    sorted.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(sorted.into_iter().map(|(_, count)| count).collect())
}
