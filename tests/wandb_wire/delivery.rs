//! How requests go: at the start, in trouble, for calls that take long.

use std::time::Duration;

use fake_backend::{Answer, weave as fake};
use serde_json::{Value, json};

use crate::fixture::{assert_same, assert_same_calls};
use crate::ops::fixture;
use crate::sent::Sent;
use crate::session::{PROJECT, Session, run};

const COMPLETE: &str = "/v2/recorder-entity/recorder-project/calls/complete";

#[weave::op]
fn f(x: i64) -> i64 {
    x
}

fn python(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The ids of the calls in each request to complete some.
fn batches(sent: &Sent) -> Vec<Vec<String>> {
    let ids = |batch: &Value| -> Vec<String> {
        let calls = batch["batch"].as_array().unwrap();
        calls.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect()
    };
    sent.to("/calls/complete").into_iter().map(|request| ids(&request.json())).collect()
}

#[test]
fn init_default_entity() {
    let session = Session::new();
    let sent = session.run(session.builder_for("only-project"), || f(1));
    let asked = sent.to("/graphql");
    let lookup = asked.iter().map(|request| request.json()).find(|body| !body["variables"]["name"].is_null()).unwrap();
    assert_eq!(lookup["variables"], json!({ "entityName": fake::ENTITY, "name": "only-project" }));
    assert!(
        sent.routes().iter().any(|route| *route == format!("POST /v2/{}/only-project/calls/complete", fake::ENTITY))
    );
}

#[test]
fn a_project_that_is_missing_is_made_and_goes_by_the_name_it_was_given() {
    let session = Session::new();
    session.backend.once("/graphql", Answer::status(200).json(r#"{"data":{"project":null}}"#));
    let made =
        r#"{"data":{"upsertModel":{"model":{"name":"other","project":"other","entity":{"name":"recorder-entity"}}}}}"#;
    session.backend.once("/graphql", Answer::status(200).json(made));
    let sent = session.run(session.builder(), || f(1));
    let queries: Vec<_> = sent.to("/graphql").iter().map(|request| request.json()["query"].to_string()).collect();
    assert!(queries.iter().any(|query| query.contains("upsertModel")), "{queries:?}");
    assert_eq!(sent.to("/v2/recorder-entity/other/calls/complete").len(), 1, "{:?}", sent.routes());
}

#[test]
fn client_side_digests() {
    // Digests are worked out here always, so there is nothing to switch on; no project has to be looked up for it, because what
    // is published names none.
    let sent = run(|| f(1));
    let object = sent.to("/obj/create")[0].json();
    assert_eq!(object["obj"]["expected_digest"], fake::digest(fake::python_json(&object["obj"]["val"]).as_bytes()));
    assert_same_calls(&sent, &python(fixture!("client_side_digests")));
}

#[test]
fn retry_503() {
    let session = Session::new();
    for _ in 0..4 {
        session.backend.once(COMPLETE, Answer::status(503));
    }
    let sent = session.run(session.builder().flush_interval(Duration::from_millis(20)), || {
        f(1);
        session.backend.wait_for(5, COMPLETE, Duration::from_secs(60));
    });
    assert_same(&sent, fixture!("retry_503"));
    let batches = batches(&sent);
    assert!(batches.iter().all(|batch| *batch == batches[0]), "the same call each time: {batches:?}");
    let ids: Vec<_> = sent.to(COMPLETE).iter().map(|request| request.header("x-weave-retry-id")).collect();
    assert!(ids.iter().all(Option::is_some), "{ids:?}");
}

#[test]
fn split_413() {
    let session = Session::new();
    session.backend.once(COMPLETE, Answer::status(413).json(r#"{"reason":"Request too large"}"#));
    let sent = session.run(session.builder(), || (0..4).map(f).sum::<i64>());
    assert_same(&sent, fixture!("split_413"));
    assert_eq!(batches(&sent).iter().map(Vec::len).collect::<Vec<_>>(), [4, 2, 2]);
}

#[test]
fn drop_422() {
    let session = Session::new();
    let reason = r#"{"detail":[{"loc":["body","batch",0],"msg":"bad","type":"value_error"}]}"#;
    session.backend.answer(COMPLETE, Answer::status(422).json(reason));
    let sent = session.run_whatever_becomes_of_it(session.builder(), || (0..4).map(f).sum::<i64>());
    // Python gives up when both halves are refused; here each call is tried alone, and a good one would be kept.
    assert_eq!(batches(&sent).iter().map(Vec::len).collect::<Vec<_>>(), [4, 2, 1, 1, 2, 1, 1]);
    let sink = &sent.report.sinks[0];
    assert_eq!((sink.sent, sink.failed, sink.pending), (0, 4, 0), "{sink:?}");
    assert!(sink.last_error.as_ref().unwrap().to_string().contains("bad"), "{sink:?}");
}

#[test]
fn one_bad_call_takes_no_other_with_it() {
    let session = Session::new();
    session.backend.play(|request| {
        if request.path == COMPLETE && request.text().contains("\"x\":2}") {
            return Answer::status(422).json(r#"{"detail":[{"msg":"bad"}]}"#);
        }
        fake::answer(request)
    });
    let sent = session.run_whatever_becomes_of_it(session.builder(), || (0..4).map(f).sum::<i64>());
    let sink = &sent.report.sinks[0];
    assert_eq!((sink.sent, sink.failed), (3, 1), "{sink:?}");
}

#[test]
fn eager_call_start() {
    #[weave::op]
    fn long_running(x: i64) -> i64 {
        std::thread::sleep(Duration::from_millis(300));
        child(x)
    }
    #[weave::op]
    fn child(x: i64) -> i64 {
        x
    }
    let session = Session::new();
    // A call that runs is told of after an interval.
    let sent = session.run(session.builder().flush_interval(Duration::from_millis(50)), || {
        std::thread::scope(|scope| {
            scope.spawn(|| long_running(1));
            session.backend.wait_for(1, "/v2/recorder-entity/recorder-project/call/start", Duration::from_secs(20));
        });
    });
    assert_same(&sent, fixture!("eager_call_start"));
    let trace = sent.to("/call/start")[0].json()["start"]["trace_id"].clone();
    for path in ["/call/start", "/call/end"] {
        assert_eq!(sent.to(path)[0].header("x-weave-trace-id"), trace.as_str());
    }
}

#[test]
fn unfinished_call() {
    #[weave::op]
    async fn slow(x: i64) {
        std::future::pending::<()>().await;
        assert_eq!(x, 1);
    }
    let session = Session::new();
    let sent = session.run_whatever_becomes_of_it(session.builder().flush_interval(Duration::from_millis(30)), || {
        let never = weave::start_call("never_finished").input("x", 1);
        assert!(never.in_scope(|| futures::FutureExt::now_or_never(slow(1))).is_none());
        session.backend.wait_for(1, "/v2/recorder-entity/recorder-project/call/start", Duration::from_secs(20));
        std::mem::forget(never);
    });
    let mut fixture = python(fixture!("unfinished_call"));
    // A future that is dropped has ended.
    let cancelled = &sent.calls()[1];
    assert_eq!(cancelled["finished"], true);
    for key in ["finished", "summary", "keys_sent", "via", "output"] {
        fixture["calls"][1][key] = cancelled[key].clone();
    }
    assert_same_calls(&sent, &fixture);
}

#[test]
fn wandb_run_context() {
    let session = Session::new();
    let sent = session.run(session.builder().environment([("WANDB_RUN_ID", "run-a")]), || f(1));
    let mut fixture = python(fixture!("wandb_run_context"));
    fixture["calls"].as_array_mut().unwrap().truncate(1);
    assert_same_calls(&sent, &fixture);
}

#[test]
fn weave_disabled_env() {
    let session = Session::new();
    let sent = session.run(session.builder().environment([("WEAVE_DISABLED", "true")]), || {
        assert_eq!((f(1), weave::current_call().id()), (1, None));
        let turn = weave::start_turn("hi");
        turn.start_llm("m").output("x");
    });
    assert_eq!(sent.requests.len(), 0);
}

/// The server of old routes takes calls by the new ones, too, and nothing here knows the old ones.
#[test]
fn legacy_upgrade() {
    assert_same_calls(&run(|| f(1)), &python(fixture!("legacy_upgrade")));
}

/// Python loses what does not fit; here it waits on disk.
#[test]
fn disk_fallback() {
    let session = Session::new();
    session.backend.down();
    let sent = session.run_whatever_becomes_of_it(session.builder().flush_timeout(Duration::from_secs(2)), || f(0));
    assert_eq!((sent.requests.len(), sent.report.sinks[0].sent), (0, 0));
    session.backend.up();
    let sent = session.run(session.builder(), || ());
    assert_same(&sent, fixture!("disk_fallback"));
    assert_eq!(sent.requests.iter().filter(|request| request.path.contains(PROJECT)).count(), 1);
}
