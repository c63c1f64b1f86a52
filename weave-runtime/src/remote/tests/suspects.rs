//! A server that fails at some items alone, and one that fails at all of them.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Driven, LONG, config, later};
use crate::config::RemoteConfig;
use crate::error::Error;
use crate::remote::Outcome;

fn failing() -> Outcome {
    Outcome::Failing(Error::delivery("500 Internal Server Error"))
}

/// Flushes, which hurries each attempt, until it is so.
fn flush_until(driven: &mut Driven, what: &str, mut is_so: impl FnMut(&Driven) -> bool) {
    let start = Instant::now();
    while !is_so(driven) {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}: {:?}", driven.figures());
        driven.flush(LONG).unwrap();
    }
}

fn deliver(dir: &Path, queue_bytes: usize, bad: &[u64], calls: u64) -> Driven {
    let config = RemoteConfig { queue_bytes, ..config(dir) };
    let fails_at = bad.to_vec();
    let mut driven =
        Driven::new(
            &config,
            move |calls: &[u64]| {
                if calls.iter().any(|call| fails_at.contains(call)) { failing() } else { Outcome::Taken }
            },
        );
    driven.export(1..=calls);
    let settled = |driven: &Driven| driven.figures().sent + driven.figures().failed == calls;
    flush_until(&mut driven, "all but the bad ones arrive", settled);
    assert_eq!(driven.counts(), [calls - bad.len() as u64, bad.len() as u64, 0, 0, 0]);
    let mut all = driven.taken.all();
    all.sort_unstable();
    assert_eq!(all, (1..=calls).filter(|call| !bad.contains(call)).collect::<Vec<_>>());
    driven
}

#[test]
fn one_that_a_server_fails_at_is_found_and_given_up_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let driven = deliver(dir.path(), 1 << 20, &[7], 25);
    assert_eq!(driven.figures().last_error.unwrap().to_string(), "500 Internal Server Error");
}

#[test]
fn two_side_by_side_are_found_also_where_the_rest_is_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    deliver(dir.path(), 2_000, &[10, 11], 60);
}

#[test]
fn a_server_that_fails_at_everything_is_down_and_nothing_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let mut failures = 30;
    let mut driven = Driven::new(&config(dir.path()), move |_: &[u64]| match failures {
        0 => Outcome::Taken,
        _ => {
            failures -= 1;
            failing()
        }
    });
    driven.export(1..=25);
    flush_until(&mut driven, "all arrive", |driven| driven.figures().sent == 25);
    let mut all = driven.taken.all();
    // One may have been sent past the first, to see whether that is the one that is bad.
    all.sort_unstable();
    assert_eq!((all, driven.counts()), ((1..=25).collect(), [25, 0, 0, 0, 0]));
}

#[test]
fn one_alone_is_kept_while_there_is_no_other_to_compare_it_with() {
    let dir = tempfile::tempdir().unwrap();
    let mut driven = Driven::new(&config(dir.path()), |_: &[u64]| failing());
    driven.export([1]);
    for _ in 0..5 {
        driven.flush(LONG).unwrap();
    }
    assert_eq!(driven.counts(), [0, 0, 0, 1, 0]);
}

#[test]
fn what_was_too_much_once_is_not_tried_each_time_and_more_is_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let sizes = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&sizes);
    let mut driven = Driven::new(&config(dir.path()), move |calls: &[u64]| {
        seen.lock().unwrap().push(calls.len());
        if calls.len() > 4 { Outcome::Smaller(Error::delivery("413 Content Too Large")) } else { Outcome::Taken }
    });
    driven.export(1..=200);
    driven.flush(LONG).unwrap();
    assert_eq!((driven.taken.all(), driven.counts()), ((1..=200).collect(), [200, 0, 0, 0, 0]));
    let sizes = sizes.lock().unwrap();
    let refused = sizes.iter().filter(|size| **size > 4).count();
    assert!((2..=sizes.len() / 3).contains(&refused), "{sizes:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn those_that_are_bad_are_given_up_and_no_others_whatever_happens_meanwhile(
        bad in prop::collection::btree_set(1..=40_u64, 0..3),
        weather in prop::collection::vec(0..3_u8, 0..12),
        queue_bytes in prop_oneof![Just(1_500_usize), Just(1 << 20)],
    ) {
        let dir = tempfile::tempdir().unwrap();
        let config = RemoteConfig { queue_bytes, ..config(dir.path()) };
        let (fails_at, mut weather) = (bad.clone(), VecDeque::from(weather));
        let mut driven = Driven::new(&config, move |calls: &[u64]| match weather.pop_front() {
            Some(1) => failing(),
            Some(2) => later(),
            _ if calls.iter().any(|call| fails_at.contains(call)) => failing(),
            _ => Outcome::Taken,
        });
        for first in (1..=40).step_by(20) {
            driven.export(first..first + 20);
        }
        // To compare the last ones with.
        driven.export(41..=50);
        flush_until(&mut driven, "all settle", |driven| driven.figures().sent + driven.figures().failed == 50);
        prop_assert_eq!(driven.counts(), [50 - bad.len() as u64, bad.len() as u64, 0, 0, 0]);
        let mut all = driven.taken.all();
        all.sort_unstable();
        prop_assert_eq!(all, (1..=50).filter(|call| !bad.contains(call)).collect::<Vec<_>>());
    }
}
