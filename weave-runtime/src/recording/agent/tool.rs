//! A handle on a tool that is executed.

use serde::Serialize;

use super::methods::span_handle;
use super::open_span::OpenSpan;
use crate::genai::Tool;
use crate::recording::local::Quiet;

/// The execution of a tool, while it goes on. Made by [`OpenTurn::start_tool`](crate::OpenTurn::start_tool). It ends as an
/// [`OpenTurn`](crate::OpenTurn) does.
///
/// ```
/// use weave::Tool;
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let turn = weave::start_turn("2 + 2?");
///     turn.start_tool(Tool::new("add").call_id("call-1")).arguments([2, 2]).result(4);
/// });
/// let calls = recorder.calls();
/// assert_eq!(calls[1].op_name(), "add");
/// assert_eq!(calls[1].output_json(), Some("4"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "the tool counts as done when its last handle is dropped: keep it until it is"]
pub struct OpenTool(pub(super) OpenSpan);

span_handle!(OpenTool, Tool);

impl OpenTool {
    /// What the tool is called with. A text is kept as it is.
    pub fn arguments(&self, arguments: impl Serialize) -> &Self {
        if self.0.recorded().is_some() {
            self.0.record(quietly(|| Tool::default().arguments(arguments)));
        }
        self
    }

    /// What the tool answered. A text is kept as it is.
    pub fn result(&self, result: impl Serialize) -> &Self {
        if self.0.recorded().is_some() {
            self.0.record(quietly(|| Tool::default().result(result)));
        }
        self
    }
}

/// Writes a value of the program's, which must not record calls meanwhile.
fn quietly(write: impl FnOnce() -> Tool) -> Tool {
    let _quiet = Quiet::enter();
    write()
}
