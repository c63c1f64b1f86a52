//! The options that only turns, calls of models and tools have: what a record says by them.

mod live;
mod llm;
mod tool;
mod turn;

use std::cell::Cell;

use serde_json::json;
use weave::testing::Recorder;
use weave::{CallRecord, Llm};

/// The only call that `run` makes.
fn call<T>(run: impl FnOnce() -> T) -> CallRecord {
    let recorder = Recorder::new();
    recorder.run(run);
    let calls = recorder.calls();
    assert_eq!(calls.len(), 1, "{}", recorder.tree().outline());
    calls[0].clone()
}

thread_local! {
    static EVALUATED: Cell<u32> = const { Cell::new(0) };
}

fn evaluated(text: &str) -> &str {
    EVALUATED.set(EVALUATED.get() + 1);
    text
}

#[test]
fn values_are_evaluated_once_and_only_where_they_are_recorded() {
    #[weave::llm(model = evaluated(model), provider = evaluated("openai"))]
    fn ask(model: &str) {}
    ask("small");
    assert_eq!(EVALUATED.get(), 0);
    let call = call(|| ask("small"));
    assert_eq!(EVALUATED.get(), 2);
    assert_eq!((call.model(), call.provider()), (Some("small"), Some("openai")));
}

#[test]
fn a_value_that_panics_costs_what_comes_after_it_and_nothing_else() {
    fn bad() -> String {
        panic!("a bad value")
    }
    #[weave::llm(model = model, provider = bad(), temperature = 0.5)]
    fn ask(model: &str) -> u8 {
        1
    }
    let call = call(|| assert_eq!(ask("small"), 1));
    assert_eq!((call.model(), call.provider(), call.output_json()), (Some("small"), None, Some("1")));
    assert_eq!(call.inputs_json(), r#"{"model":"small","weave.error":"capturing the inputs panicked"}"#);
}

#[test]
fn what_cannot_be_shown_is_the_name_of_its_type_as_everywhere() {
    struct Opaque;
    #[weave::llm(model = Opaque, temperature = Opaque, skip_all)]
    fn ask() {}
    let llm = call(ask).llm().unwrap();
    assert!(llm.model.unwrap().ends_with("::Opaque>"));
    assert_eq!(llm.request.temperature, None);
}

#[test]
fn values_see_the_arguments_in_every_kind_of_function() {
    struct Client {
        model: String,
    }
    impl Client {
        #[weave::llm(model = self.model, max_tokens = most, skip(self))]
        fn method(&self, most: u64) {}

        #[weave::llm(model = &*self.model, max_tokens = most, skip(self))]
        async fn later(&self, most: u64) {
            tokio::task::yield_now().await;
        }

        #[weave::llm(model = self.model, max_tokens = most, skip(self))]
        fn chunks(self, most: u64) -> impl Iterator<Item = u64> {
            0..most
        }

        #[weave::llm(model = self.model, max_tokens = most, skip(self))]
        #[track_caller]
        fn guarded(&self, most: u64) {}
    }
    #[weave::llm(model = name, max_tokens = most + 1, only(most))]
    fn parts((name, most): (&str, u64)) {}
    #[weave::llm(model = model.as_ref(), max_tokens = 2, skip_all)]
    fn generic<M: AsRef<str>>(model: M) {}

    let recorder = Recorder::new();
    recorder.run(|| {
        let client = Client { model: "small".to_owned() };
        client.method(2);
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(client.later(2));
        client.guarded(2);
        client.chunks(2).for_each(drop);
        parts(("small", 1));
        generic(String::from("small"));
    });
    for call in recorder.calls() {
        let llm = call.llm().unwrap();
        assert_eq!((llm.model.as_deref(), llm.request.max_tokens), (Some("small"), Some(2)), "{}", call.op_name());
    }
    assert_eq!(recorder.calls().len(), 6);
}

#[test]
fn attributes_and_options_stand_beside_each_other() {
    #[weave::llm(name = "chat", kind = "search", attributes(user = user), model = "small")]
    fn ask(user: u64) {}
    let call = call(|| ask(7));
    assert_eq!((call.op_name(), call.model()), ("chat", Some("small")));
    assert_eq!(call.attributes()["user"], json!(7));
    assert_eq!(call.inputs_json(), r#"{"user":7}"#);
    assert_eq!(call.llm().unwrap().attributes.len(), 0);
}

#[test]
fn a_plain_op_has_none_of_it() {
    #[weave::op]
    fn plain() -> Llm {
        Llm::new("small")
    }
    let call = call(plain);
    assert_eq!((call.llm(), call.model(), call.turn()), (None, None, None));
}
