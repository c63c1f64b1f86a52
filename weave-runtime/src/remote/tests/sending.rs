//! What is sent, again or not, and how it is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{Driven, LONG, config, later, taken};
use crate::error::Error;
use crate::remote::Outcome;

fn wrong() -> Error {
    Error::delivery("something is wrong with it")
}

#[test]
fn all_is_delivered_in_order_and_no_store_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let mut driven = Driven::new(&config(dir.path()), taken);
    driven.export(1..=25);
    driven.export(26..=30);
    driven.flush(LONG).unwrap();
    assert_eq!(driven.taken.all(), (1..=30).collect::<Vec<_>>());
    assert_eq!(driven.counts(), [30, 0, 0, 0, 0]);
    drop(driven);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_flush_of_nothing_is_done_at_once() {
    let dir = tempfile::tempdir().unwrap();
    Driven::new(&config(dir.path()), taken).flush(LONG).unwrap();
}

#[test]
fn a_server_that_recovers_within_a_flush_gets_all() {
    let dir = tempfile::tempdir().unwrap();
    let mut failures = 2;
    let answer = move |_: &[u64]| match failures {
        0 => Outcome::Taken,
        _ => {
            failures -= 1;
            later()
        }
    };
    let mut driven = Driven::new(&config(dir.path()), answer);
    driven.export(1..=3);
    driven.flush(LONG).unwrap();
    assert_eq!((driven.taken.all(), driven.counts()), (vec![1, 2, 3], [3, 0, 0, 0, 0]));
    assert_eq!(driven.figures().last_error.unwrap().to_string(), "the server is away");
}

#[test]
fn what_is_too_much_goes_in_halves_and_the_one_that_is_wrong_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let answer = |calls: &[u64]| if calls.contains(&7) { Outcome::Smaller(wrong()) } else { Outcome::Taken };
    let mut driven = Driven::new(&config(dir.path()), answer);
    driven.export(1..=12);
    driven.flush(LONG).unwrap();
    let expected = [vec![1, 2, 3, 4, 5], vec![6], vec![8, 9, 10], vec![11, 12]];
    assert_eq!(driven.taken.requests(), expected);
    assert_eq!(driven.counts(), [11, 1, 0, 0, 0]);
}

#[test]
fn a_half_that_was_taken_is_not_sent_again_when_the_other_has_to_wait() {
    let dir = tempfile::tempdir().unwrap();
    let mut answers = vec![Outcome::Taken, Outcome::Taken, later(), Outcome::Taken, Outcome::Smaller(wrong())];
    let mut driven = Driven::new(&config(dir.path()), move |_: &[u64]| answers.pop().unwrap_or(Outcome::Taken));
    driven.export(1..=10);
    driven.flush(LONG).unwrap();
    assert_eq!(driven.taken.requests(), [vec![1, 2, 3, 4, 5], vec![6, 7, 8, 9, 10]]);
}

#[test]
fn what_is_refused_or_partly_rejected_is_counted_as_failed_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let answer = |calls: &[u64]| match calls[0] {
        1 => Outcome::Partly { rejected: 3, reason: wrong() },
        _ => Outcome::Refused(wrong()),
    };
    let mut driven = Driven::new(&config(dir.path()), answer);
    driven.export(1..=14);
    driven.flush(LONG).unwrap();
    assert_eq!(driven.counts(), [7, 7, 0, 0, 0]);
    assert_eq!(driven.figures().last_error.unwrap().to_string(), "something is wrong with it");
}

#[test]
fn a_sender_that_panics_costs_the_call_that_it_panics_for() {
    let dir = tempfile::tempdir().unwrap();
    let answer = |calls: &[u64]| {
        if calls.contains(&2) {
            std::panic::resume_unwind(Box::new("no"));
        }
        Outcome::Taken
    };
    let mut driven = Driven::new(&config(dir.path()), answer);
    driven.export(1..=4);
    driven.flush(LONG).unwrap();
    assert_eq!((driven.taken.all(), driven.counts()), (vec![1, 3, 4], [3, 1, 0, 0, 0]));
}

#[test]
fn a_server_that_asks_for_time_gets_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = true;
    let answer = move |_: &[u64]| match std::mem::take(&mut first) {
        true => Outcome::Later { after: Some(Duration::from_millis(400)), reason: wrong() },
        false => Outcome::Taken,
    };
    let mut driven = Driven::new(&config(dir.path()), answer);
    driven.export(1..=2);
    let start = Instant::now();
    driven.flush(LONG).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(390), "{:?}", start.elapsed());
    assert_eq!(driven.counts(), [2, 0, 0, 0, 0]);
}

#[test]
fn one_that_asks_for_more_time_than_a_flush_has_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let answer = |_: &[u64]| Outcome::Later { after: Some(Duration::from_secs(50)), reason: wrong() };
    let mut driven = Driven::new(&config(dir.path()), answer);
    driven.export(1..=2);
    let start = Instant::now();
    driven.flush(LONG).unwrap();
    driven.flush(LONG).unwrap();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(driven.counts(), [0, 0, 0, 2, 0]);
}

#[test]
fn a_destination_that_is_closed_is_asked_once_a_flush_and_gets_all_when_it_opens() {
    let dir = tempfile::tempdir().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let answer = move |_: &[u64]| match count.fetch_add(1, Ordering::SeqCst) {
        0..3 => Outcome::Closed(Error::delivery("the key is wrong")),
        _ => Outcome::Taken,
    };
    let mut driven = Driven::new(&config(dir.path()), answer);
    driven.export(1..=3);
    driven.await_until("the first request", |figures| figures.last_error.is_some());
    for asked_so_far in [2, 3] {
        driven.flush(LONG).unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), asked_so_far);
        assert_eq!(driven.counts(), [0, 0, 0, 3, 0]);
    }
    driven.flush(LONG).unwrap();
    assert_eq!((driven.taken.all(), driven.counts()), (vec![1, 2, 3], [3, 0, 0, 0, 0]));
}
