//! A filter as SQL: every value of it is a parameter or a number, never text of the statement.

use std::fmt::Write;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::rows::{from_id, status_code};
use super::traces;
use crate::query::{Filter, Sort};
use crate::record::{Kind, Status};

/// What comes after `SELECT ... FROM calls c`.
#[derive(Debug, Default)]
pub(super) struct Select {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Select {
    /// The conditions of a filter, all but those on JSON.
    pub(super) fn matching(connection: &Connection, filter: &Filter) -> rusqlite::Result<Self> {
        let mut select = Self::default();
        if let Some(trace) = filter.trace {
            select.and("c.trace_id = ?", [Value::Blob(trace.to_int().to_be_bytes().into())]);
        }
        if let Some(parent) = filter.parent {
            select.and("c.parent_id = ?", [from_id(parent).into()]);
        }
        if filter.roots {
            select.and("c.parent_id IS NULL", []);
        }
        if let Some(since) = filter.since {
            select.and("c.started_at >= ?", [since.0.into()]);
        }
        if let Some(until) = filter.until {
            select.and("c.started_at < ?", [until.0.into()]);
        }
        if let Some(thread) = &filter.thread {
            select.and("c.thread_id = ?", [thread.clone().into()]);
        }
        if let Some(conversation) = &filter.conversation {
            select.and(
                "c.trace_id IN (SELECT trace_id FROM agent_spans WHERE conversation_id = ?)",
                [conversation.clone().into()],
            );
        }
        select.of_agent_spans(&["agent"], &filter.agents);
        select.of_agent_spans(&["model", "response_model"], &filter.models);
        if filter.turns {
            select.and("c.turn_id = c.id", []);
        }
        if !filter.of_traces.is_empty() {
            let traces = traces::matching(connection, &filter.of_traces)?;
            select.and("c.trace_id IN (SELECT unhex(value) FROM json_each(?))", [traces.into()]);
        }
        select.of_ops(connection, filter)?;
        select.of_statuses(&filter.statuses);
        Ok(select)
    }

    /// The order that the filter asks for, ties by the order of recording.
    ///
    /// Within a trace, of calls that started in one tick of the clock the one that ended later is the parent. Elsewhere
    /// that would keep SQLite from reading just the first page off an index.
    pub(super) fn order(&mut self, filter: &Filter) {
        let within = filter.is_within();
        self.sql.push_str(match filter.order() {
            Sort::NewestFirst if within => " ORDER BY c.started_at DESC, c.ended_at NULLS LAST, c.seq DESC",
            Sort::OldestFirst if within => " ORDER BY c.started_at, c.ended_at DESC NULLS FIRST, c.seq",
            Sort::NewestFirst => " ORDER BY c.started_at DESC, c.seq DESC",
            Sort::OldestFirst => " ORDER BY c.started_at, c.seq",
            Sort::LongestFirst => " ORDER BY c.ended_at - c.started_at DESC NULLS LAST, c.seq DESC",
            Sort::ShortestFirst => " ORDER BY c.ended_at - c.started_at NULLS LAST, c.seq",
            Sort::MostTokensFirst => {
                " ORDER BY coalesce(c.total_tokens, coalesce(c.input_tokens, 0) + c.output_tokens, c.input_tokens) \
                 DESC NULLS LAST, c.seq DESC"
            }
        });
    }

    /// At most so many rows: with it SQLite keeps only the best while it sorts.
    pub(super) fn limit(&mut self, rows: usize) {
        self.sql.push_str(" LIMIT ?");
        self.values.push(i64::try_from(rows).unwrap_or(i64::MAX).into());
    }

    fn and<const N: usize>(&mut self, condition: &str, values: [Value; N]) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        self.sql.push_str(condition);
        self.values.extend(values);
    }

    /// Calls of which one of the columns beside them has one of the values.
    fn of_agent_spans(&mut self, columns: &[&str], values: &[String]) {
        if values.is_empty() {
            return;
        }
        let marks = vec!["?"; values.len()].join(", ");
        let found = columns.iter().map(|column| format!("SELECT call FROM agent_spans WHERE {column} IN ({marks})"));
        self.and(&format!("c.seq IN ({})", found.collect::<Vec<_>>().join(" UNION ")), []);
        self.values.extend(columns.iter().flat_map(|_| values).cloned().map(Value::from));
    }

    /// Ops by their rows, looked up first: with one row, the index on ops also gives the order.
    fn of_ops(&mut self, connection: &Connection, filter: &Filter) -> rusqlite::Result<()> {
        let is_narrow = [&filter.ops, &filter.op_identities, &filter.op_digests].iter().any(|names| !names.is_empty());
        if !is_narrow && filter.kinds.is_empty() {
            return Ok(());
        }
        let ids = op_ids(connection, filter)?;
        // A kind alone is so many calls that their index is a detour: the plus keeps SQLite off it.
        let column = if is_narrow { "c.op_id" } else { "+c.op_id" };
        self.among(column, &ids);
        Ok(())
    }

    fn of_statuses(&mut self, statuses: &[Status]) {
        if statuses.is_empty() {
            return;
        }
        let codes: Vec<i64> = statuses.iter().map(|status| status_code(*status)).collect();
        self.among("c.status", &codes);
        if !statuses.contains(&Status::Success) {
            // In the words of the partial index, by which SQLite sees that it can use it.
            self.and("c.status <> 1", []);
        }
    }

    fn among(&mut self, column: &str, numbers: &[i64]) {
        let condition = match numbers {
            [one] => format!("{column} = {one}"),
            many => {
                let list: Vec<String> = many.iter().map(i64::to_string).collect();
                format!("{column} IN ({})", list.join(", "))
            }
        };
        self.and(&condition, []);
    }
}

/// The rows of the ops that have one of the values in each column that is asked for.
fn op_ids(connection: &Connection, filter: &Filter) -> rusqlite::Result<Vec<i64>> {
    let (condition, values) = any_of([
        ("name", texts(&filter.ops)),
        ("identity", texts(&filter.op_identities)),
        ("digest", texts(&filter.op_digests)),
        ("kind", kinds(&filter.kinds)),
    ]);
    let sql = format!("SELECT id FROM ops WHERE {condition}");
    connection.prepare(&sql)?.query_map(params_from_iter(values), |row| row.get(0))?.collect()
}

/// The condition that each column has one of its values, where it has any, and these values.
pub(super) fn any_of<'a, const N: usize>(columns: [(&str, Vec<&'a str>); N]) -> (String, Vec<&'a str>) {
    let (mut sql, mut values) = ("1".to_owned(), Vec::new());
    for (column, accepted) in columns {
        if !accepted.is_empty() {
            let marks = vec!["?"; accepted.len()].join(", ");
            // Writing to a string cannot fail.
            let _ = write!(sql, " AND {column} IN ({marks})");
            values.extend(accepted);
        }
    }
    (sql, values)
}

pub(super) fn texts(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

pub(super) fn kinds(kinds: &[Kind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.as_str()).collect()
}
