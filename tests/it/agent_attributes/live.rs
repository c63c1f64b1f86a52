//! Annotated functions among handles: conversations, traces, what is current inside.

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use weave::testing::Recorder;
use weave::{Conversation, Llm, Message, OpenConversation, Status};

#[weave::turn(agent = "helper", model = "small")]
fn answer(question: &str) -> String {
    ask(question)
}

#[weave::llm]
fn ask(prompt: &str) -> String {
    look_up(prompt);
    format!("{prompt} Yes.")
}

#[weave::tool]
fn look_up(word: &str) {}

#[test]
fn a_turn_begins_a_trace_that_the_rest_is_in() {
    #[weave::op]
    fn serve() {
        answer("Why?");
        answer("How?");
    }
    let recorder = Recorder::new();
    recorder.run(serve);
    assert_eq!(recorder.traces().len(), 3);
    let turns: Vec<_> = recorder.calls().iter().filter_map(weave::CallRecord::turn).collect();
    assert_eq!([&turns[0].messages, &turns[1].messages], [&[Message::user("Why?")], &[Message::user("How?")]]);
    assert_eq!(turns[0].output_messages, [Message::assistant("Why? Yes.")]);
}

#[test]
fn what_is_inside_has_the_agent_the_model_and_the_conversation_of_the_turn() {
    #[weave::turn(conversation = id, agent = "helper", model = "small")]
    async fn serve(id: u32, question: String) -> String {
        tokio::task::yield_now().await;
        ask(&question)
    }
    let recorder = Recorder::new();
    recorder.run(|| block_on(serve(7, "Why?".to_owned())));
    for call in recorder.calls() {
        assert_eq!(call.conversation_id(), Some("7"), "{}", call.op_name());
        assert_eq!(call.agent().unwrap().name.as_deref(), Some("helper"), "{}", call.op_name());
    }
    let llm = recorder.calls()[1].llm().unwrap();
    assert_eq!(llm.model.as_deref(), Some("small"));
}

#[test]
fn a_conversation_is_named_by_its_handle() {
    #[weave::turn(conversation = chat, skip(chat))]
    fn serve(chat: &OpenConversation, question: &str) {}
    let recorder = Recorder::new();
    recorder.run(|| {
        let about = Conversation::new().id("chat-7").name("Weather").agent("helper").attribute("user", 7);
        let chat = weave::start_conversation(about);
        serve(&chat, "Why?");
    });
    let call = &recorder.calls()[0];
    assert_eq!((call.conversation_id(), call.conversation_name()), (Some("chat-7"), Some("Weather")));
    assert_eq!(call.agent().unwrap().name.as_deref(), Some("helper"));
    assert_eq!(call.span_attributes()["user"], 7);
}

#[test]
fn what_is_said_by_hand_inside_wins_over_options_and_output() {
    #[weave::llm(model = "small", provider = "openai")]
    fn ask(prompt: &str) -> Llm {
        if let Some(llm) = weave::current_llm() {
            llm.record(Llm::new("by hand").user("composed"));
        }
        Llm::new("of the output").output("yes")
    }
    #[weave::turn(agent = "helper")]
    fn answer(question: &str) {
        if let Some(turn) = weave::current_turn() {
            turn.user("By hand?");
        }
        ask(question);
    }
    let recorder = Recorder::new();
    recorder.run(|| answer("Why?"));
    let calls = recorder.calls();
    assert_eq!(calls[0].turn().unwrap().messages, [Message::user("By hand?")]);
    let llm = calls[1].llm().unwrap();
    assert_eq!((llm.model.as_deref(), llm.provider.as_deref()), (Some("by hand"), Some("openai")));
    assert_eq!(
        (llm.input_messages, llm.output_messages),
        (vec![Message::user("composed")], vec![Message::assistant("yes")])
    );
}

#[test]
fn a_conversation_without_content_keeps_what_options_and_outputs_say_out() {
    #[weave::turn(agent = "helper", user_message = format!("{question}!"), system = "Be kind.")]
    fn answer(question: &str) -> Llm {
        ask(question)
    }
    #[weave::llm(model = "small", messages = [prompt], tools = [prompt])]
    fn ask(prompt: &str) -> Llm {
        Llm::default().output(prompt).finish_reason("stop")
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation(Conversation::new().include_content(false));
        chat.in_scope(|| answer("secret"));
    });
    let calls = recorder.calls();
    assert_eq!((calls.len(), calls[1].model()), (2, Some("small")));
    assert_eq!(calls[1].llm().unwrap().finish_reasons, ["stop"]);
    for call in calls {
        let text = serde_json::to_string(&call).unwrap();
        assert!(!text.contains("secret") && !text.contains("Be kind"), "{text}");
    }
}

#[test]
fn a_turn_that_streams_goes_on_until_its_answer_is_whole() {
    #[weave::turn(agent = "helper")]
    fn answer(question: &str) -> impl Stream<Item = String> + use<> {
        let question = question.to_owned();
        stream::iter(["I ", "see."]).map(move |chunk| {
            look_up(&question);
            chunk.to_owned()
        })
    }
    let recorder = Recorder::new();
    let chunks: Vec<String> = recorder.run(|| block_on(answer("Why?").collect()));
    assert_eq!(chunks, ["I ", "see."]);
    let calls = recorder.calls();
    assert_eq!(calls.len(), 3);
    assert!(calls[1..].iter().all(|call| call.parent_id() == Some(calls[0].id())));
    assert_eq!(calls[0].turn().unwrap().output_messages, [Message::assistant("I see.")]);
}

#[test]
fn errors_and_panics_end_a_turn_as_they_end_an_op() {
    #[weave::turn]
    fn fails(question: &str) -> Result<String, String> {
        Err("no".to_owned())
    }
    #[weave::turn(subagent)]
    fn panics(question: &str) {
        panic!("as it should")
    }
    #[weave::llm(model = "small")]
    async fn never(prompt: &str) {
        std::future::pending::<()>().await;
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        fails("Why?").unwrap_err();
        std::panic::catch_unwind(|| panics("Why?")).unwrap_err();
        block_on(async {
            let mut never = Box::pin(never("Why?"));
            assert!(futures::poll!(&mut never).is_pending());
        });
    });
    let statuses: Vec<Status> = recorder.calls().iter().map(weave::CallRecord::status).collect();
    assert_eq!(statuses, [Status::Error, Status::Error, Status::Cancelled]);
    assert_eq!(recorder.calls()[0].turn().unwrap().messages, [Message::user("Why?")]);
}
