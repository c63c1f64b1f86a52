//! Weave's own server behind a proxy that loses answers: what it has when the same calls are sent again.
//!
//! Needs both: `scripts/test-weave-server` starts them and runs this.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, also in what it calls"
)]

#[allow(dead_code, reason = "the other tests ask more")]
#[path = "weave_server/server.rs"]
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use server::Server;
use weave::Conversation;

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run scripts/test-weave-server"))
}

/// Has the proxy do something to every connection from now on.
fn inflict(fault: &str) {
    let url = format!("{}/?fault={fault}", variable("WEAVE_TEST_PROXY_ADMIN"));
    ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
}

#[weave::op]
fn work(n: usize) -> usize {
    n
}

/// One test, for the proxy does one thing at a time.
#[test]
fn what_is_sent_again_because_the_answer_was_lost_is_one_call_once_the_server_merged() {
    let (dir, proxy) = (tempfile::tempdir().unwrap(), variable("WEAVE_TEST_PROXY"));
    let project = format!("rust/faults-{}", fastrand::u64(..));
    let server = Server::new(variable("WEAVE_TEST_SERVER"), project.clone());
    let builder = weave::builder(project).dir(dir.path()).print_call_link(false).api_key("k".repeat(40));
    let weave = builder.base_url(&proxy).trace_server_url(&proxy).weave(true).init().unwrap();
    let mut made = BTreeSet::new();
    let mut spans = 0;
    for fault in
        ["none", "lost_ack:1.0", "reset:0.5", "http:503:1:0.5", "truncate_res:40", "refuse:1.0", "lost_ack:1.0"]
    {
        inflict(fault);
        for n in 0..50 {
            made.insert(weave::call(|| work(n)).1.id().unwrap().to_string());
        }
        let turn = weave::start_conversation(Conversation::new().agent("a")).start_turn(fault);
        turn.start_tool("t").end();
        turn.end();
        spans += 2;
        let _ = weave.flush();
        std::thread::sleep(Duration::from_millis(1_500));
    }
    inflict("none");
    let deadline = Instant::now() + Duration::from_secs(60);
    let sink = loop {
        let _ = weave.flush();
        let sink = weave.health().sinks.remove(0);
        if sink.pending + sink.spilled == 0 {
            break sink;
        }
        assert!(Instant::now() < deadline, "{sink:?}");
    };
    let all = (made.len() + spans) as u64;
    assert_eq!((sink.sent, sink.dropped, sink.failed), (all, 0, 0), "{sink:?}");

    let rows = server.calls_where(&json!({}));
    let mut started: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &rows {
        started.entry(text(row, "id")).or_default().insert(text(row, "started_at"));
    }
    println!("{} calls are {} rows before the server merges them", made.len(), rows.len());
    assert!(rows.len() > made.len(), "no answer was lost");
    assert_eq!(started.keys().copied().collect::<BTreeSet<_>>(), made.iter().map(String::as_str).collect());
    // What ClickHouse goes by when it merges rows.
    assert!(started.values().all(|times| times.len() == 1));

    server.ask("/test/merge", json!({}));
    assert_eq!(server.calls_where(&json!({})).len(), made.len());
    let question = json!({ "limit": 10_000 });
    let merged = server.ask("/agents/spans/query", question);
    assert_eq!(merged["spans"].as_array().unwrap().len(), spans, "{merged}");
    weave.shutdown().into_result().unwrap();
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap()
}
