use crate::record::{CallRecord, Kind, Status};
use crate::tree::sample::Sample;
use crate::tree::{CallTree, TreeStyle};

fn trip() -> Vec<CallRecord> {
    let plan = Sample::new(1, "plan").inputs(r#"{"city":"Rome","days":3}"#).output(r#"{"days":3}"#);
    vec![
        plan.takes(1_240_000_000).call(),
        Sample::new(2, "fetch").below(1).inputs(r#"{"url":"x"}"#).output(r#""page""#).takes(840_000).call(),
        Sample::new(3, "chat").kind(Kind::Llm).below(1).output(r#""Yes""#).tokens(1_200, 40).takes(900_000_000).call(),
        Sample::new(4, "parse").below(3).fails("my::Error", "bad\npage").takes(12_300_000).call(),
        Sample::new(5, "chat").kind(Kind::Llm).below(1).fails("panic", "oh").tokens(60, 0).takes(125_000_000_000).call(),
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
