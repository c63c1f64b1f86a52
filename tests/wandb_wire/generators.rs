//! Calls of functions that return iterators.

use serde_json::{Value, json};

use crate::fixture::assert_same;
use crate::ops::fixture;
use crate::session::run;

#[weave::op]
fn step(i: i64) -> i64 {
    i * i
}

#[weave::op(accumulate = collected)]
fn gen_acc(n: i64, fail_at: i64) -> impl Iterator<Item = Result<i64, String>> {
    (0..n).map(move |i| if i == fail_at { Err(format!("fail at {i}")) } else { Ok(step(i)) })
}

/// What Python has as the output of a generator that nothing was said of.
#[weave::op(accumulate = nothing)]
fn gen_plain(n: i64, fail_at: i64) -> impl Iterator<Item = Result<i64, String>> {
    (0..n).map(move |i| if i == fail_at { Err(format!("fail at {i}")) } else { Ok(i) })
}

fn collected(all: &mut Vec<i64>, item: &Result<i64, String>) {
    all.extend(item.as_ref().ok());
}

fn nothing(_: &mut Option<Value>, _: &Result<i64, String>) {}

#[test]
fn gen_sync_full() {
    let sent = run(|| {
        assert_eq!(gen_acc(3, -1).collect::<Result<Vec<_>, _>>(), Ok(vec![0, 1, 4]));
        assert_eq!(gen_plain(3, -1).collect::<Result<Vec<_>, _>>(), Ok(vec![0, 1, 2]));
    });
    assert_same(&sent, fixture!("gen_sync_full"));
}

#[test]
fn gen_sync_error() {
    let sent = run(|| {
        let (mut first, mut second) = (gen_acc(5, 2), gen_plain(5, 2));
        assert!(first.by_ref().any(|item| item.is_err()));
        assert!(second.by_ref().any(|item| item.is_err()));
    });
    assert_same(&sent, fixture!("gen_sync_error"));
}

#[test]
fn gen_sync_break() {
    let sent = run(|| {
        let (mut first, mut second) = (gen_acc(5, -1), gen_plain(5, -1));
        assert!(first.by_ref().any(|item| item == Ok(1)));
        drop(first);
        assert!(second.by_ref().any(|item| item == Ok(1)));
        drop(second);
        drop(gen_plain(2, -1));
    });
    let mut fixture: Value = serde_json::from_str(fixture!("gen_sync_break")).unwrap();
    // One that is never begun ends in Rust when it is dropped.
    assert_eq!((&sent.calls()[4]["finished"], &fixture["calls"][4]["finished"]), (&json!(true), &json!(false)));
    fixture["calls"][4] = fixture["calls"][1].clone();
    fixture["calls"][4]["id"] = json!("@call5");
    fixture["calls"][4]["trace"] = json!("@ctrace3");
    fixture["calls"][4]["inputs"] = json!({ "n": 2, "fail_at": -1 });
    crate::fixture::assert_same_calls(&sent, &fixture);
}
