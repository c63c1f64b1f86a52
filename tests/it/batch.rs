//! Turns that are over: logged, they are the spans that one would have seen.

use std::time::{Duration, SystemTime};

use serde_json::json;
use weave::testing::Recorder;
use weave::{Agent, CallRecord, Conversation, Kind, Llm, LogResult, Message, Status, SubAgent, Tool, Turn, Usage};

/// Seconds after noon of the 2nd of January 2024.
fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_196_800 + seconds)
}

/// Each call as `kind name` with what it says of its conversation, agent and model, indented below its parent.
fn shown(recorder: &Recorder) -> String {
    let tree = recorder.tree();
    let depth =
        |call: &CallRecord| std::iter::successors(call.parent_id(), |id| tree.get(*id).unwrap().parent_id()).count();
    let line = |call: &CallRecord| {
        let conversation = call.conversation_id().unwrap_or("-");
        let agent = call.agent().and_then(|agent| agent.name.as_deref()).unwrap_or("-");
        let model = call.model().unwrap_or("-");
        format!("{}{} {}: {conversation} {agent} {model}", "  ".repeat(depth(call)), call.kind(), call.op_name())
    };
    tree.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn log(recorder: &Recorder, turn: impl Into<Turn>) -> LogResult {
    recorder.run(|| weave::log_turn(turn).wait()).unwrap()
}

#[test]
fn a_turn_is_a_trace_with_its_steps_below_it_and_those_of_sub_agents_below_them() {
    let critic = SubAgent::new("critic")
        .model("small")
        .step(Llm::default())
        .step(SubAgent::new("librarian").step(Tool::new("look_up")).step(Llm::new("tiny")));
    let turn = Turn::new().conversation("chat-7").agent("helper").model("large").step(Llm::default());
    let recorder = Recorder::new();
    let result = log(&recorder, turn.step(Tool::new("get_weather")).step(critic).step(Llm::default()));

    assert_eq!(
        shown(&recorder),
        "turn helper: chat-7 helper large\
         \n  llm chat: chat-7 helper large\
         \n  tool get_weather: chat-7 helper -\
         \n  sub_agent critic: chat-7 critic small\
         \n    llm chat: chat-7 critic small\
         \n    sub_agent librarian: chat-7 librarian small\
         \n      tool look_up: chat-7 librarian -\
         \n      llm chat: chat-7 librarian tiny\
         \n  llm chat: chat-7 helper large"
    );
    let calls = recorder.calls();
    let root = &calls[0];
    assert_eq!((root.kind(), root.parent_id(), root.status()), (Kind::Turn, None, Status::Success));
    assert!(calls.iter().all(|call| call.trace_id() == root.trace_id()));
    assert_eq!(result.conversation_id, "chat-7");
    assert_eq!(result.trace_ids, [root.trace_id()]);
    assert_eq!(result.root_span_ids, [root.id()]);
    assert_eq!(result.span_count, calls.len());
    assert_eq!(root.status_counts().success, 9);
}

#[test]
fn what_is_said_is_read_back_as_it_was_given() {
    let llm = Llm::new("gpt-4o")
        .provider("openai")
        .user("Weather in Paris?")
        .temperature(0.0)
        .output_message(Message::assistant("").tool_call("call-1", "get_weather", json!({"city": "Paris"})))
        .usage(Usage::new(20, 0))
        .finish_reason("tool_calls")
        .response_id("answer-1");
    let tool = Tool::new("get_weather").call_id("call-1").arguments(json!({"city": "Paris"})).result("21 °C");
    let agent = SubAgent::new(Agent::new("critic").version("2")).user("Is it?").output("It is.");
    let turn = Turn::new().user("Weather in Paris?").system("Be brief.").output("It is 21 °C.");
    let recorder = Recorder::new();
    log(&recorder, turn.clone().step(llm.clone()).step(tool.clone()).step(agent.clone()));

    let calls = recorder.calls();
    let read = calls[0].turn().unwrap();
    assert_eq!(read.messages, turn.messages);
    assert_eq!(read.system_instructions, ["Be brief."]);
    assert_eq!(read.output_messages, turn.output_messages);
    let read = calls[1].llm().unwrap();
    assert_eq!((read.input_messages, read.output_messages), (llm.input_messages, llm.output_messages));
    assert_eq!((read.request, read.usage, read.provider), (llm.request, llm.usage, llm.provider));
    assert_eq!((read.finish_reasons, read.response_id), (llm.finish_reasons, llm.response_id));
    let read = calls[2].tool().unwrap();
    assert_eq!((read.name, read.call_id), (tool.name, tool.call_id));
    assert_eq!((read.arguments, read.result), (tool.arguments, tool.result));
    let read = calls[3].sub_agent().unwrap();
    assert_eq!((read.agent, read.messages, read.output_messages), (agent.agent, agent.messages, agent.output_messages));
}

#[test]
fn a_turn_that_is_logged_is_the_turn_that_one_would_have_seen() {
    let conversation = || Conversation::new().id("c").name("C").agent("helper").model("large").attribute("team", "a");
    let turn = |n: u64| Turn::new().user("q").attribute("n", n).include_content(n == 0).started_at(at(10 * n));
    let error = "x".parse::<u32>().unwrap_err();
    let llm =
        || Llm::default().user("q").think("hm").output("a").usage(Usage::new(3, 4)).started_at(at(1)).ended_at(at(2));
    let agent = || SubAgent::new("critic").user("so?").started_at(at(2)).ended_at(at(5));
    let tool = || Tool::new("t").arguments(json!([1])).result("r").failed(&error).started_at(at(3)).ended_at(at(4));

    let live = Recorder::new();
    live.run(|| {
        let conversation = weave::start_conversation(conversation());
        for n in 0..2 {
            let turn = conversation.start_turn(turn(n));
            turn.start_llm(llm()).end();
            let agent = turn.start_subagent(agent());
            agent.start_tool(tool()).end();
            agent.start_llm(Llm::new(" ").started_at(at(4)).ended_at(at(5))).end();
            agent.end();
            turn.record(Turn::new().output("a").ended_at(at(10 * n + 9)));
            turn.end();
        }
    });
    let logged = Recorder::new();
    let mut conversation = conversation();
    conversation.turns.extend((0..2).map(|n| {
        let agent = agent().step(tool()).step(Llm::new(" ").started_at(at(4)).ended_at(at(5)));
        turn(n).output("a").ended_at(at(10 * n + 9)).step(llm()).step(agent)
    }));
    logged.run(|| weave::log_conversation(conversation).wait()).unwrap();

    let shown = |recorder: &Recorder| serde_json::to_string_pretty(&recorder.stable_calls()).unwrap();
    assert_eq!(shown(&logged), shown(&live));
    assert_eq!(logged.calls().len(), 10);
}

#[test]
fn turns_say_more_than_their_conversation_and_spans_more_than_both() {
    let conversation = Conversation::new()
        .id("chat-7")
        .name("Weather")
        .agent(Agent::new("helper").version("1"))
        .model("large")
        .attribute("team", "search")
        .attribute("stage", "beta")
        .turn(Turn::new().step(Llm::default().attribute("stage", "gold")))
        .turn(Turn::new().agent("other").model("small").step(Llm::default()));
    let recorder = Recorder::new();
    let result = recorder.run(|| weave::log_conversation(conversation).wait()).unwrap();

    assert_eq!(
        shown(&recorder),
        "turn helper: chat-7 helper large\n  llm chat: chat-7 helper large\n\
         turn other: chat-7 other small\n  llm chat: chat-7 other small"
    );
    let calls = recorder.calls();
    assert_eq!(calls[2].agent().unwrap().version.as_deref(), Some("1"));
    assert_eq!(calls[2].conversation_name(), Some("Weather"));
    let stage = |at: usize| &calls[at].span_attributes()["stage"];
    assert_eq!([stage(0), stage(1)], [&json!("beta"), &json!("gold")]);
    assert_eq!(calls[1].span_attributes()["team"], "search");
    assert_eq!((result.trace_ids.len(), result.span_count), (2, 4));
    assert_ne!(result.trace_ids[0], result.trace_ids[1]);
}

#[test]
fn without_an_id_one_is_made_that_all_turns_have() {
    let recorder = Recorder::new();
    let conversation = Conversation::new().turn("one").turn("two");
    let result = recorder.run(|| weave::log_conversation(conversation).wait()).unwrap();
    assert!(!result.conversation_id.is_empty());
    assert!(recorder.calls().iter().all(|call| call.conversation_id() == Some(&result.conversation_id)));
    assert_ne!(log(&recorder, "three").conversation_id, result.conversation_id);
    let blank = log(&recorder, Turn::new().conversation(""));
    assert_eq!(recorder.calls()[3].conversation_id(), Some(blank.conversation_id.as_str()));
    assert!(!blank.conversation_id.is_empty());
}

#[test]
fn a_conversation_without_turns_leaves_its_id() {
    let recorder = Recorder::new();
    let result = recorder.run(|| weave::log_session("chat-7").wait()).unwrap();
    assert_eq!((result.conversation_id.as_str(), result.span_count), ("chat-7", 0));
    assert!(recorder.calls().is_empty() && result.trace_ids.is_empty());
}

#[test]
fn an_error_is_that_of_its_span_alone() {
    let recorder = Recorder::new();
    let tool = Tool::new("get_weather").failed(&"x".parse::<u32>().unwrap_err());
    log(&recorder, Turn::new().step(tool).step(Llm::new("m")));
    let calls = recorder.calls();
    assert_eq!(calls[1].error().unwrap().message, "invalid digit found in string");
    assert_eq!(
        calls.iter().map(CallRecord::status).collect::<Vec<_>>(),
        [Status::Success, Status::Error, Status::Success]
    );
    assert_eq!(calls[0].status_counts().error, 1);
}

#[test]
fn times_are_those_that_were_given_also_long_ago() {
    let long_ago = SystemTime::UNIX_EPOCH - Duration::from_secs(86_400 * 365 * 30);
    let recorder = Recorder::new();
    log(&recorder, Turn::new().started_at(long_ago).ended_at(long_ago + Duration::from_millis(1)));
    log(&recorder, Turn::new().step(Llm::new("m").started_at(at(1)).ended_at(at(3))).step(Tool::new("t")));
    let times: Vec<_> = recorder.calls().iter().map(|call| (call.started_at(), call.duration().unwrap())).collect();
    let seconds = Duration::from_secs;
    assert_eq!(
        times,
        [(long_ago, Duration::from_millis(1)), (at(1), seconds(2)), (at(1), seconds(2)), (at(3), seconds(0))]
    );
}

#[test]
fn without_content_nothing_that_is_said_is_recorded() {
    let step = || Tool::new("t").call_id("c").arguments(json!({"a": 1})).result("secret");
    let turn = || Turn::new().agent("helper").user("secret").step(step()).step(Llm::new("m").output("secret"));
    let conversation = || Conversation::new().include_content(false);
    let recorder = Recorder::new();
    recorder.run(|| weave::log_conversation(conversation().turn(turn())).wait()).unwrap();
    recorder.run(|| weave::log_conversation(Conversation::new().turn(turn())).wait()).unwrap();

    let text = |call: &CallRecord| serde_json::to_string(&(call, call.turn(), call.llm(), call.tool())).unwrap();
    let says = |call: &&CallRecord| text(call).contains("secret");
    let calls = recorder.calls();
    let kept: Vec<usize> = (0..6).filter(|at| says(&&calls[*at])).collect();
    assert_eq!(kept, [3, 4, 5]);
    assert_eq!(calls[1].tool().unwrap().call_id.as_deref(), Some("c"));
}

#[test]
fn secrets_are_taken_out_and_attributes_of_scopes_and_client_are_there() {
    let recorder = Recorder::with(weave::builder("p").attribute("environment", "staging")).unwrap();
    let turn = Turn::new().step(Tool::new("login").arguments(json!({"user": "a", "password": "hunter2"})));
    recorder.run(|| weave::scope().attribute("import", 7).run(|| weave::log_turn(turn).wait())).unwrap();
    let calls = recorder.calls();
    assert_eq!(calls[1].inputs_json(), r#"{"password":"REDACTED","user":"a"}"#);
    assert_eq!(serde_json::Value::from(calls[0].attributes().clone()), json!({"environment": "staging", "import": 7}));
}

#[test]
fn tokens_of_the_steps_are_summed_up_on_the_turn() {
    let recorder = Recorder::new();
    let llm = || Llm::new("m").usage(Usage::new(10, 2));
    log(&recorder, Turn::new().step(llm()).step(SubAgent::new("s").step(llm())));
    let usage = recorder.calls()[0].summary()["usage"]["m"].clone();
    assert_eq!((&usage["input_tokens"], &usage["output_tokens"]), (&json!(20), &json!(4)));
}

#[test]
fn what_runs_around_has_no_part_in_it_and_finds_nothing_current_afterwards() {
    #[weave::op]
    fn import() -> usize {
        let result = weave::log_turn(Turn::new().agent("helper")).wait().unwrap();
        assert_eq!(weave::current_call().op_name(), Some("import"));
        result.span_count
    }
    let recorder = Recorder::new();
    assert_eq!(recorder.run(import), 1);
    let calls = recorder.calls();
    assert_eq!(calls.iter().map(CallRecord::parent_id).collect::<Vec<_>>(), [None, None]);
    assert_ne!(calls[0].trace_id(), calls[1].trace_id());
}

#[test]
fn what_happened_before_is_recorded_whatever_the_sample_rate() {
    #[weave::op]
    fn import() {
        weave::log_turn("Hello").wait().unwrap();
    }
    let recorder = Recorder::with(weave::builder("p").sample_rate(0.0)).unwrap();
    recorder.run(import);
    assert_eq!(shown(&recorder).split(':').next(), Some("turn turn"));
}

#[test]
fn where_nothing_is_recorded_the_result_is_the_id_alone() {
    let recorder = Recorder::new();
    let log = || weave::log_conversation(Conversation::new().id("chat-7").turn("Hello")).wait().unwrap();
    let results = [log(), recorder.run(|| weave::scope().disabled().run(log))];
    for result in results {
        assert_eq!(result.conversation_id, "chat-7");
        assert_eq!((result.span_count, result.trace_ids.len(), result.root_span_ids.len()), (0, 0, 0));
    }
    assert!(recorder.calls().is_empty());
}

#[test]
fn a_recorder_of_a_test_takes_as_much_as_there_is() {
    let recorder = Recorder::with(weave::builder("p").queue_calls(10)).unwrap();
    let mut conversation = Conversation::new();
    conversation.turns.extend((0..3_000).map(|n| Turn::from(n.to_string()).step(Llm::new("m"))));
    let logging = recorder.run(|| weave::log_conversation(conversation));
    let result = futures::executor::block_on(logging).unwrap();
    assert_eq!((result.span_count, recorder.calls().len()), (6_000, 6_000));
}
