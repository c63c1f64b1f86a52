//! The work of agents as it goes on: conversations, turns, calls of models, tools, sub-agents.

mod ambient;
mod bounds;
mod content;
mod defaults;
mod handles;
mod privacy;
mod regions;
mod roots;

use weave::CallRecord;
use weave::testing::Recorder;

/// Each span on a line, with its conversation, below the one above it in its trace.
fn spans(recorder: &Recorder) -> Vec<String> {
    let calls = recorder.calls();
    calls.iter().map(|call| line(call, &calls)).collect()
}

fn line(call: &CallRecord, calls: &[CallRecord]) -> String {
    let above = |call: &CallRecord| calls.iter().find(|other| Some(other.id()) == call.parent_id()).cloned();
    let depth = std::iter::successors(above(call), above).count();
    let conversation = call.conversation_id().map(|id| format!(" @{id}")).unwrap_or_default();
    format!("{}{} {}{conversation}", "  ".repeat(depth), call.kind(), call.op_name())
}
