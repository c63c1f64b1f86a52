//! The rows of ops, which many calls point to.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::record::Kind;
use crate::record::{Op, OpRef};

/// Names made at run time could be without end; past this many, what is remembered is forgotten.
const REMEMBERED: usize = 4_096;

/// What a writer remembers of the ops that it has found or made.
#[derive(Debug, Default)]
pub(super) struct OpIds(HashMap<String, Vec<(Facts, i64)>>);

/// What tells ops of one name apart.
#[derive(Debug, PartialEq)]
struct Facts {
    kind: Kind,
    module: &'static str,
    file: &'static str,
    line: u32,
    label: Option<&'static str>,
}

impl OpIds {
    /// The row of an op, made when there is none. Inside a write transaction, so nobody else makes it meanwhile.
    pub(super) fn id(&mut self, connection: &Connection, op: &Op) -> rusqlite::Result<i64> {
        let facts = Facts { kind: op.kind, module: op.module, file: op.file, line: op.line, label: op.label };
        let known = self.0.get(op.name.as_ref()).and_then(|ops| ops.iter().find(|(other, _)| *other == facts));
        if let Some((_, id)) = known {
            return Ok(*id);
        }
        let id = find_or_insert(connection, op)?;
        if self.0.len() >= REMEMBERED {
            self.forget();
        }
        self.0.entry(op.name.clone().into_owned()).or_default().push((facts, id));
        Ok(id)
    }

    /// Forgets all: a transaction that failed has taken its new rows with it.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

fn find_or_insert(connection: &Connection, op: &Op) -> rusqlite::Result<i64> {
    let values = params![op.name, op.kind.as_str(), op.module, op.file, op.line, op.label];
    let found = connection
        .prepare_cached(
            "SELECT id FROM ops WHERE name = ?1 AND kind = ?2 AND module = ?3 AND file = ?4 AND line = ?5 \
             AND label IS ?6",
        )?
        .query_row(values, |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    connection
        .prepare_cached("INSERT INTO ops (name, kind, module, file, line, label) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(values)?;
    Ok(connection.last_insert_rowid())
}

/// What a reader remembers of the ops that it has met, so that records share them.
#[derive(Debug, Default)]
pub(super) struct KnownOps(HashMap<i64, OpRef>);

impl KnownOps {
    /// The op of a row.
    pub(super) fn op(&mut self, connection: &Connection, id: i64) -> rusqlite::Result<OpRef> {
        if let Some(op) = self.0.get(&id) {
            return Ok(op.clone());
        }
        let op = connection.prepare_cached("SELECT name, kind FROM ops WHERE id = ?1")?.query_row([id], |row| {
            let name: String = row.get(0)?;
            let kind: String = row.get(1)?;
            let kind = Kind::from_name(&kind).ok_or_else(|| super::rows::unknown(1, &kind, "kind of op"))?;
            Ok(OpRef::named(kind, name))
        })?;
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(id, op.clone());
        Ok(op)
    }
}
