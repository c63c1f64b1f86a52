//! Turns and the work of sub-agents.

use std::borrow::Cow;
use std::sync::Arc;

use weave::testing::Recorder;
use weave::{Agent, Kind, Message};

use super::call;

#[test]
fn a_turn_says_who_answers_whom() {
    #[weave::turn(agent = "helper", model = model, conversation = format!("chat-{id}"), system = ["Be kind."])]
    fn answer(id: u32, model: &str, question: &str) -> String {
        format!("you asked: {question}")
    }
    let call = call(|| answer(7, "small", "why?"));
    assert_eq!((call.kind(), call.op_name()), (Kind::Turn, "answer"));
    assert_eq!(call.conversation_id(), Some("chat-7"));
    assert_eq!(call.agent(), Some(&Agent::new("helper")));
    let turn = call.turn().unwrap();
    assert_eq!((turn.model.as_deref(), &turn.system_instructions[..]), (Some("small"), &["Be kind.".to_owned()][..]));
}

#[test]
fn an_agent_may_be_told_in_full() {
    #[weave::turn(agent = Agent::new("helper").version(version))]
    fn answer(version: &str) {}
    let call = call(|| answer("1.2"));
    assert_eq!(call.agent(), Some(&Agent::new("helper").version("1.2")));
}

#[test]
fn the_work_of_another_agent_is_of_a_kind_of_its_own() {
    #[weave::turn(agent = "helper")]
    fn answer(question: &str) -> bool {
        critic(question) && named(question) && chosen("judge", question)
    }
    #[weave::turn(subagent)]
    fn critic(claim: &str) -> bool {
        true
    }
    #[weave::turn(subagent = "fact checker")]
    fn named(claim: &str) -> bool {
        true
    }
    #[weave::turn(subagent = who, model = "small")]
    fn chosen(who: &str, claim: &str) -> bool {
        true
    }
    let recorder = Recorder::new();
    recorder.run(|| answer("why?"));
    let calls = recorder.calls();
    let agents =
        calls.iter().map(|call| (call.kind(), call.agent().and_then(|agent| agent.name.as_deref()).unwrap_or("")));
    assert_eq!(
        agents.collect::<Vec<_>>(),
        [
            (Kind::Turn, "helper"),
            (Kind::SubAgent, "critic"),
            (Kind::SubAgent, "fact checker"),
            (Kind::SubAgent, "judge")
        ]
    );
    assert_eq!(calls[3].sub_agent().unwrap().model.as_deref(), Some("small"));
}

/// What the user said, by the only turn that `run` makes.
fn messages<T>(run: impl FnOnce() -> T) -> Vec<Message> {
    call(run).turn().unwrap().messages
}

#[test]
fn what_the_user_says_is_the_first_text_among_the_arguments() {
    #[weave::turn]
    fn plain(n: u8, question: &str, style: &str) {}
    #[weave::turn]
    async fn later(question: String) {}
    #[weave::turn]
    fn borrowed(question: Cow<'_, str>) {}
    #[weave::turn]
    fn shared(question: Arc<str>) {}
    #[weave::turn]
    fn generic<Q: AsRef<str>>(question: Q) {}
    #[weave::turn]
    fn shown(question: impl ToString) {}
    #[weave::turn]
    fn displayed(question: impl std::fmt::Display) {}
    #[weave::turn(conversation = chat_id)]
    fn of_a_chat(chat_id: &str, question: &str) {}

    let why = [Message::user("why?")];
    assert_eq!(messages(|| plain(1, "why?", "kind")), why);
    assert_eq!(messages(|| futures::executor::block_on(later("why?".to_owned()))), why);
    assert_eq!(messages(|| borrowed("why?".into())), why);
    assert_eq!(messages(|| shared("why?".into())), why);
    assert_eq!(messages(|| generic("why?")), why);
    assert_eq!(messages(|| shown("why?")), why);
    assert_eq!(messages(|| displayed("why?")), why);
    assert_eq!(messages(|| of_a_chat("chat-7", "why?")), why);
}

#[test]
fn what_is_left_out_is_no_message() {
    #[weave::turn(skip(question))]
    fn skipped(question: &str, style: &str) {}
    #[weave::turn(skip_all)]
    fn all(question: &str) {}
    #[weave::turn]
    fn taken(question: impl Into<String>) {}
    #[weave::turn]
    fn numbers(n: u8, list: Vec<String>) {}

    assert_eq!(messages(|| skipped("why?", "kind")), []);
    assert_eq!(messages(|| all("why?")), []);
    assert_eq!(messages(|| taken("why?")), []);
    assert_eq!(messages(|| numbers(1, Vec::new())), []);
}

#[test]
fn an_option_says_what_the_user_said() {
    #[weave::turn(user_message = question)]
    fn chosen(style: &str, question: &str) {}
    #[weave::turn(user_message = question, skip_all)]
    fn not_recorded(question: &str) {}
    #[weave::turn(user_message = format!("{a} and {b}"))]
    fn composed(a: u8, b: u8) {}
    #[weave::turn(user_message = Message::user(question).named("Ada"), skip_all)]
    fn whole(question: &str) {}

    assert_eq!(messages(|| chosen("kind", "why?")), [Message::user("why?")]);
    assert_eq!(messages(|| not_recorded("why?")), [Message::user("why?")]);
    assert_eq!(messages(|| composed(1, 2)), [Message::user("1 and 2")]);
    assert_eq!(messages(|| whole("why?")), [Message::user("why?").named("Ada")]);
}

#[test]
fn a_message_may_have_media() {
    use weave::{Content, Part};
    #[weave::turn(user_message = (question, picture), skip_all)]
    fn look(question: &str, picture: &Content) {}
    let picture = Content::from_bytes([1, 2, 3], "image/png");
    let said = messages(|| look("what is it?", &picture));
    assert_eq!(said, [Message::user("what is it?").part(Part::from(picture))]);
}
