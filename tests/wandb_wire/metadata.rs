//! What calls are told beside inputs and output: names, attributes, what hooks make of them.

use std::time::{Duration, SystemTime};

use serde_json::json;
use weave::CallRecord;

use crate::fixture::{assert_same, assert_same_calls};
use crate::ops::fixture;
use crate::session::{Session, run};

#[test]
fn attributes() {
    #[weave::op(attributes(layer = "op", op_only = 1, nest = json!({ "a": "op", "b": "op" })))]
    fn f(x: i64) -> i64 {
        g(x)
    }
    #[weave::op]
    fn g(x: i64) -> i64 {
        x
    }
    let client = [("layer", json!("client")), ("client_only", json!(true)), ("nest", json!({ "c": "client" }))];
    let session = Session::new();
    let sent = session.run(session.builder().attributes(client), || {
        f(1);
        let context = [
            ("layer", json!("ctx")),
            ("nest", json!({ "a": "ctx" })),
            ("api_key", json!("hide-me")),
            ("weave", json!({ "mine": 1 })),
        ];
        weave::scope().attributes(context).run(|| {
            weave::scope().attribute("inner", true).run(|| {
                f(2);
                weave::scope().call_attribute("layer", "call").run(|| f(3));
            });
            f(4);
        });
    });
    assert_same(&sent, fixture!("attributes"));
}

#[test]
fn display_name() {
    #[weave::op(name = "static", display_name = "static name")]
    fn fixed(x: i64) -> i64 {
        x
    }
    #[weave::op(display_name = |call: &CallRecord| format!("{}({})", call.op_name(), call.input::<i64>("x").unwrap()))]
    fn dynamic(x: i64) -> i64 {
        x
    }
    #[weave::op]
    fn too_long(x: i64) -> i64 {
        weave::current_call().set_display_name("L".repeat(1_100));
        x
    }
    let sent = run(|| {
        fixed(1);
        dynamic(2);
        weave::scope().display_name("per call").run(|| fixed(3));
        too_long(4);
    });
    // Python also publishes the op of a call that is not recorded, because its name could not be made.
    assert_same_calls(&sent, &serde_json::from_str(fixture!("display_name")).unwrap());
}

#[test]
fn tracing_disabled() {
    #[weave::op]
    fn child(x: i64) -> i64 {
        x
    }
    #[weave::op]
    fn parent(x: i64) -> i64 {
        child(x)
    }
    #[weave::op]
    fn generate(n: i64) -> impl Iterator<Item = i64> {
        0..n
    }
    #[weave::op]
    fn partly(x: i64) -> i64 {
        weave::scope().disabled().run(|| child(x));
        child(x + 1)
    }
    let sent = run(|| {
        weave::scope().disabled().run(|| {
            parent(1);
            assert_eq!(generate(2).collect::<Vec<_>>(), [0, 1]);
            let (result, call) = weave::call(|| parent(5));
            assert_eq!((result, call.id()), (5, None));
        });
        partly(10);
    });
    assert_same(&sent, fixture!("tracing_disabled"));
}

#[test]
fn create_call_manual() {
    let began = SystemTime::UNIX_EPOCH + Duration::from_micros(1_704_164_645_678_901);
    let sent = run(|| {
        let root = weave::start_call("my op/with: odd chars").input("q", 1).attribute("k", "v");
        let root = root.display_name("shown").started_at(began).ended_at(began + Duration::from_secs(2));
        let child = root.handle().start_call("child_op").input("c", 1);
        let detached = weave::start_call("detached").root();
        root.handle().start_call("explicit_parent").finish("e");
        detached.finish(());
        child.fail("child failed");
        root.handle().merge_summary("mine", json!({ "score": 1 }));
        root.handle().merge_summary("status_counts", json!({ "success": 99 }));
        root.finish(json!({ "a": 1 }));
        weave::start_call("logged").input("x", 5).display_name("Logged").attribute("a", 1).finish(15);
        weave::start_call("logged_fail").fail("logged failure");
    });
    assert_same(&sent, fixture!("create_call_manual"));
}

#[test]
fn postprocess() {
    #[weave::op(
        inputs = |inputs| drop(inputs.insert("op_in".to_owned(), true.into())),
        output = |output| json!({ "op_out": output }),
        kind = "llm",
        color = "blue",
    )]
    fn f(x: i64) -> i64 {
        x + 1
    }
    #[weave::op]
    fn plain(x: i64) -> i64 {
        x
    }
    let session = Session::new();
    let client = session
        .builder()
        .inputs(|_, inputs| drop(inputs.insert("client_in".to_owned(), true.into())))
        .output(|_, output| *output = json!({ "client_out": output.take() }));
    let sent = session.run(client, || (f(1), plain(2)));
    assert_same(&sent, fixture!("postprocess"));
}
