use proptest::prelude::*;

use crate::record::{CallRecord, Kind, Status};
use crate::tree::sample::Sample;
use crate::tree::text::columns;
use crate::tree::{CallTree, TreeStyle};

fn trip() -> Vec<CallRecord> {
    let plan = Sample::new(1, "plan").inputs(r#"{"city":"Rome","days":3}"#).output(r#"{"days":3}"#);
    vec![
        plan.takes(1_240_000_000).call(),
        Sample::new(2, "fetch").below(1).inputs(r#"{"url":"x"}"#).output(r#""page""#).takes(840_000).call(),
        Sample::new(3, "chat").kind(Kind::Llm).below(1).output(r#""Yes""#).tokens(1_200, 40).takes(900_000_000).call(),
        Sample::new(4, "parse").below(3).fails("my::Error", "bad\npage").takes(12_300_000).call(),
        Sample::new(5, "chat")
            .kind(Kind::Llm)
            .below(1)
            .fails("panic", "oh")
            .tokens(60, 0)
            .takes(125_000_000_000)
            .call(),
        Sample::new(6, "wait").below(1).status(Status::Cancelled).takes(500).call(),
        Sample::new(7, "serve").below(1).status(Status::Running).call(),
        Sample::new(8, "lost").below(1).status(Status::Interrupted).call(),
    ]
}

#[test]
fn amounts_stand_in_columns_behind_the_longest_line() {
    assert_eq!(
        CallTree::new(trip()).to_string(),
        r#"✓ plan(city: "Rome", days: 3) -> {"days":3}  1,300 tokens    1.24 s
├─ ✓ fetch(url: "x") -> "page"                               840 µs
├─ ✓ llm chat() -> "Yes"                     1,240 tokens    900 ms
│  └─ ✗ parse() failed: bad\npage                           12.3 ms
├─ ✗ llm chat() panicked: oh                    60 tokens  2 m 05 s
├─ ⊘ wait() cancelled                                        500 ns
├─ … serve() running
└─ ! lost() interrupted"#
    );
}

fn draw(sample: Sample, width: usize) -> String {
    CallTree::new([sample.call()]).draw(&TreeStyle::new().width(width))
}

#[test]
fn the_longest_values_give_way_first_and_the_output_last() {
    let call = || {
        let inputs = r#"{"prompt":"How many days does one need in Rome?","days":3,"model":"a-model"}"#;
        Sample::new(1, "chat").inputs(inputs).output(r#"["Three days are enough","Four are better"]"#)
    };
    let texts = [
        (
            150,
            r#"✓ chat(prompt: "How many days does one need in Rome?", days: 3, model: "a-model") -> ["Three days are enough","Four are better"]  1.00 ms"#,
        ),
        (
            110,
            r#"✓ chat(prompt: "How many…", days: 3, model: "a-model") -> ["Three days are enough","Four are better"]  1.00 ms"#,
        ),
        (80, r#"✓ chat(prompt: "How ma…", days: 3, …) -> ["Three days are enough","Fo…]  1.00 ms"#),
        (50, r#"✓ chat(…) -> ["Three days are enough","…]  1.00 ms"#),
        (20, r#"✓ chat(…) -> ["Thr…]"#),
    ];
    for (width, text) in texts {
        assert_eq!(draw(call(), width), text, "width {width}");
    }
}

#[test]
fn a_message_is_kept_before_the_values() {
    let call = Sample::new(1, "f").inputs(r#"{"text":"a rather long text"}"#).output(r#"["one","two"]"#);
    let call = call.fails("my::Error", "the third is not a number");
    assert_eq!(draw(call, 70), r#"✗ f(…) -> ["one","two"] failed: the third is not a number  1.00 ms"#);
}

#[test]
fn a_message_has_the_room_of_the_inputs() {
    let call = || Sample::new(1, "f").inputs(r#"{"text":"a rather long text","n":3}"#);
    let fails = |message| call().fails("my::Error", message);
    assert_eq!(draw(fails("bad page"), 50), r#"✗ f(text: "a ra…", n: 3) failed: bad page  1.00 ms"#);
    assert_eq!(draw(fails("the page has no end"), 50), r#"✗ f(…) failed: the page has no end  1.00 ms"#);
    let long = "the page has no end, and nobody knows why";
    assert_eq!(draw(fails(long), 50), "✗ f(…) failed: the page has no end, and …  1.00 ms");
}

#[test]
fn no_name_of_an_input_stands_without_a_value() {
    let call = || Sample::new(1, "chat").inputs(r#"{"client":"<Client>","messages":[1,2,3,4,5]}"#).output("[1,2,3]");
    let call = || call().display_name("Look for everything that Rome has to offer in summer");
    assert_eq!(draw(call(), 80), "✓ [Look for everyth…] chat(client: \"<Cl…\", messages: [1,2…]) -> [1,2,3]  1.00 ms");
    assert_eq!(draw(call(), 50), "✓ [Look for …] chat(…) -> [1,2,3]  1.00 ms");
}

#[test]
fn text_runs_into_columns_that_are_empty_beside_it() {
    let long = Sample::new(1, "f").inputs(r#"{"text":"a rather long text that goes on and on"}"#).takes(5_000_000);
    let chat = Sample::new(2, "chat").below(1).tokens(1_200, 40);
    let root = Sample::new(9, "g").output(r#""a rather long text that goes on and on""#);
    let serve = Sample::new(10, "serve").inputs(r#"{"at":"a rather long text that goes on and on"}"#);
    let tree = CallTree::new([long.call(), chat.call(), root.call(), serve.status(Status::Running).call()]);
    assert_eq!(
        tree.draw(&TreeStyle::new().width(50)),
        r#"✓ f(text: "a rather long…")  1,240 tokens  5.00 ms
└─ ✓ chat()                  1,240 tokens  1.00 ms
✓ g() -> "a rather long text that goes …"  1.00 ms
… serve(at: "a rather long text that go…") running"#
    );
}

#[test]
fn wide_characters_count_twice() {
    let call = |id| Sample::new(id, "翻訳").inputs(r#"{"text":"こんにちは"}"#).output(r#""hello""#);
    let tree = CallTree::new([call(1).call(), Sample::new(2, "translation").below(1).call()]);
    assert_eq!(
        tree.draw(&TreeStyle::new().width(60)),
        r#"✓ 翻訳(text: "こんにちは") -> "hello"  1.00 ms
└─ ✓ translation()                     1.00 ms"#
    );
    assert_eq!(draw(call(1), 40), r#"✓ 翻訳(text: "こ…") -> "hello"  1.00 ms"#);
}

#[test]
fn a_narrow_terminal_loses_tokens_then_durations() {
    let call = || Sample::new(1, "f").tokens(1_000, 0);
    assert_eq!(draw(call(), 48), "✓ f()  1,000 tokens  1.00 ms");
    assert_eq!(draw(call(), 40), "✓ f()  1.00 ms");
    assert_eq!(draw(call(), 30), "✓ f()");
}

#[test]
fn the_tokens_of_a_root_are_those_of_its_whole_tree() {
    let calls = [
        Sample::new(1, "first").call(),
        Sample::new(2, "chat").below(1).tokens(900, 100).call(),
        Sample::new(3, "nested").below(2).tokens(200, 40).call(),
        Sample::new(4, "second").tokens(7, 0).call(),
        Sample::new(5, "third").call(),
    ];
    assert_eq!(
        CallTree::new(calls).to_string(),
        "\
✓ first()       1,240 tokens  1.00 ms
└─ ✓ chat()     1,000 tokens  1.00 ms
   └─ ✓ nested()  240 tokens  1.00 ms
✓ second()          7 tokens  1.00 ms
✓ third()                     1.00 ms"
    );
}

#[test]
fn colours_tell_how_calls_ended_and_change_nothing_else() {
    let tree = CallTree::new(trip());
    let colored = tree.draw(&TreeStyle::new().color(true));
    let line = colored.lines().nth(3).unwrap();
    assert_eq!(
        line,
        "\u{1b}[2m│  └─\u{1b}[0m \u{1b}[31m✗\u{1b}[0m \u{1b}[1mparse\u{1b}[0m()\u{1b}[31m failed:\u{1b}[0m \
         \u{1b}[31mbad\\npage\u{1b}[0m                           \u{1b}[2m12.3 ms\u{1b}[0m"
    );
    let codes =
        ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[34m", "\u{1b}[36m"];
    let plain = codes.iter().fold(colored, |text, code| text.replace(code, ""));
    assert_eq!(plain, tree.to_string());
}

#[test]
fn a_megabyte_is_drawn_on_one_line() {
    let large = format!("\"{}\"", r"line\n".repeat(200_000));
    let text = draw(Sample::new(1, "f").inputs(&format!("{{\"a\":{large}}}")).output(&large), 60);
    assert_eq!(text, r#"✓ f(a: "line\nline\nlin…") -> "line\nline\nline\n…"  1.00 ms"#);
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_style(
        texts in proptest::collection::vec(".{0,80}|[語x\u{1b}]{0,80}", 4),
        (width, depth, tokens) in (0_usize..120, 1_u64..40, 0_u64..u64::MAX),
    ) {
        let [name, input, output, message] = <[String; 4]>::try_from(texts).unwrap();
        let inputs = serde_json::json!({ &input: &output, "b": &input }).to_string();
        let calls = (1..=depth).map(|id| {
            let call = Sample::new(id, &name).display_name(&input).inputs(&inputs).output(&output).tokens(tokens, 1);
            let call = if id % 2 == 0 { call.fails("my::Error", &message) } else { call.partial() };
            if id > 1 { call.below(id - 1).call() } else { call.call() }
        });
        let text = CallTree::new(calls).draw(&TreeStyle::new().width(width));
        prop_assert_eq!(text.lines().count() as u64, depth);
        for line in text.lines() {
            prop_assert!(columns(line) <= width.max(20), "{} columns: {}", columns(line), line);
            prop_assert!(!line.contains(char::is_control), "{:?}", line);
        }
    }
}

#[test]
fn nothing_is_shown_of_a_function_that_returns_nothing() {
    assert_eq!(draw(Sample::new(1, "f").output("null"), 60), "✓ f()  1.00 ms");
}

#[test]
fn a_self_is_shown_only_when_it_was_recorded() {
    let call = |this| Sample::new(1, "chat").inputs(&format!(r#"{{"self":{this},"n":1}}"#));
    assert_eq!(draw(call(r#""<agent::Model>""#), 60), "✓ chat(n: 1)  1.00 ms");
    assert_eq!(draw(call(r#"{"name":"m"}"#), 60), r#"✓ chat(self: {"name":"m"}, n: 1)  1.00 ms"#);
}

#[test]
fn types_are_named_without_their_modules() {
    let call =
        Sample::new(1, "map").inputs(r#"{"f":"<agent::run::{{closure}}>"}"#).output(r#""<alloc::rc::Rc<a::B>>""#);
    assert_eq!(draw(call, 60), r#"✓ map(f: "<run::{{closure}}>") -> "<Rc<B>>"  1.00 ms"#);
    let silent = Sample::new(1, "f").fails("alloc::boxed::Box<dyn core::error::Error + core::marker::Send>", "");
    assert_eq!(draw(silent, 60), "✗ f() failed: Box<dyn Error + Send>  1.00 ms");
}

#[test]
fn an_llm_call_shows_what_was_said() {
    let inputs = r#"{"self":"<agent::Model>","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"3 days?"}],"n":1}"#;
    let output = r#"{"model":"m","choices":[{"message":{"role":"assistant","content":"Yes.\nOr 4."}}]}"#;
    let call = || Sample::new(1, "chat").inputs(inputs).output(output);
    assert_eq!(draw(call().kind(Kind::Llm), 80), r#"✓ llm chat(user: "3 days?", n: 1) -> "Yes. Or 4."  1.00 ms"#);
    assert_eq!(draw(call(), 80), r#"✓ chat(messages: [{"role":"s…], n: 1) -> {"model":"m","choices":[{"me…}  1.00 ms"#);
}

#[test]
fn a_call_by_itself_is_drawn_on_one_line() {
    let call = |id| Sample::new(id, "chat").kind(Kind::Llm).output(r#"{"text":"yes"}"#);
    assert_eq!(call(1).call().to_string(), r#"✓ llm chat() -> "yes"  1.00 ms"#);
    assert_eq!(call(1).tokens(1_200, 40).call().to_string(), r#"✓ llm chat() -> "yes"  1,240 tokens  1.00 ms"#);
    assert_eq!(Sample::new(1, "serve").status(Status::Running).call().to_string(), "… serve() running");
    let long = Sample::new(1, "f").output(&format!("\"{}\"", "x".repeat(200))).call().to_string();
    assert_eq!(columns(&long), 100);
    let short = Sample::new(1, "f").output(r#"["one","two","three"]"#).call();
    assert_eq!(format!("{short:.35}"), r#"✓ f() -> ["one","two","t…]  1.00 ms"#);
}
