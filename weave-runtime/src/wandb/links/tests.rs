//! Which spans calls name.

use super::*;
use crate::tree::sample::Sample;

fn id(id: u64) -> Option<CallId> {
    Some(CallId::from_int(id))
}

#[test]
fn an_op_was_called_in_the_nearest_span_past_other_ops() {
    let spans = [
        (Sample::new(9, "f"), None),
        (Sample::new(9, "f").below(1), None),
        (Sample::new(9, "f").nearest(None, Some(2)), id(2)),
        (Sample::new(9, "f").below(1).nearest(Some(1), Some(2)), id(2)),
        (Sample::new(9, "f").below_foreign(3), id(3)),
        (Sample::new(9, "f").below_foreign(3).nearest(Some(1), Some(2)), id(3)),
    ];
    for (sample, expected) in spans {
        let call = sample.call();
        assert_eq!(invoking_span(&call), expected.map(|id| (call.trace_id(), id)), "{call:?}");
    }
}

#[test]
fn a_span_is_below_the_nearest_span() {
    let span = Sample::new(9, "s").kind(Kind::Llm).below(1).nearest(Some(1), Some(2)).call();
    assert_eq!((span_parent(&span), invoking_span(&span)), (id(2), None));
}
