//! Whether what is said is recorded: who may say that, and what is kept nonetheless.

use serde_json::json;
use weave::testing::Recorder;
use weave::{CallRecord, Conversation, Llm, Tool, Turn};

use super::ambient::work;

fn says(call: &CallRecord, what: &str) -> bool {
    serde_json::to_string(&(call, call.turn(), call.llm(), call.tool())).unwrap().contains(what)
}

#[test]
fn a_turn_cannot_bring_back_what_its_conversation_leaves_out() {
    let turn = || Turn::new().user("secret").include_content(true);
    let conversation = || Conversation::new().include_content(false);
    let (live, logged) = (Recorder::new(), Recorder::new());
    live.run(|| weave::start_conversation(conversation()).start_turn(turn()).end());
    logged.run(|| weave::log_conversation(conversation().turn(turn())).wait()).unwrap();
    for recorder in [live, logged] {
        assert!(!says(&recorder.calls()[0], "secret"));
    }
}

#[test]
fn a_turn_can_be_told_late_to_leave_out_what_is_said() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn("secret");
        turn.record(Turn::new().include_content(false));
        turn.start_llm(Llm::new("m").user("secret")).end();
        turn.in_scope(|| work(777));
        turn.record(Turn::new().include_content(true).output("secret"));
    });
    let calls = recorder.calls();
    assert_eq!(calls.len(), 3);
    assert!(!calls.iter().any(|call| says(call, "secret")));
    let said: Vec<_> = calls.iter().map(|call| (call.inputs_json(), call.output_json())).collect();
    assert_eq!(said, [("{}", None); 3]);
}

#[test]
fn what_a_tool_is_is_known_without_content_too() {
    let recorder = Recorder::new();
    let definitions = json!([{ "type": "function", "name": "add" }]);
    recorder.run(|| {
        let turn = weave::start_turn(Turn::new().include_content(false));
        let tool = Tool::new("add").description("Adds.").definitions(&definitions);
        turn.start_tool(tool.arguments([1])).result(1).end();
    });
    let tool = recorder.calls()[1].tool().unwrap();
    assert_eq!((tool.description.as_deref(), tool.definitions), (Some("Adds."), Some(definitions)));
    assert_eq!((tool.arguments, tool.result), (None, None));
}
