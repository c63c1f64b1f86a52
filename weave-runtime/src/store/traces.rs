//! What calls said of their traces: as rows, and as an answer to which traces are meant.

use rusqlite::{Connection, Row, named_params};

use super::rows::{json_column, json_text, object_text};
use crate::id::TraceId;
use crate::query::TraceFilter;
use crate::record::{CallRecord, TraceUpdate};

/// Writes what a call said of its trace, in place of what it said while it ran.
pub(super) fn put(connection: &Connection, call: &CallRecord, update: &TraceUpdate, seq: i64) -> rusqlite::Result<()> {
    let tags = if update.tags.is_empty() { None } else { Some(json_text(&update.tags)?) };
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO trace_updates (call, trace_id, name, tags, metadata) \
             VALUES (:call, :trace, :name, :tags, :metadata)",
        )?
        .execute(named_params! {
            ":call": seq,
            ":trace": call.trace_id.to_int().to_be_bytes(),
            ":name": update.name,
            ":tags": tags,
            ":metadata": object_text(&update.metadata)?,
        })
        .map(drop)
}

/// What a row has, from its column `first` on, as name, tags and metadata.
pub(super) fn update(row: &Row<'_>, first: usize) -> rusqlite::Result<TraceUpdate> {
    Ok(TraceUpdate {
        name: row.get(first)?,
        tags: json_column(row, first + 1)?,
        metadata: json_column(row, first + 2)?,
    })
}

/// The traces that the filter means, as a list of hexadecimal ids in JSON.
pub(super) fn matching(connection: &Connection, filter: &TraceFilter) -> rusqlite::Result<String> {
    // In the order in which `TraceRecord` merges them.
    let mut statement = connection.prepare_cached(
        "SELECT u.trace_id, u.name, u.tags, u.metadata FROM trace_updates u JOIN calls c ON c.seq = u.call \
         ORDER BY u.trace_id, c.ended_at IS NULL, c.ended_at, c.started_at, c.id",
    )?;
    let mut rows = statement.query([])?;
    let (mut found, mut current) = (Vec::new(), None::<(TraceId, TraceUpdate)>);
    while let Some(row) = rows.next()? {
        let (id, later) = (TraceId::from_int(u128::from_be_bytes(row.get(0)?)), update(row, 1)?);
        match &mut current {
            Some((known, update)) if *known == id => update.merge(later),
            _ => {
                let before = current.replace((id, later));
                found.extend(before.filter(|(_, update)| filter.accepts(update)).map(|(id, _)| id));
            }
        }
    }
    found.extend(current.filter(|(_, update)| filter.accepts(update)).map(|(id, _)| id));
    json_text(&found)
}
