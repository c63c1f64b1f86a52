//! Secrets in what spans of agents are told beside messages, and what hooks keep out of messages.

use serde_json::{Map, Value, json};
use weave::testing::Recorder;
use weave::{Agent, Conversation, Llm, Message, SubAgent, Tool, Turn};

/// Text with a secret.
fn secret(name: &str) -> String {
    format!("{name}?api_key=sk-1")
}

fn work() {
    let agent = || Agent::new(secret("helper")).id(secret("id")).description(secret("d")).version(secret("v"));
    let about = Conversation::new().id(secret("chat")).name(secret("name")).agent(agent()).model(secret("model"));
    let turn = weave::start_conversation(about).start_turn("Hello");
    let llm = Llm::new(secret("asked"))
        .provider(secret("provider"))
        .stop_sequences([secret("stop")])
        .response_id(secret("response"))
        .response_model(secret("answered"))
        .output_type(secret("type"))
        .finish_reason(secret("finish"))
        .usage(weave::Usage::new(1, 1));
    turn.start_llm(llm).end();
    let tool = Tool::new(secret("tool")).call_id(secret("call")).tool_type(secret("type")).description(secret("d"));
    turn.start_tool(tool).end();
    turn.start_subagent(SubAgent::new(agent())).end();
    turn.end();
    weave::log_turn(Turn::new().conversation(secret("chat")).agent(agent()).step(Llm::new(secret("m"))))
        .wait()
        .unwrap();
}

/// All that is in the records.
fn recorded(recorder: &Recorder) -> String {
    recorder.calls().iter().map(|call| serde_json::to_string(call).unwrap() + "\n").collect()
}

#[test]
fn names_and_ids_of_agents_are_searched_for_secrets() {
    let recorder = Recorder::new();
    recorder.run(work);
    let calls = recorder.calls();
    assert!(!recorded(&recorder).contains("sk-1"), "{}", recorded(&recorder));
    assert_eq!(calls[0].conversation_id(), Some("chat?api_key=REDACTED"));
    assert_eq!(calls[0].agent().unwrap().description.as_deref(), Some("d?api_key=REDACTED"));
    let llm = calls[1].llm().unwrap();
    assert_eq!(
        (llm.model.as_deref(), &*llm.finish_reasons[0]),
        (Some("asked?api_key=REDACTED"), "finish?api_key=REDACTED")
    );
    assert_eq!(llm.request.stop_sequences, ["stop?api_key=REDACTED"]);
    assert_eq!(calls[2].tool().unwrap().call_id.as_deref(), Some("call?api_key=REDACTED"));
}

#[test]
fn a_redaction_of_the_user_s_is_shown_names_and_ids_of_agents() {
    let builder = weave::builder("test").redact(|_, value| {
        if let Some(text) = value.as_str().filter(|text| text.contains("api_key")) {
            *value = text.split('?').next().unwrap_or_default().into();
        }
    });
    let recorder = Recorder::with(builder).unwrap();
    recorder.run(work);
    let calls = recorder.calls();
    assert_eq!(calls[0].conversation_id(), Some("chat"));
    assert_eq!(*calls[0].agent().unwrap(), Agent::new("helper").id("id").description("d").version("v"));
    let llm = calls[1].llm().unwrap();
    assert_eq!((llm.model.as_deref(), llm.response_id.as_deref()), (Some("asked"), Some("response")));
    assert_eq!((llm.request.stop_sequences, llm.finish_reasons), (vec!["stop".to_owned()], vec!["finish".to_owned()]));
    assert_eq!(calls[2].tool().unwrap().call_id.as_deref(), Some("call"));
}

fn shorten(inputs: &mut Map<String, Value>) {
    for (_, value) in inputs {
        *value = "(kept out)".into();
    }
}

#[weave::llm(messages = history, system = rules, tools = tools, inputs = shorten)]
fn complete(history: &[Message], rules: &str, tools: &Value) -> u32 {
    7
}

#[weave::turn(system = rules, inputs = shorten)]
fn answer(rules: &str, question: &str) {}

/// What no hook takes away.
#[weave::llm(messages = history)]
fn asked(history: &[Message], prompt: &str) -> u32 {
    7
}

#[test]
fn what_a_hook_makes_of_an_argument_is_what_a_model_was_told() {
    let recorder = Recorder::new();
    recorder.run(|| {
        complete(&[Message::user("hunter2")], "hunter2", &json!([{ "name": "hunter2" }]));
        answer("hunter2", "hunter2");
    });
    assert!(!recorded(&recorder).contains("hunter2"), "{}", recorded(&recorder));
    let calls = recorder.calls();
    let llm = calls[0].llm().unwrap();
    assert_eq!(llm.input_messages, [Message::user("(kept out)")]);
    assert_eq!(llm.system_instructions, ["(kept out)"]);
    assert_eq!(calls[1].turn().unwrap().system_instructions, ["(kept out)"]);

    let hook = |_: &weave::CallRecord, inputs: &mut Map<String, Value>| {
        inputs.remove("history");
    };
    let recorder = Recorder::with(weave::builder("test").inputs(hook)).unwrap();
    recorder.run(|| asked(&[Message::user("hunter2")], "Well?"));
    assert_eq!(recorder.calls()[0].llm().unwrap().input_messages, [Message::user("Well?")]);

    let hook = |_: &weave::CallRecord, inputs: &mut Map<String, Value>| {
        inputs.remove("prompt");
    };
    let recorder = Recorder::with(weave::builder("test").inputs(hook)).unwrap();
    recorder.run(|| asked(&[Message::user("Hello")], "hunter2"));
    assert_eq!(recorder.calls()[0].llm().unwrap().input_messages, [Message::user("Hello")]);
}

#[weave::llm]
fn told(prompt: &str) -> Llm {
    weave::current_llm().unwrap().record(Llm::default().system("By hand."));
    Llm::default().output("hunter2").think("hunter2").system("hunter2").user("hunter2")
}

#[test]
fn what_a_client_makes_of_an_output_is_what_a_model_answered() {
    let hook = |_: &weave::CallRecord, output: &mut Value| *output = "(kept out)".into();
    let recorder = Recorder::with(weave::builder("test").output(hook)).unwrap();
    recorder.run(|| told("Well?"));
    assert!(!recorded(&recorder).contains("hunter2"), "{}", recorded(&recorder));
    let llm = recorder.calls()[0].llm().unwrap();
    assert_eq!(
        (llm.input_messages, llm.system_instructions),
        (vec![Message::user("Well?")], vec!["By hand.".to_owned()])
    );
}
