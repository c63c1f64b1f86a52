use proptest::prelude::*;

use super::Rate;
use crate::id::TraceId;

#[test]
fn none_takes_no_trace_and_all_takes_every_one() {
    for half in [1, 2, 1 << 63, u64::MAX - 1, u64::MAX] {
        let trace = TraceId::from_int(u128::from(half));
        assert!(!Rate::NONE.takes(trace), "{trace}");
        assert!(Rate::ALL.takes(trace), "{trace}");
    }
    assert_eq!(Rate::new(0.0), Some(Rate::NONE));
    assert_eq!(Rate::new(-0.0), Some(Rate::NONE));
    assert_eq!(Rate::new(1.0), Some(Rate::ALL));
}

#[test]
fn what_is_no_share_is_no_rate() {
    for share in [-0.1, 1.000_000_1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(Rate::new(share), None, "{share}");
    }
}

#[test]
fn the_second_half_of_the_id_decides() {
    let half = Rate::new(0.5).unwrap();
    assert!(half.takes(TraceId::from_int(0x7fff_ffff_ffff_ffff)));
    assert!(!half.takes(TraceId::from_int(0x8000_0000_0000_0000)));
    assert!(half.takes(TraceId::from_int(0xffff_ffff_ffff_ffff_0000_0000_0000_0001)));
}

proptest! {
    #[test]
    fn a_trace_that_is_taken_at_one_rate_is_taken_at_every_higher_one(
        (low, high) in (0.0..=1.0, 0.0..=1.0).prop_map(|(a, b): (f64, f64)| (a.min(b), a.max(b))),
        trace in any::<u128>().prop_map(TraceId::from_int),
    ) {
        prop_assert!(!Rate::new(low).unwrap().takes(trace) || Rate::new(high).unwrap().takes(trace));
    }

    #[test]
    fn about_the_share_is_taken(share in 0.0..=1.0, seed in any::<u64>()) {
        let rate = Rate::new(share).unwrap();
        let mut random = fastrand::Rng::with_seed(seed);
        let taken = (0..4_000).filter(|_| rate.takes(TraceId::from_int(random.u128(..)))).count();
        prop_assert!((taken as f64 / 4_000.0 - share).abs() < 0.06, "{taken} of 4000 at {share}");
    }
}
