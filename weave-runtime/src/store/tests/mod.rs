//! Tests of the store at its edges: real directories, several connections, other processes.

mod agent_spans;
mod many_rows;
mod opening;
mod round_trip;
mod several_writers;
mod upgrading;
mod versions;

use crate::id::{CallId, TraceId};
use crate::record::OpRef;
use crate::record::{CallRecord, Kind, Status, Text, Timestamp};

/// A finished call of an op named `work`, the root of a trace of the same number.
pub(crate) fn call(id: u64) -> CallRecord {
    CallRecord {
        id: CallId::from_int(id),
        trace_id: TraceId::from_int(id.into()),
        parent_id: None,
        op_parent_id: None,
        agent_parent_id: None,
        op: OpRef::named(Kind::Op, "work"),
        status: Status::Success,
        partial: false,
        started_at: Timestamp(1_000),
        ended_at: Some(Timestamp(2_000)),
        text: Text::join(r#"{"n":1}"#, Some("2")),
        details: None,
    }
}

pub(crate) fn running(id: u64) -> CallRecord {
    CallRecord { status: Status::Running, ended_at: None, text: Text::join("{}", None), ..call(id) }
}
