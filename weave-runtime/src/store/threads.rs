//! The threads of conversation that are in the store.

use rusqlite::Connection;

use crate::query::ThreadSummary;
use crate::record::Timestamp;

/// All threads, those that something happened in last first.
pub(super) fn list(connection: &Connection) -> rusqlite::Result<Vec<ThreadSummary>> {
    let mut statement = connection.prepare_cached(
        "SELECT thread_id, count(*) FILTER (WHERE turn_id = id), count(*), min(started_at), \
         max(coalesce(ended_at, started_at)) AS last FROM calls WHERE thread_id IS NOT NULL GROUP BY thread_id \
         ORDER BY last DESC, thread_id",
    )?;
    let threads = statement.query_map([], |row| {
        Ok(ThreadSummary {
            id: row.get(0)?,
            turns: row.get::<_, i64>(1)?.unsigned_abs(),
            calls: row.get::<_, i64>(2)?.unsigned_abs(),
            first: Timestamp(row.get(3)?).to_system_time(),
            last: Timestamp(row.get(4)?).to_system_time(),
        })
    })?;
    threads.collect()
}
