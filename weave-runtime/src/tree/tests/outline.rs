use crate::record::{Kind, Status};
use crate::tree::CallTree;
use crate::tree::sample::Sample;

fn outline(sample: Sample) -> String {
    CallTree::new([sample.call()]).outline()
}

#[test]
fn shows_inputs_outputs_and_every_ending() {
    let calls = [
        Sample::new(1, "plan").inputs(r#"{"city":"Rome","days":3}"#).output(r#"{"days":3}"#).call(),
        Sample::new(2, "fetch").below(1).inputs(r#"{"url":"x"}"#).output(r#""page""#).call(),
        Sample::new(3, "parse").below(1).inputs(r#"{"text":"page"}"#).fails("my::Error", "bad page").call(),
        Sample::new(4, "fold").below(1).fails("panic", "n is odd").call(),
        Sample::new(5, "silent").below(1).fails("my::Error", "").call(),
        Sample::new(6, "numbers").below(1).output("[1,2]").partial().call(),
        Sample::new(7, "broken").below(1).output("[1,2]").fails("my::Error", "no more").call(),
        Sample::new(8, "wait").below(1).status(Status::Cancelled).call(),
        Sample::new(9, "serve").below(1).status(Status::Running).call(),
        Sample::new(10, "lost").below(1).status(Status::Interrupted).call(),
    ];
    assert_eq!(
        CallTree::new(calls).outline(),
        r#"plan(city: "Rome", days: 3) -> {"days":3}
├─ fetch(url: "x") -> "page"
├─ parse(text: "page") failed: bad page
├─ fold() panicked: n is odd
├─ silent() failed
├─ numbers() -> [1,2] partial
├─ broken() -> [1,2] failed: no more
├─ wait() cancelled
├─ serve() running
└─ lost() interrupted"#
    );
}

#[test]
fn shows_kinds_and_the_names_given_to_calls() {
    let calls = [
        Sample::new(1, "invoke_agent").kind(Kind::Turn).display_name("Ask about Rome").call(),
        Sample::new(2, "chat").kind(Kind::Llm).below(1).call(),
        Sample::new(3, "search").kind(Kind::Tool).below(1).display_name("search").call(),
    ];
    assert_eq!(
        CallTree::new(calls).outline(),
        "\
turn [Ask about Rome] invoke_agent()
├─ llm chat()
└─ tool search()"
    );
}

#[test]
fn leaves_out_what_varies_between_runs() {
    let run = |id: u64, start, took, tokens, map: &str| {
        outline(Sample::new(id, "f").at(start).takes(took).tokens(tokens, 1).inputs(map).output(map))
    };
    let first = run(7, 1_000, 5_000, 10, r#"{"m":{"b":[{"y":1,"x":1.0}],"a":null}}"#);
    assert_eq!(first, r#"f(m: {"a":null,"b":[{"x":1.0,"y":1}]}) -> {"m":{"a":null,"b":[{"x":1.0,"y":1}]}}"#);
    assert_eq!(first, run(8, 2_000, 9_000, 20, r#"{"m":{"a":null,"b":[{"x":1.0,"y":1}]}}"#));
}

#[test]
fn shows_no_output_of_a_function_that_returns_nothing() {
    assert_eq!(outline(Sample::new(1, "f").output("null")), "f()");
    assert_eq!(outline(Sample::new(1, "f").output("[null]")), "f() -> [null]");
}

#[test]
fn leaves_data_as_it_was_recorded() {
    let call = Sample::new(1, "chat").kind(Kind::Llm).inputs(r#"{"self":"<a::B>"}"#).output(r#"{"text":"yes"}"#);
    assert_eq!(outline(call), r#"llm chat(self: "<a::B>") -> {"text":"yes"}"#);
}

#[test]
fn keeps_the_order_of_the_arguments() {
    assert_eq!(outline(Sample::new(1, "f").inputs(r#"{"b":1,"a":2}"#)), "f(b: 1, a: 2)");
}

#[test]
fn cuts_only_texts_of_more_than_200_columns() {
    let whole = format!("\"{}\"", "x".repeat(198));
    assert_eq!(outline(Sample::new(1, "f").output(&whole)), format!("f() -> {whole}"));
    let long = format!("\"{}\"", "x".repeat(199));
    assert_eq!(outline(Sample::new(1, "f").output(&long)), format!("f() -> \"{}…\"", "x".repeat(197)));
}

#[test]
fn escapes_what_would_act_on_a_terminal_wherever_it_stands() {
    let hostile = "\u{1b}]0;x\u{7}\r\n\u{9b}2J\u{202e}";
    let escaped = r"\u001b]0;x\u0007\r\n\u009b2J\u202e";
    let calls = [
        Sample::new(1, hostile).display_name(hostile).call().clone(),
        Sample::new(2, "f")
            .inputs(&format!("{{\"{}\":\"\u{7f}\u{9b}\"}}", r"\u001b[31m"))
            .output("\"\u{2028}\"")
            .call(),
        Sample::new(3, "g").fails("my::Error", hostile).call(),
        Sample::new(4, "h").inputs("not \u{1b} json").output("\u{1b}[2J").call(),
    ];
    let outline = CallTree::new(calls).outline();
    let expected = [
        format!("{escaped}()"),
        r#"f(\u001b[31m: "\u007f\u009b") -> "\u2028""#.to_owned(),
        format!("g() failed: {escaped}"),
        r"h(not \u001b json) -> \u001b[2J".to_owned(),
    ];
    assert_eq!(outline, expected.join("\n"));
}
