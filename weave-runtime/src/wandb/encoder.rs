//! Calls as what Weave's servers take: ops with the objects that they refer to, and the spans of agents.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::about;
use super::agents::Agents;
use super::call::{self, Members, Said};
use super::conversations::Conversations;
use super::ops::Ops;
use super::values::Values;
use crate::config::WandbConfig;
use crate::id::CallId;
use crate::record::{CallRecord, Kind, Status};
use crate::remote::{Encoder, Item, Route};

/// As many calls may be told as running at a time. What is more is told when it has ended.
const RUNNING: usize = 100_000;

/// What stands before the JSON of a call, in a line of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Head<'a> {
    /// The end of the reference to its op.
    pub(super) op: &'a str,
    /// The run of W&B that it is part of.
    pub(super) run: Option<&'a str>,
    pub(super) is_root: bool,
}

impl<'a> Head<'a> {
    fn body(&self, end: &str, call: Members) -> Vec<u8> {
        let Self { op, run, is_root, .. } = self;
        let root = if *is_root { "root" } else { "" };
        format!("{op}\t{}\t{root}\t{}\n{end}{}", run.unwrap_or_default(), end.len(), call.finish()).into_bytes()
    }

    /// The head of a body, the JSON of the end if there is one, and the JSON of the call. Both lack what opens them.
    pub(super) fn read(body: &'a [u8]) -> Option<(Self, &'a [u8], &'a [u8])> {
        let (head, json) = super::object::split(body)?;
        let mut fields = head.split('\t');
        let (op, run, root) = (fields.next()?, fields.next()?, fields.next()?);
        let (end, call) = json.split_at_checked(fields.next()?.parse().ok()?)?;
        Some((Self { op, run: (!run.is_empty()).then_some(run), is_root: !root.is_empty() }, end, call))
    }
}

/// Writes calls for Weave.
pub(super) struct ForWeave {
    ops: Ops,
    values: Values,
    agents: Agents,
    conversations: Conversations,
    /// Those that were told as running and have not ended.
    running: HashSet<CallId>,
    about: Map<String, Value>,
    run: Option<Arc<str>>,
}

impl ForWeave {
    pub(super) fn new(config: &WandbConfig, conversations: Conversations) -> Self {
        Self {
            ops: Ops::new(config.capture_code),
            values: Values::default(),
            agents: Agents::default(),
            conversations,
            running: HashSet::new(),
            about: about::about(config),
            run: config.run_id.as_deref().map(Arc::from),
        }
    }

    fn op(&mut self, call: &CallRecord, items: &mut Vec<Item>) {
        let is_running = call.status() == Status::Running;
        if is_running && (self.running.len() >= RUNNING || !self.running.insert(call.id())) {
            return;
        }
        let was_told = !is_running && self.running.remove(&call.id());
        let op = self.ops.reference(&call.op, items);
        let inputs = self.values.write(call, call.inputs_json(), items);
        let output = call.output_json().map(|output| self.values.write(call, output, items));
        let said = Said { inputs: &inputs, output: output.as_deref() };
        let head = Head { op: &op, run: self.run.as_deref(), is_root: call.op_parent_id().is_none() };
        let (route, body) = if is_running {
            (Route::Starts, head.body("", call::start(call, &said, &self.about)))
        } else if was_told {
            // With all of it: the start may never have arrived.
            let end = call::end(call, &said).finish();
            (Route::Ends, head.body(&end, call::complete(call, &said, &self.about)))
        } else {
            (Route::Calls, head.body("", call::complete(call, &said, &self.about)))
        };
        let delivered = (!is_running).then(|| call.id());
        items.push(Item { route, trace: Some(call.trace_id()), call: delivered, body });
    }
}

impl Encoder for ForWeave {
    fn encode(&mut self, calls: &[CallRecord], items: &mut Vec<Item>) {
        let from = items.len();
        for call in calls {
            match call.kind() {
                Kind::Op => self.op(call, items),
                _ => {
                    self.conversations.meet(call);
                    self.agents.encode(call, &mut self.values, items);
                }
            }
        }
        // A request takes what is of one route and lies together.
        items.get_mut(from..).unwrap_or_default().sort_by_key(|item| place(item.route));
    }
}

/// What is told after what: whatever others refer to goes first, and an end after its start.
const fn place(route: Route) -> u8 {
    match route {
        Route::Files => 0,
        Route::Ops => 1,
        Route::Starts => 2,
        Route::Calls => 3,
        Route::Ends => 4,
        Route::Spans => 5,
    }
}
