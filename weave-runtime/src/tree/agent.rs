//! What the line of a span of an agent shows where it stands for no function: what was said, not what was passed.

use std::borrow::Cow;

use super::chat::{self, Asked};
use crate::record::{CallRecord, Kind};

/// The name of a call, and behind that of a model's the model.
pub(super) fn name(call: &CallRecord) -> Cow<'_, str> {
    match call.model().filter(|model| call.kind() == Kind::Llm && is_span(call) && !model.is_empty()) {
        Some(model) => format!("{} {model}", call.op_name()).into(),
        None => call.op_name().into(),
    }
}

/// The kind, where it is not said already: ops go without, and a turn of nobody is called by its kind.
pub(super) fn kind(call: &CallRecord) -> Option<Kind> {
    let is_said = call.kind() == Kind::Op || is_span(call) && call.op_name() == call.kind().as_str();
    (!is_said).then_some(call.kind())
}

/// What it was asked last, of a call without inputs.
pub(super) fn asked(call: &CallRecord) -> Option<Asked> {
    let facts = call.facts().filter(|_| matches!(call.text.inputs(), "" | "{}"))?;
    if let Some(arguments) = &facts.tool_arguments {
        return Some(Asked { role: String::new(), text: arguments.get().to_owned() });
    }
    chat::asked(facts.input_messages.as_ref()?.get())
}

/// What it answered, of a call without output.
pub(super) fn answered(call: &CallRecord) -> Option<String> {
    let facts = call.facts().filter(|_| super::shown_output(call).is_none())?;
    chat::said_in(facts.output_messages.as_ref()?.get())
}

/// Whether it is no call of an annotated function.
fn is_span(call: &CallRecord) -> bool {
    call.op().module().is_none()
}
