//! How much a span of an agent keeps.

use weave::testing::Recorder;
use weave::{Agent, Llm, Turn};

#[test]
fn a_span_is_told_so_much_while_it_is_open_and_then_no_more() {
    const MEGABYTE: usize = 1 << 20;
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn("Hello");
        let llm = turn.start_llm("gpt-4o");
        for _ in 0..100 {
            turn.output("x".repeat(MEGABYTE));
            llm.output("x".repeat(MEGABYTE));
        }
    });
    for call in recorder.calls() {
        assert_eq!(call.span_attributes()["weave.ignored"], 36, "{}", call.op_name());
    }
}

#[test]
fn attributes_are_bounded_however_they_are_given() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let llm = weave::start_llm("gpt-4o");
        for n in 0..2_000 {
            llm.record(Llm::default().attribute(format!("key.{n}"), n));
        }
    });
    let call = &recorder.calls()[0];
    assert_eq!(call.span_attributes()["weave.ignored"], 2_000 - 1_024);
    assert_eq!(call.span_attributes()["key.1023"], 1_023);
}

#[test]
fn a_name_is_cut_as_a_value_is() {
    let recorder = Recorder::with(weave::builder("test").value_bytes(1_000)).unwrap();
    recorder.run(|| {
        let turn = weave::start_turn(Turn::new().agent(Agent::new("a").description("ü".repeat(1_000))));
        turn.start_llm(Llm::new("m".repeat(2_000)).stop_sequences(["s".repeat(2_000)])).end();
    });
    let calls = recorder.calls();
    assert_eq!(calls[0].agent().unwrap().description, Some("ü".repeat(500) + "…"));
    let llm = calls[1].llm().unwrap();
    assert_eq!(
        (llm.model, &llm.request.stop_sequences[0]),
        (Some("m".repeat(1_000) + "…"), &("s".repeat(1_000) + "…"))
    );
}
