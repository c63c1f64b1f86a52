//! Many calls, and the same again.

use std::collections::HashSet;

use serde_json::json;

use crate::same::assert_same;
use crate::world::world;

#[weave::op]
fn one(n: usize) -> usize {
    n
}

#[weave::op]
fn thousand() -> usize {
    (0..1_000).map(one).sum()
}

#[test]
fn a_thousand_calls_are_all_there_once() {
    world();
    let (_, call) = weave::call(thousand);
    let (calls, _) = assert_same(call.trace_id().unwrap());
    let ids: HashSet<_> = calls.iter().map(|call| call["id"].as_str().unwrap()).collect();
    assert_eq!((calls.len(), ids.len()), (1_001, 1_001));
    let stats = world().server.ask("/calls/query_stats", json!({ "filter": { "trace_ids": [call.trace_id()] } }));
    assert_eq!(stats["count"], 1_001);
}
