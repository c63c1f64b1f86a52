//! The rows of ops, which many calls point to.

use std::borrow::Cow;
use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::record::Kind;
use crate::record::{Op, OpRef, StoredOp};

/// Names made at run time could be without end; past this many, what is remembered is forgotten.
const REMEMBERED: usize = 4_096;

/// What a writer remembers of the ops that it has found or made.
#[derive(Debug, Default)]
pub(super) struct OpIds(HashMap<String, Vec<(Facts, i64)>>);

/// What tells ops of one name apart.
#[derive(Debug, PartialEq)]
struct Facts {
    kind: Kind,
    which: Which,
    digest: Option<Cow<'static, str>>,
    file: Cow<'static, str>,
    line: u32,
    label: Option<&'static str>,
}

/// Which of the ops that agree in all else, as functions may that one macro made.
#[derive(Debug, PartialEq)]
enum Which {
    /// The address of its static.
    Static(usize),
    /// The identity of one that was read from a store.
    Stored(String),
    /// One that has nothing but its name.
    Named,
}

impl Facts {
    fn of(op: &OpRef) -> Self {
        let which = match op {
            OpRef::Static(op) => Which::Static(std::ptr::from_ref(*op).addr()),
            OpRef::Shared(op) if op.digest.is_some() => Which::Stored(op.identity().to_owned()),
            OpRef::Shared(_) => Which::Named,
        };
        Self { kind: op.kind, which, digest: op.digest.clone(), file: op.file.clone(), line: op.line, label: op.label }
    }
}

impl OpIds {
    /// The row of an op, made when there is none. Inside a write transaction, so nobody else makes it meanwhile.
    pub(super) fn id(&mut self, connection: &Connection, op: &OpRef) -> rusqlite::Result<i64> {
        let facts = Facts::of(op);
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

/// A version has one row, wherever it stands: the row tells where it was seen last.
fn find_or_insert(connection: &Connection, op: &Op) -> rusqlite::Result<i64> {
    let key = params![op.identity(), op.digest, op.name, op.kind.as_str(), op.label];
    let found = connection
        .prepare_cached(
            "SELECT id FROM ops WHERE identity = ?1 AND digest IS ?2 AND name = ?3 AND kind = ?4 AND label IS ?5",
        )?
        .query_row(key, |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        connection
            .prepare_cached(
                "UPDATE ops SET module = ?2, file = ?3, line = ?4, source = coalesce(?5, source) WHERE id = ?1 \
                 AND (module, file, line, coalesce(?5, source)) IS NOT (?2, ?3, ?4, source)",
            )?
            .execute(params![id, op.module, op.file, op.line, op.source])?;
        return Ok(id);
    }
    connection
        .prepare_cached(
            "INSERT INTO ops (identity, digest, name, kind, label, module, file, line, source) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            op.identity(),
            op.digest,
            op.name,
            op.kind.as_str(),
            op.label,
            op.module,
            op.file,
            op.line,
            op.source
        ])?;
    Ok(connection.last_insert_rowid())
}

/// The columns that [`stored`] reads.
pub(super) const OP_COLUMNS: &str = "identity, name, kind, module, file, line, digest, source";

/// The op of a row that begins with [`OP_COLUMNS`].
pub(super) fn stored(row: &Row<'_>) -> rusqlite::Result<StoredOp> {
    let kind: String = row.get(2)?;
    Ok(StoredOp {
        identity: row.get(0)?,
        name: row.get(1)?,
        kind: Kind::from_name(&kind).ok_or_else(|| super::rows::unknown(2, &kind, "kind of op"))?,
        module: row.get(3)?,
        file: row.get(4)?,
        line: row.get(5)?,
        digest: row.get(6)?,
        source: row.get(7)?,
    })
}

/// What has been read of the ops while one question is answered, so that records share them.
#[derive(Debug, Default)]
pub(super) struct KnownOps(HashMap<i64, OpRef>);

impl KnownOps {
    /// The op of a row.
    pub(super) fn op(&mut self, connection: &Connection, id: i64) -> rusqlite::Result<OpRef> {
        if let Some(op) = self.0.get(&id) {
            return Ok(op.clone());
        }
        let sql = format!("SELECT {OP_COLUMNS} FROM ops WHERE id = ?1");
        let op = OpRef::stored(connection.prepare_cached(&sql)?.query_row([id], stored)?);
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(id, op.clone());
        Ok(op)
    }
}
