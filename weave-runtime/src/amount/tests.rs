use std::time::Duration;

use super::{bytes, counted, duration, tokens, total};
use crate::record::Usage;

#[test]
fn durations_have_three_digits_below_a_minute_and_two_units_above() {
    let texts = [
        (0, "0 ns"),
        (999, "999 ns"),
        (1_000, "1.00 µs"),
        (840_000, "840 µs"),
        (999_949, "1.00 ms"),
        (12_345_678, "12.3 ms"),
        (999_600_000, "1.00 s"),
        (1_240_000_000, "1.24 s"),
        (59_940_000_000, "59.9 s"),
        (59_960_000_000, "1 m 00 s"),
        (125_000_000_000, "2 m 05 s"),
        (3_599_600_000_000, "1 h 00 m"),
        (5_400_000_000_000, "1 h 30 m"),
        (3_600_000_000_000_000, "1,000 h 00 m"),
    ];
    for (nanos, text) in texts {
        assert_eq!(duration(Duration::from_nanos(nanos)), text, "{nanos} ns");
    }
}

#[test]
fn numbers_of_tokens_are_grouped() {
    let texts = [
        (0, "0 tokens"),
        (1, "1 token"),
        (999, "999 tokens"),
        (1_240, "1,240 tokens"),
        (1_234_567, "1,234,567 tokens"),
    ];
    for (count, text) in texts {
        assert_eq!(tokens(count), text);
    }
}

#[test]
fn the_total_of_tokens_is_the_one_reported_else_the_sum() {
    let usage = |input_tokens, output_tokens, total_tokens| Usage {
        input_tokens,
        output_tokens,
        total_tokens,
        ..Usage::default()
    };
    assert_eq!(total(usage(Some(1), Some(2), Some(7))), Some(7));
    assert_eq!(total(usage(Some(1), Some(2), None)), Some(3));
    assert_eq!(total(usage(None, Some(2), None)), Some(2));
    assert_eq!(total(usage(Some(u64::MAX), Some(2), None)), Some(u64::MAX));
    assert_eq!(total(usage(None, None, None)), None);
}

#[test]
fn one_is_no_plural() {
    assert_eq!(counted(0, "call"), "0 calls");
    assert_eq!(counted(1, "call"), "1 call");
    assert_eq!(counted(1_200, "call"), "1,200 calls");
}

#[test]
fn bytes_have_two_digits_or_a_whole_number_of_their_unit() {
    let texts = [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (1_240, "1.2 kB"),
        (99_499, "99 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (16_777_216, "17 MB"),
        (2_500_000_000, "2.5 GB"),
        (5_000_000_000_000, "5,000 GB"),
    ];
    for (count, text) in texts {
        assert_eq!(bytes(count), text);
    }
}
