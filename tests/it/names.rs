//! The four ways to name a call, and which of them wins.

use weave::CallRecord;
use weave::testing::Recorder;

#[weave::op(display_name = "from the op")]
fn fixed() {}

#[weave::op(display_name = |call| format!("n = {}", call.input::<u8>("n").unwrap_or_default()))]
fn by_closure(n: u8) {}

fn name_of(call: &CallRecord) -> Result<String, weave::Error> {
    Ok(format!("{} gave {}", call.op_name(), call.output::<u8>()?))
}

#[weave::op(display_name = name_of)]
fn by_function(n: u8) -> Result<u8, String> {
    if n == 0 { Err("zero".to_owned()) } else { Ok(n) }
}

fn outline(body: impl FnOnce()) -> String {
    let recorder = Recorder::new();
    recorder.run(body);
    recorder.tree().outline()
}

#[test]
fn an_op_names_its_calls_by_a_text_a_closure_or_a_function() {
    let expected = "\
[from the op] fixed()
[n = 3] by_closure(n: 3)
[by_function gave 2] by_function(n: 2) -> 2";
    let recorded = outline(|| {
        fixed();
        by_closure(3);
        by_function(2).unwrap();
    });
    assert_eq!(recorded, expected);
}

#[test]
fn a_scope_names_the_next_call_only() {
    let expected = "\
[first] by_closure(n: 1)
[n = 2] by_closure(n: 2)";
    assert_eq!(
        outline(|| weave::scope().display_name("first").run(|| {
            by_closure(1);
            by_closure(2);
        })),
        expected
    );
}

#[test]
fn the_call_is_stronger_than_the_scope_and_the_scope_than_the_op() {
    #[weave::op(display_name = "op")]
    fn named(also: bool) {
        if also {
            weave::current_call().set_display_name("call");
        }
    }
    let expected = "\
[op] named(also: false)
[scope] named(also: false)
[call] named(also: true)
[call] named(also: true)";
    let recorded = outline(|| {
        named(false);
        weave::scope().display_name("scope").run(|| named(false));
        named(true);
        weave::scope().display_name("scope").run(|| named(true));
    });
    assert_eq!(recorded, expected);
}

#[test]
fn the_inner_of_two_scopes_names_the_first_call_and_the_outer_the_second() {
    let recorded = outline(|| {
        weave::scope().display_name("outer").run(|| {
            weave::scope().display_name("inner").run(|| by_closure(1));
            by_closure(2);
            by_closure(3);
        });
    });
    assert_eq!(recorded, "[inner] by_closure(n: 1)\n[outer] by_closure(n: 2)\n[n = 3] by_closure(n: 3)");
}

#[test]
fn a_scope_names_the_next_call_even_when_that_is_a_manual_root() {
    let recorded = outline(|| {
        weave::scope().display_name("named").run(|| weave::start_call("manual").root().run(|| 1));
    });
    assert_eq!(recorded, "[named] manual() -> 1");
}

#[test]
fn a_name_has_at_most_1024_characters() {
    let name = |length: usize| "é".repeat(length);
    let shown = |length: usize| {
        let recorder = Recorder::new();
        recorder.run(|| weave::start_call("x").display_name(name(length)).finish(()));
        recorder.calls()[0].display_name().unwrap().to_owned()
    };
    assert_eq!(shown(1_024), name(1_024));
    assert_eq!(shown(1_025), name(1_021) + "...");
}

#[test]
fn a_long_name_from_a_function_is_cut_as_well() {
    #[weave::op(display_name = |_| "x".repeat(5_000))]
    fn long() {}
    let recorder = Recorder::new();
    recorder.run(long);
    assert_eq!(recorder.calls()[0].display_name().unwrap().len(), 1_024);
}

#[test]
fn a_naming_function_that_fails_falls_back_to_the_name_of_the_op() {
    assert_eq!(outline(|| assert!(by_function(0).is_err())), "by_function(n: 0) failed: zero");
}

#[test]
fn a_naming_function_that_panics_falls_back_to_the_name_of_the_op() {
    #[weave::op(display_name = |call| -> String { panic!("cannot name {}", call.op_name()) })]
    fn nameless() -> u8 {
        1
    }
    let recorder = Recorder::new();
    assert_eq!(recorder.run(nameless), 1);
    assert_eq!(recorder.tree().outline(), "nameless() -> 1");
    assert_eq!((recorder.calls()[0].display_name(), recorder.calls()[0].name()), (None, "nameless"));
}

#[test]
fn a_naming_function_may_decide_to_give_no_name() {
    #[weave::op(display_name = |call| call.input::<String>("name").ok().filter(|name| !name.is_empty()))]
    fn maybe(name: &str) {}
    assert_eq!(outline(|| _ = ["", "a"].map(maybe)), "maybe(name: \"\")\n[a] maybe(name: \"a\")");
}

#[test]
fn ops_that_a_naming_function_calls_are_not_recorded() {
    #[weave::op]
    fn helper() -> u8 {
        1
    }
    #[weave::op(display_name = |_| helper().to_string())]
    fn work() {}
    let recorder = Recorder::new();
    let recorded = recorder.run(|| {
        work();
        recorder.calls().len() + recorder.calls().len()
    });
    assert_eq!(recorded, 2);
    assert_eq!(recorder.tree().outline(), "[1] work()");
}

#[test]
fn an_op_has_the_name_that_it_is_given() {
    #[weave::op(name = "search.web")]
    fn search() {}
    assert_eq!(outline(search), "search.web()");
}

#[test]
fn a_label_is_kept_under_the_reserved_attribute() {
    #[weave::op(kind = "agent")]
    fn labelled() {}
    let recorder = Recorder::new();
    recorder.run(labelled);
    assert_eq!(recorder.calls()[0].attributes()["weave"], serde_json::json!({ "kind": "agent" }));
}

#[test]
fn each_annotation_opens_its_own_kind_of_call() {
    #[weave::turn]
    fn ask(question: &str) -> usize {
        chat(question)
    }
    #[weave::llm]
    fn chat(prompt: &str) -> usize {
        count(prompt)
    }
    #[weave::tool]
    fn count(text: &str) -> usize {
        plain();
        text.len()
    }
    #[weave::op]
    fn plain() {
        leaf();
    }
    #[weave::tool]
    fn leaf() {}
    let recorder = Recorder::new();
    recorder.run(|| ask("why"));
    let expected = "\
turn ask(question: \"why\") -> 3
└─ llm chat(prompt: \"why\") -> 3
   └─ tool count(text: \"why\") -> 3
      └─ plain()
         └─ tool leaf()";
    assert_eq!(recorder.tree().outline(), expected);
    let calls = recorder.calls();
    let ids: Vec<_> = calls.iter().map(weave::CallRecord::id).collect();
    assert_eq!((calls[3].op_parent_id(), calls[3].agent_parent_id()), (None, Some(ids[2])));
    assert_eq!((calls[4].op_parent_id(), calls[4].agent_parent_id()), (Some(ids[3]), Some(ids[2])));
}
