//! Answers about ops: the rows of one identity as its versions.

use rusqlite::{Connection, params_from_iter};

use super::ops::{OP_COLUMNS, stored};
use super::reader::Reader;
use super::select::{any_of, kinds, texts};
use crate::error::Error;
use crate::query::{OpFilter, OpHistory, OpVersion};
use crate::record::{StoredOp, Timestamp};

impl Reader {
    /// The ops that match, by identity.
    pub(crate) fn ops(&mut self, filter: &OpFilter) -> Result<Vec<OpHistory>, Error> {
        self.read(|connection, _| {
            let mut histories: Vec<OpHistory> = Vec::new();
            for (id, op) in rows(connection, filter)? {
                let version = version(connection, id, &op)?;
                match histories.last_mut() {
                    Some(history) if history.identity == op.identity => {
                        (history.name, history.kind) = (op.name, op.kind);
                        add(history, version);
                    }
                    _ => histories.push(OpHistory {
                        identity: op.identity,
                        name: op.name,
                        kind: op.kind,
                        calls: version.calls,
                        versions: vec![version],
                    }),
                }
            }
            Ok(histories)
        })
    }
}

/// The rows of the ops, those of one identity together in the order in which they were made.
fn rows(connection: &Connection, filter: &OpFilter) -> rusqlite::Result<Vec<(i64, StoredOp)>> {
    let (condition, values) = any_of([
        ("identity", texts(&filter.identities)),
        ("name", texts(&filter.names)),
        ("kind", kinds(&filter.kinds)),
    ]);
    let sql = format!("SELECT {OP_COLUMNS}, id FROM ops WHERE {condition} ORDER BY identity, id");
    connection.prepare(&sql)?.query_map(params_from_iter(values), |row| Ok((row.get("id")?, stored(row)?)))?.collect()
}

fn version(connection: &Connection, id: i64, op: &StoredOp) -> rusqlite::Result<OpVersion> {
    let seen = |time: Option<i64>| time.map(|time| Timestamp(time).to_system_time());
    connection
        .prepare_cached("SELECT count(*), min(started_at), max(started_at) FROM calls WHERE op_id = ?1")?
        .query_row([id], |row| {
            Ok(OpVersion {
                number: 0,
                digest: op.digest.clone(),
                source: op.source.clone(),
                module: Some(op.module.clone()).filter(|module| !module.is_empty()),
                file: Some(op.file.clone()).filter(|file| !file.is_empty()),
                line: Some(op.line).filter(|line| *line > 0),
                calls: row.get::<_, i64>(0)?.unsigned_abs(),
                first_seen: seen(row.get(1)?),
                last_seen: seen(row.get(2)?),
            })
        })
}

/// Adds a row to the history of its identity. A version has several rows when only its annotation was changed.
fn add(history: &mut OpHistory, version: OpVersion) {
    history.calls += version.calls;
    match history.versions.iter_mut().find(|known| known.digest == version.digest) {
        Some(known) => {
            *known = OpVersion {
                number: known.number,
                source: version.source.or(known.source.take()),
                calls: known.calls + version.calls,
                first_seen: known.first_seen.into_iter().chain(version.first_seen).min(),
                last_seen: known.last_seen.into_iter().chain(version.last_seen).max(),
                ..version
            };
        }
        None => history.versions.push(OpVersion { number: history.versions.len(), ..version }),
    }
}
