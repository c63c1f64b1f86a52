//! `Builder::inputs` and `Builder::output`: what they are given, and when.

use serde_json::json;
use weave::testing::Recorder;

use super::outline;

#[weave::op(
    kind = "llm",
    color = "blue",
    inputs = |inputs| { inputs.insert("op_in".to_owned(), true.into()); },
    output = |output| json!({ "op_out": output }),
)]
fn f(x: i64) -> i64 {
    x + 1
}

#[weave::op]
fn plain(x: i64) -> i64 {
    x
}

fn client() -> weave::Builder {
    weave::builder("t")
        .inputs(|_, inputs| drop(inputs.insert("client_in".to_owned(), true.into())))
        .output(|_, output| *output = json!({ "client_out": output.take() }))
}

#[test]
fn the_ops_own_functions_come_before_the_clients() {
    let recorder = Recorder::with(client()).unwrap();
    recorder.run(|| (f(1), plain(2)));
    let calls = serde_json::to_value(recorder.calls()).unwrap();
    assert_eq!(calls[0]["inputs"], json!({ "x": 1, "op_in": true, "client_in": true }));
    assert_eq!(calls[0]["output"], json!({ "client_out": { "op_out": 2 } }));
    assert_eq!(calls[0]["attributes"], json!({ "weave": { "kind": "llm", "color": "blue" } }));
    assert_eq!(calls[1]["inputs"], json!({ "x": 2, "client_in": true }));
    assert_eq!(calls[1]["output"], json!({ "client_out": 2 }));
}

#[test]
fn the_clients_functions_see_which_call_it_is_and_manual_calls_too() {
    let builder = weave::builder("t").attribute("tenant", 7).inputs(|call, inputs| {
        let seen = format!("{} of {}", call.op_name(), call.attributes()["tenant"]);
        inputs.insert("seen".to_owned(), seen.into());
    });
    let recorded = outline(builder, || {
        plain(1);
        weave::start_call("manual").finish(());
    });
    assert_eq!(recorded, "plain(x: 1, seen: \"plain of 7\") -> 1\nmanual(seen: \"manual of 7\")");
}

#[test]
fn an_output_that_there_is_not_is_not_reshaped() {
    #[weave::op]
    fn fail() -> Result<u8, String> {
        Err("no".to_owned())
    }
    #[weave::op(skip_output)]
    fn skipped() -> u8 {
        1
    }
    let recorded = outline(client().inputs(|_, _| {}), || (fail().is_err(), skipped()));
    assert_eq!(recorded, "fail() failed: no\nskipped()");
}

#[test]
fn a_call_that_runs_is_reshaped_as_well() {
    let recorder = Recorder::with(client()).unwrap();
    let open = recorder.run(|| weave::start_call("open").input("n", 1));
    assert_eq!(recorder.tree().outline(), "open(n: 1, client_in: true) running");
    open.finish(2);
    assert_eq!(recorder.tree().outline(), r#"open(n: 1, client_in: true) -> {"client_out":2}"#);
}
