use super::{scenario, store};
use crate::id::TraceId;
use crate::query::Totals;
use crate::record::{CallRecord, Details, Usage};
use crate::store::tests::call;

#[test]
fn calls_are_counted_by_op_and_status() {
    let (_dir, _writer, client) = store(&scenario());
    let counts = client.blocking().calls().limit(1).count_by_op().unwrap();
    let rows: Vec<_> = counts
        .iter()
        .map(|row| format!("{} {} {} {} {}", row.op_name, row.kind, row.status, row.calls, row.total_tokens))
        .collect();
    assert_eq!(rows, ["ask llm success 2 42", "plan op running 1 0", "plan op error 1 0", "plan turn success 1 0"]);

    let counts = client.blocking().calls().attribute("model", "b").count_by_op().unwrap();
    assert_eq!(counts.iter().map(|row| row.total_tokens).collect::<Vec<_>>(), [12]);
}

#[test]
fn calls_are_added_up() {
    let (_dir, _writer, client) = store(&scenario());
    let calls = || client.blocking().calls();
    let totals = calls().trace(TraceId::from_int(1)).limit(1).totals().unwrap();
    assert_eq!(totals, Totals { calls: 3, errors: 1, total_tokens: 42, ..Totals::default() });
    assert_eq!(calls().attribute("model", "b").totals().unwrap().total_tokens, 12);
    assert_eq!(calls().op("nothing").totals().unwrap(), Totals::default());
}

#[test]
fn tokens_are_added_up_by_what_they_were() {
    let used = |id, input_tokens, output_tokens, total_tokens| {
        let usage = Some(Usage { input_tokens, output_tokens, total_tokens, ..Usage::default() });
        CallRecord { details: Some(Box::new(Details { usage, ..Details::default() })), ..call(id) }
    };
    let most = Some(i64::MAX.cast_unsigned());
    let (_dir, _writer, client) = store(&[
        used(1, Some(3), Some(4), None),
        used(2, Some(10), None, Some(15)),
        used(3, None, most, None),
        used(4, None, most, None),
        used(5, None, most, None),
    ]);
    let totals = client.blocking().calls().totals().unwrap();
    assert_eq!((totals.calls, totals.errors, totals.input_tokens), (5, 0, 13));
    assert_eq!((totals.output_tokens, totals.total_tokens), (u64::MAX, u64::MAX));
}
