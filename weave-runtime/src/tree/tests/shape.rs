use crate::id::CallId;
use crate::record::{CallRecord, Status};
use crate::tree::CallTree;
use crate::tree::sample::Sample;

fn names<'a>(calls: impl Iterator<Item = &'a CallRecord>) -> Vec<&'a str> {
    calls.map(CallRecord::op_name).collect()
}

#[test]
fn nests_calls_that_come_in_any_order() {
    let calls = [
        Sample::new(3, "leaf").below(2).call(),
        Sample::new(4, "second").below(1).call(),
        Sample::new(1, "root").call(),
        Sample::new(2, "first").below(1).call(),
    ];
    let tree = CallTree::new(calls);
    assert_eq!(
        tree.outline(),
        "\
root()
├─ first()
│  └─ leaf()
└─ second()"
    );
    assert_eq!(names(tree.roots()), ["root"]);
    assert_eq!(names(tree.children(CallId::from_int(1))), ["first", "second"]);
    assert_eq!(names(tree.children(CallId::from_int(9))), [""; 0]);
    assert_eq!(names(tree.iter()), ["root", "first", "leaf", "second"]);
    assert_eq!(tree.get(CallId::from_int(3)).map(CallRecord::op_name), Some("leaf"));
    assert_eq!(tree.len(), 4);
}

#[test]
fn siblings_that_start_together_keep_the_given_order() {
    let calls = [Sample::new(5, "b").at(7).call(), Sample::new(9, "a").at(7).call(), Sample::new(7, "c").at(6).call()];
    assert_eq!(names(CallTree::new(calls).roots()), ["c", "b", "a"]);
}

#[test]
fn a_call_whose_parent_is_missing_is_a_root() {
    let tree: CallTree = [Sample::new(2, "orphan").below(1).call()].into_iter().collect();
    assert_eq!(tree.outline(), "orphan()");
}

#[test]
fn a_call_below_a_span_that_is_missing_is_placed_below_the_nearest_call_above_that() {
    let calls = [
        Sample::new(1, "turn").call(),
        Sample::new(2, "op").below(1).nearest(None, Some(1)).call(),
        Sample::new(3, "in_op").below_foreign(90).nearest(Some(2), Some(1)).call(),
        Sample::new(4, "llm").below(2).nearest(Some(2), Some(1)).call(),
        Sample::new(5, "in_llm").below_foreign(91).nearest(Some(2), Some(4)).call(),
    ];
    assert_eq!(
        CallTree::new(calls).outline(),
        "\
turn()
└─ op()
   ├─ in_op()
   └─ llm()
      └─ in_llm()"
    );
}

#[test]
fn of_two_records_of_a_call_the_ended_one_wins() {
    let running = || Sample::new(1, "early").status(Status::Running).call();
    let ended = || Sample::new(1, "ended").call();
    assert_eq!(CallTree::new([running(), ended()]).outline(), "ended()");
    assert_eq!(CallTree::new([ended(), running()]).outline(), "ended()");
    assert_eq!(CallTree::new([ended(), Sample::new(1, "again").call()]).outline(), "again()");
}

#[test]
fn circles_of_parents_are_cut_at_their_first_call() {
    let calls = [
        Sample::new(1, "tail").below(4).call(),
        Sample::new(2, "own_parent").below(2).call(),
        Sample::new(3, "first").below(5).call(),
        Sample::new(4, "second").below(3).call(),
        Sample::new(5, "third").below(4).call(),
    ];
    assert_eq!(
        CallTree::new(calls).outline(),
        "\
own_parent()
first()
└─ second()
   ├─ tail()
   └─ third()"
    );
}

#[test]
fn no_calls_make_an_empty_tree() {
    let tree = CallTree::default();
    assert!(tree.is_empty());
    assert_eq!((tree.outline(), tree.to_string()), (String::new(), String::new()));
}

#[test]
fn ten_thousand_levels_neither_overflow_the_stack_nor_fill_the_memory_with_guides() {
    let chain = (1..=10_000).map(|id| match id {
        1 => Sample::new(1, "f").call(),
        id => Sample::new(id, "f").below(id - 1).call(),
    });
    let tree = CallTree::new(chain);
    assert_eq!(tree.iter().count(), 10_000);
    let outline = tree.outline();
    assert_eq!(outline.lines().nth(2), Some("   └─ f()"));
    assert!(outline.lines().last().unwrap().starts_with("…9899     "));
    assert!(outline.ends_with("   └─ f()"));
    assert!(outline.len() < 4_000_000, "{}", outline.len());
    assert!(tree.to_string().lines().all(|line| line.chars().count() <= 100));
}

#[test]
fn sorting_makes_the_order_of_the_starts_irrelevant() {
    let tree = |starts: [u64; 6]| {
        let [a, b, c, d, e, f] = starts;
        let calls = [
            Sample::new(1, "root").at(0),
            Sample::new(2, "work").below(1).at(a),
            Sample::new(3, "work").below(1).at(b),
            Sample::new(4, "leaf").below(2).inputs(r#"{"n":2}"#).at(c),
            Sample::new(5, "leaf").below(3).inputs(r#"{"n":1}"#).at(d),
            Sample::new(6, "leaf").below(3).inputs(r#"{"n":9}"#).at(e),
            Sample::new(7, "apart").at(f),
        ];
        CallTree::new(calls.map(Sample::call)).sorted().outline()
    };
    let expected = "\
apart()
root()
├─ work()
│  ├─ leaf(n: 1)
│  └─ leaf(n: 9)
└─ work()
   └─ leaf(n: 2)";
    assert_eq!(tree([1, 2, 3, 4, 5, 6]), expected);
    assert_eq!(tree([6, 5, 4, 3, 2, 1]), expected);
    assert_eq!(tree([2, 2, 9, 9, 3, 0]), expected);
}

#[test]
fn a_tree_deeper_than_the_stack_is_sorted() {
    let chain = (1..=50_000).map(|id| if id == 1 { Sample::new(1, "f") } else { Sample::new(id, "f").below(id - 1) });
    let tree = CallTree::new(chain.map(Sample::call)).sorted();
    assert_eq!(tree.iter().last().unwrap().id(), CallId::from_int(50_000));
}
