//! Versions of ops: what is one, what is another, where it was seen last.

use std::path::Path;

use super::call;
use crate::query::{Filter, OpFilter, OpHistory};
use crate::record::{CallRecord, Kind, OpRef, StoredOp, Timestamp};
use crate::sink::Sink;
use crate::store::{Reader, Writer};

fn op(digest: &str, line: u32) -> StoredOp {
    StoredOp {
        identity: "shop.buy".to_owned(),
        name: "buy".to_owned(),
        kind: Kind::Op,
        module: "app::shop".to_owned(),
        file: "src/shop.rs".to_owned(),
        line,
        digest: Some(digest.to_owned()),
        source: None,
    }
}

/// A program that makes one call of each op, the call's number being its time.
fn run(dir: &Path, ops: impl IntoIterator<Item = (u64, StoredOp)>) {
    let calls: Vec<CallRecord> = ops
        .into_iter()
        .map(|(id, op)| CallRecord { op: OpRef::stored(op), started_at: Timestamp(id.cast_signed()), ..call(id) })
        .collect();
    Writer::open(dir).unwrap().export(&calls).unwrap();
}

fn histories(dir: &Path, filter: &OpFilter) -> Vec<OpHistory> {
    Reader::open(dir).unwrap().ops(filter).unwrap()
}

fn outline(dir: &Path) -> String {
    let mut text = String::new();
    for history in histories(dir, &OpFilter::default()) {
        text.push_str(&format!("{history}\n"));
        for version in history.versions {
            text.push_str(&format!("  {version} of {}\n", version.digest.as_deref().unwrap_or("none")));
        }
    }
    text
}

#[test]
fn versions_are_numbered_in_the_order_in_which_they_appeared() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), [(1, op("old", 3)), (2, op("old", 3))]);
    run(dir.path(), [(3, op("new", 3)), (4, op("old", 3))]);
    assert_eq!(
        outline(dir.path()),
        "shop.buy 2 versions, 4 calls\n  v0 src/shop.rs:3, 3 calls of old\n  v1 src/shop.rs:3, 1 call of new\n"
    );
    let history = &histories(dir.path(), &OpFilter::default())[0];
    let seen = |at: usize| (history.versions[at].first_seen, history.versions[at].last_seen);
    let at = |nanos| Some(Timestamp(nanos).to_system_time());
    assert_eq!((seen(0), seen(1)), ((at(1), at(4)), (at(3), at(3))));
    assert_eq!(history.latest().unwrap().number, 1);
}

#[test]
fn a_version_that_moved_is_the_same_and_is_where_it_was_seen_last() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), [(1, op("a", 3))]);
    let mut reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.list(&Filter::default()).unwrap()[0].op().line(), Some(3));

    run(dir.path(), [(2, StoredOp { file: "src/cart.rs".to_owned(), ..op("a", 70) })]);
    assert_eq!(outline(dir.path()), "shop.buy 1 version, 2 calls\n  v0 src/cart.rs:70, 2 calls of a\n");
    // Also in the eyes of who has read it before, and for calls from before.
    let calls = reader.list(&Filter::default()).unwrap();
    assert_eq!(calls.iter().map(|call| call.op().line()).collect::<Vec<_>>(), [Some(70), Some(70)]);
}

#[test]
fn source_that_one_build_has_is_kept_when_another_has_none() {
    let dir = tempfile::tempdir().unwrap();
    let source = |text: &str| StoredOp { source: Some(text.to_owned()), ..op("a", 3) };
    run(dir.path(), [(1, op("a", 3))]);
    run(dir.path(), [(2, source("fn buy() {}"))]);
    run(dir.path(), [(3, op("a", 4))]);
    assert_eq!(histories(dir.path(), &OpFilter::default())[0].versions[0].source.as_deref(), Some("fn buy() {}"));
    run(dir.path(), [(4, source("fn buy() { }"))]);
    assert_eq!(histories(dir.path(), &OpFilter::default())[0].versions[0].source.as_deref(), Some("fn buy() { }"));
}

#[test]
fn an_annotation_that_changes_leaves_the_version_and_the_kind_of_older_calls() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), [(1, op("a", 3)), (2, StoredOp { kind: Kind::Tool, ..op("a", 5) })]);
    assert_eq!(outline(dir.path()), "shop.buy 1 version, 2 calls\n  v0 src/shop.rs:5, 2 calls of a\n");
    assert_eq!(histories(dir.path(), &OpFilter::default())[0].kind, Kind::Tool);
    let calls = Reader::open(dir.path()).unwrap().list(&Filter::default()).unwrap();
    assert_eq!(calls.iter().map(CallRecord::kind).collect::<Vec<_>>(), [Kind::Tool, Kind::Op]);
}

#[test]
fn ops_are_found_by_identity_name_and_kind() {
    let dir = tempfile::tempdir().unwrap();
    let other = |identity: &str, kind| StoredOp { identity: identity.to_owned(), kind, ..op("a", 3) };
    run(dir.path(), [(1, op("a", 3)), (2, other("bank.buy", Kind::Llm)), (3, other("bank.pay", Kind::Op))]);
    let found = |filter: OpFilter| {
        let histories = histories(dir.path(), &filter);
        histories.into_iter().map(|history| history.identity).collect::<Vec<_>>().join(" ")
    };
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    assert_eq!(found(OpFilter::default()), "bank.buy bank.pay shop.buy");
    assert_eq!(
        found(OpFilter { identities: texts(&["shop.buy", "bank.pay"]), ..OpFilter::default() }),
        "bank.pay shop.buy"
    );
    assert_eq!(found(OpFilter { names: texts(&["buy"]), ..OpFilter::default() }), "bank.buy bank.pay shop.buy");
    assert_eq!(found(OpFilter { kinds: vec![Kind::Llm, Kind::Tool], ..OpFilter::default() }), "bank.buy");
    assert_eq!(found(OpFilter { identities: texts(&["' OR 1 --"]), ..OpFilter::default() }), "");
}

#[test]
fn calls_by_hand_are_a_version_without_digest_or_place() {
    let dir = tempfile::tempdir().unwrap();
    let by_hand = CallRecord { op: OpRef::named(Kind::Op, "say: hello"), ..call(1) };
    Writer::open(dir.path()).unwrap().export(&[by_hand]).unwrap();
    assert_eq!(outline(dir.path()), "say-hello 1 version, 1 call\n  v0, 1 call of none\n");
}
