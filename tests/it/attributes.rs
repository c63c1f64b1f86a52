//! The attributes of a call: where they come from, which of them win, which are inherited.

use serde_json::{Value, json};
use weave::testing::Recorder;

#[weave::op(attributes(from = "op", nest = json!({ "op": 1, "x": "op" }), size = text.len()))]
fn tagged(text: &str) {
    untagged();
}

#[weave::op]
fn untagged() {}

/// The attributes of the calls, in the order of their start.
fn attributes(recorder: &Recorder) -> Vec<Value> {
    recorder.calls().iter().map(|call| Value::Object(call.attributes().clone())).collect()
}

fn client() -> Recorder {
    let builder =
        weave::builder("t").attribute("from", "client").attribute("nest", json!({ "client": 1, "x": "client" }));
    Recorder::with(builder).unwrap()
}

#[test]
fn an_op_is_stronger_than_the_client_and_merged_into_it_deeply() {
    let recorder = client();
    recorder.run(|| tagged("abc"));
    let expected = [
        json!({ "from": "op", "nest": { "client": 1, "op": 1, "x": "op" }, "size": 3 }),
        json!({ "from": "client", "nest": { "client": 1, "x": "client" } }),
    ];
    assert_eq!(attributes(&recorder), expected);
}

#[test]
fn a_scope_is_stronger_than_the_op_and_replaces_its_whole_values() {
    let recorder = client();
    recorder.run(|| {
        weave::scope().attribute("nest", json!({ "scope": 1 })).attribute("from", "scope").run(|| tagged("abc"));
    });
    let nest = json!({ "client": 1, "scope": 1, "x": "client" });
    let expected = [json!({ "from": "scope", "nest": nest, "size": 3 }), json!({ "from": "scope", "nest": nest })];
    assert_eq!(attributes(&recorder), expected);
}

#[test]
fn a_call_is_the_strongest_and_replaces_whole_values_of_all_but_the_client() {
    let recorder = client();
    recorder.run(|| {
        weave::scope().attribute("nest", json!({ "scope": 1 })).attribute("from", "scope").run(|| {
            weave::start_call("manual").attribute("from", "call").attribute("nest", json!({ "call": 1 })).run(untagged);
        });
    });
    let nest = |from: &str| json!({ "from": from, "nest": { "client": 1, from: 1, "x": "client" } });
    let expected = [nest("call"), nest("scope")];
    assert_eq!(attributes(&recorder), expected);
}

#[test]
fn what_an_op_or_a_call_has_is_not_inherited() {
    let recorder = Recorder::new();
    recorder.run(|| {
        tagged("");
        weave::start_call("manual").attribute("own", 1).run(untagged);
    });
    let attributes = attributes(&recorder);
    assert_eq!((&attributes[1], &attributes[3]), (&json!({}), &json!({})));
    assert_eq!(attributes[2], json!({ "own": 1 }));
}

#[test]
fn scopes_nest_and_the_inner_wins_until_it_ends() {
    let recorder = Recorder::new();
    recorder.run(|| {
        weave::scope().attribute("a", 1).attribute("b", json!({ "outer": true })).run(|| {
            weave::scope().attribute("b", json!({ "inner": true })).attribute("c", 3).run(untagged);
            untagged();
        });
        untagged();
    });
    let expected =
        [json!({ "a": 1, "b": { "inner": true }, "c": 3 }), json!({ "a": 1, "b": { "outer": true } }), json!({})];
    assert_eq!(attributes(&recorder), expected);
}

#[test]
fn the_reserved_key_is_dropped_wherever_it_comes_from() {
    #[weave::op(attributes(kept = 1))]
    fn reserved() {}
    let recorder = Recorder::with(weave::builder("t").attribute("weave", "client")).unwrap();
    recorder.run(|| {
        weave::scope().attribute("weave", "scope").run(|| {
            reserved();
            weave::start_call("manual").attribute("weave", "call").finish(());
        });
    });
    assert_eq!(attributes(&recorder), [json!({ "kept": 1 }), json!({})]);
}

#[test]
fn attributes_have_dotted_keys_and_expressions_of_the_arguments() {
    struct Opaque;
    #[weave::op(attributes("llm.model" = model, llm.retries = retries + 1, opaque = Opaque), skip_all)]
    fn ask(model: &str, retries: u8) {}
    let recorder = Recorder::new();
    recorder.run(|| ask("small", 1));
    let attributes = &attributes(&recorder)[0];
    assert_eq!((&attributes["llm.model"], &attributes["llm.retries"]), (&json!("small"), &json!(2)));
    assert!(attributes["opaque"].as_str().unwrap().ends_with("::Opaque>"));
    assert_eq!(recorder.calls()[0].inputs_json(), "{}");
}

#[test]
fn a_scope_value_that_misbehaves_is_a_placeholder() {
    struct Bad;
    impl serde::Serialize for Bad {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("bad")
        }
    }
    let recorder = Recorder::new();
    recorder.run(|| weave::scope().attribute("bad", Bad).attribute("nan", f64::NAN).run(untagged));
    let attributes = &attributes(&recorder)[0];
    assert_eq!(attributes["bad"]["weave.error"]["message"], "panicked: bad");
    assert_eq!(attributes["nan"], Value::Null);
}

#[test]
fn scopes_reach_into_futures_and_tasks_but_not_beyond() {
    let recorder = Recorder::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    #[weave::op]
    async fn later() {
        tokio::task::yield_now().await;
        untagged();
    }
    runtime.block_on(recorder.wrap(async {
        weave::scope().attribute("a", 1).wrap(async { weave::spawn(later()).await.unwrap() }).await;
        untagged();
    }));
    assert_eq!(attributes(&recorder), [json!({ "a": 1 }), json!({ "a": 1 }), json!({})]);
}

#[test]
fn attributes_that_are_set_on_the_running_call_are_kept_apart() {
    #[weave::op(attributes(a = 1))]
    fn work() {
        weave::current_call().set_attribute("a", 2);
        weave::current_call().set_attribute("weave", "allowed here");
    }
    let recorder = Recorder::new();
    recorder.run(work);
    let call = &recorder.calls()[0];
    assert_eq!((&call.attributes()["a"], &call.span_attributes()["a"]), (&json!(1), &json!(2)));
}
