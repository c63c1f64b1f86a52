//! Makes records for tests.

use crate::genai::{Facts, Invoker};
use crate::id::{CallId, TraceId};
use crate::record::OpRef;
use crate::record::{CallError, CallRecord, Details, Kind, Status, Text, Timestamp, Usage};

const MILLISECOND: i64 = 1_000_000;

/// A success that starts at the millisecond of its id and takes one: `Sample::new(1, "plan").inputs(r#"{"n":1}"#).call()`.
pub(crate) struct Sample(CallRecord);

impl Sample {
    pub(crate) fn new(id: u64, name: &str) -> Self {
        Self(CallRecord {
            id: CallId::from_int(id),
            trace_id: TraceId::from_int(1),
            parent_id: None,
            op_parent_id: None,
            agent_parent_id: None,
            op: OpRef::named(Kind::Op, name),
            status: Status::Success,
            partial: false,
            started_at: Timestamp(0),
            ended_at: None,
            text: Text::default(),
            details: None,
        })
        .at(id)
        .takes(MILLISECOND)
    }

    /// Below an op.
    pub(crate) fn below(mut self, id: u64) -> Self {
        self.0.parent_id = Some(CallId::from_int(id));
        self.0.op_parent_id = self.0.parent_id;
        self
    }

    /// Below something that may or may not be a call of ours.
    pub(crate) fn below_foreign(mut self, id: u64) -> Self {
        self.0.parent_id = Some(CallId::from_int(id));
        self
    }

    pub(crate) fn nearest(mut self, op: Option<u64>, agent: Option<u64>) -> Self {
        self.0.op_parent_id = op.map(CallId::from_int);
        self.0.agent_parent_id = agent.map(CallId::from_int);
        self
    }

    /// Starts at this millisecond.
    pub(crate) fn at(mut self, start: u64) -> Self {
        let start = Timestamp(i64::try_from(start).unwrap() * MILLISECOND);
        let taken = self.0.ended_at.map(|end| end.0 - self.0.started_at.0);
        self.0.started_at = start;
        self.0.ended_at = taken.map(|taken| Timestamp(start.0 + taken));
        self
    }

    pub(crate) fn takes(mut self, nanos: i64) -> Self {
        self.0.ended_at = Some(Timestamp(self.0.started_at.0 + nanos));
        self
    }

    pub(crate) fn kind(mut self, kind: Kind) -> Self {
        self.0.op = OpRef::named(kind, self.0.op_name());
        self
    }

    pub(crate) fn inputs(mut self, json: &str) -> Self {
        self.0.text = Text::join(json, self.0.output_json());
        self
    }

    pub(crate) fn output(mut self, json: &str) -> Self {
        self.0.text = Text::join(self.0.inputs_json(), Some(json));
        self
    }

    pub(crate) fn partial(mut self) -> Self {
        self.0.partial = true;
        self
    }

    pub(crate) fn status(mut self, status: Status) -> Self {
        self.0.status = status;
        if matches!(status, Status::Running | Status::Interrupted) {
            self.0.ended_at = None;
        }
        self
    }

    pub(crate) fn fails(self, kind: &str, message: &str) -> Self {
        let error = CallError { kind: kind.to_owned(), message: message.to_owned() };
        self.status(Status::Error).details(|details| details.error = Some(error))
    }

    pub(crate) fn display_name(self, name: &str) -> Self {
        self.details(|details| details.display_name = Some(name.to_owned()))
    }

    pub(crate) fn tokens(self, input: u64, output: u64) -> Self {
        self.details(|details| details.usage = Some(Usage::new(input, output)))
    }

    /// Of an agent, with these facts.
    pub(crate) fn facts(self, change: impl FnOnce(&mut Facts)) -> Self {
        self.details(|details| change(details.agent.get_or_insert_default()))
    }

    /// In a trace of its own, started in a call of the first.
    pub(crate) fn invoked_by(mut self, id: u64) -> Self {
        self.0.trace_id = TraceId::from_int(self.0.id.to_int().into());
        let invoker = Invoker { trace_id: TraceId::from_int(1), id: CallId::from_int(id) };
        self.facts(|facts| facts.invoker = Some(invoker))
    }

    pub(crate) fn call(self) -> CallRecord {
        self.0
    }

    fn details(mut self, change: impl FnOnce(&mut Details)) -> Self {
        change(self.0.details.get_or_insert_default());
        self
    }
}
