//! What is kept on disk, for how long, and who delivers it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{Driven, LONG, config, later, taken};
use crate::config::RemoteConfig;
use crate::pipeline::Outlet;
use crate::remote::Outcome;

fn away(_calls: &[u64]) -> Outcome {
    later()
}

#[test]
fn what_was_not_taken_is_delivered_by_the_next_process_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path());
    let mut first = Driven::new(&config, away);
    first.export(1..=15);
    let start = Instant::now();
    first.flush(LONG).unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "a few attempts are enough: {:?}", start.elapsed());
    assert_eq!(first.counts(), [0, 0, 0, 15, 0]);
    drop(first);

    let mut second = Driven::new(&config, taken);
    second.flush(LONG).unwrap();
    assert_eq!(second.taken.all(), (1..=15).collect::<Vec<_>>());
    assert_eq!(second.counts(), [0, 0, 0, 0, 15]);
    drop(second);

    let mut third = Driven::new(&config, taken);
    third.flush(LONG).unwrap();
    assert!(third.taken.all().is_empty());
}

#[test]
fn what_is_unsent_at_the_end_is_kept_without_a_flush() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = Driven::new(&config(dir.path()), away);
    first.export(1..=3);
    drop(first);
    let mut second = Driven::new(&config(dir.path()), taken);
    second.flush(LONG).unwrap();
    assert_eq!((second.taken.all(), second.counts()), (vec![1, 2, 3], [0, 0, 0, 0, 3]));
}

#[test]
fn what_waits_for_longer_than_an_interval_is_on_disk_without_a_flush() {
    let dir = tempfile::tempdir().unwrap();
    let mut driven = Driven::new(&config(dir.path()), away);
    driven.export(1..=3);
    driven.await_until("all is on disk", |figures| figures.spilled == 3);
    driven.export([4]);
    driven.await_until("all is on disk", |figures| figures.spilled == 4);
}

#[test]
fn a_server_that_never_answers_does_not_hold_up_a_flush_and_its_late_answer_counts() {
    let dir = tempfile::tempdir().unwrap();
    let (answer, answers) = channel();
    let answers = Mutex::new(answers);
    let mut driven = Driven::new(&config(dir.path()), move |_: &[u64]| answers.lock().unwrap().recv().unwrap());
    driven.export(1..=12);
    let start = Instant::now();
    driven.flush(Duration::from_secs(2)).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(1_500));
    assert_eq!(driven.counts(), [0, 0, 0, 12, 0]);
    let why = driven.figures().last_error.unwrap();
    assert_eq!(why.to_string(), "a flush could not wait any longer for an answer");

    answer.send(Outcome::Taken).unwrap();
    driven.await_until("the late answer counts", |figures| figures.sent == 10 && figures.spilled == 2);
    answer.send(later()).unwrap();
    driven.flush(Duration::from_secs(2)).unwrap();
    drop(driven);
    // The courier still waits for its answer, so what it has in hand is nobody else's.
    let mut other = Driven::new(&config(dir.path()), taken);
    other.flush(LONG).unwrap();
    assert!(other.taken.all().is_empty());
    answer.send(later()).unwrap();
    let start = Instant::now();
    while other.taken.all() != [11, 12] {
        assert!(start.elapsed() < LONG, "{:?}", other.taken.all());
        std::thread::sleep(Duration::from_millis(200));
        other.flush(LONG).unwrap();
    }
}

#[test]
fn more_than_fits_into_memory_goes_to_disk_and_comes_back_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let up = Arc::new(AtomicBool::new(false));
    let is_up = Arc::clone(&up);
    let config = RemoteConfig { queue_bytes: 4_096, ..config(dir.path()) };
    let mut driven =
        Driven::new(&config, move |_: &[u64]| if is_up.load(Ordering::SeqCst) { Outcome::Taken } else { later() });
    for first in (1..=1_000).step_by(50) {
        driven.export(first..first + 50);
        let bytes = driven.remote.bytes();
        assert!(bytes <= 4_096, "{bytes} bytes are in memory");
    }
    driven.await_until("all is on disk", |figures| figures.spilled == 1_000);
    up.store(true, Ordering::SeqCst);
    driven.export(1_001..=1_010);
    driven.flush(LONG).unwrap();
    assert_eq!(driven.taken.all(), (1..=1_010).collect::<Vec<_>>());
    assert_eq!(driven.counts(), [1_010, 0, 0, 0, 0]);
}

#[test]
fn past_the_bounds_of_disk_and_memory_the_newest_are_dropped_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let config = RemoteConfig { queue_bytes: 4_096, spill_bytes: 1_000, ..config(dir.path()) };
    let mut first = Driven::new(&config, away);
    for at in (1..=1_000).step_by(10) {
        first.export(at..at + 10);
    }
    assert!(first.flush(LONG).is_err(), "some are in memory only");
    let [sent, failed, dropped, spilled, _] = first.counts();
    assert_eq!((sent, failed, spilled), (0, 0, 1_000 / 72));
    assert!((900..1_000).contains(&dropped), "{dropped}");
    drop(first);
    let mut second = Driven::new(&config, taken);
    second.flush(LONG).unwrap();
    assert_eq!(second.taken.all(), (1..=13).collect::<Vec<_>>());
}

#[test]
fn without_a_spill_nothing_is_written_and_memory_stays_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let config = RemoteConfig { queue_bytes: 4_096, spill_bytes: 0, ..config(dir.path()) };
    let mut driven = Driven::new(&config, away);
    driven.export(1..=100);
    let error = driven.flush(Duration::from_secs(2)).unwrap_err();
    let (begin, end) = ("in memory only, and lost when the program ends", "(spill_bytes, WEAVE_MAX_SPILL_BYTES)");
    assert!(error.to_string().starts_with(begin) && error.to_string().ends_with(end), "{error}");
    let [sent, _, dropped, spilled, _] = driven.counts();
    assert_eq!((sent, dropped, spilled), (0, 100 - 4_096 / 136, 0));
    drop(driven);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn what_is_too_old_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = Driven::new(&config(dir.path()), away);
    first.export(1..=3);
    drop(first);
    std::thread::sleep(Duration::from_millis(20));
    let short = RemoteConfig { spill_age: Duration::from_millis(10), ..config(dir.path()) };
    let mut second = Driven::new(&short, taken);
    second.flush(LONG).unwrap();
    assert_eq!((second.taken.all(), second.counts()), (vec![], [0, 0, 0, 0, 0]));
}

#[test]
fn a_clock_that_is_set_right_meanwhile_makes_nothing_too_old() {
    let dir = tempfile::tempdir().unwrap();
    let up = Arc::new(AtomicBool::new(false));
    let is_up = Arc::clone(&up);
    let config = RemoteConfig { queue_bytes: 4_096, ..config(dir.path()) };
    let mut driven =
        Driven::new(&config, move |_: &[u64]| if is_up.load(Ordering::SeqCst) { Outcome::Taken } else { later() });
    for first in (1..=200).step_by(50) {
        driven.export(first..first + 50);
    }
    driven.await_until("all is on disk", |figures| figures.spilled == 200);
    let store = rusqlite::Connection::open(dir.path().join("store/weave.db")).unwrap();
    store.busy_timeout(LONG).unwrap();
    store.execute("UPDATE spilled SET made_at = 1", []).unwrap();
    up.store(true, Ordering::SeqCst);
    driven.flush(LONG).unwrap();
    assert_eq!((driven.taken.all(), driven.counts()), ((1..=200).collect(), [200, 0, 0, 0, 0]));
}

#[test]
fn what_is_too_old_for_an_address_that_nobody_uses_any_more_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = Driven::to("http://127.0.0.1:2/old", &config(dir.path()), away);
    first.export(1..=3);
    drop(first);
    std::thread::sleep(Duration::from_millis(20));
    let short = RemoteConfig { spill_age: Duration::from_millis(10), ..config(dir.path()) };
    let mut second = Driven::new(&short, away);
    second.export([4]);
    second.flush(LONG).unwrap();
    let mut third = Driven::to("http://127.0.0.1:2/old", &config(dir.path()), taken);
    third.flush(LONG).unwrap();
    assert_eq!((third.taken.all(), third.counts()), (vec![], [0, 0, 0, 0, 0]));
    drop((second, third));
    // What is young enough stays, whoever opens the store for another address.
    let mut fourth = Driven::new(&config(dir.path()), taken);
    fourth.flush(LONG).unwrap();
    assert_eq!(fourth.taken.all(), [4]);
}

#[test]
fn a_flush_does_not_give_all_of_its_time_to_what_earlier_processes_left() {
    let dir = tempfile::tempdir().unwrap();
    let mut before = Driven::new(&config(dir.path()), away);
    before.export(1..=400);
    drop(before);
    let slow = |_: &[u64]| {
        std::thread::sleep(Duration::from_millis(200));
        Outcome::Taken
    };
    let mut driven = Driven::new(&config(dir.path()), slow);
    driven.export(401..=405);
    let start = Instant::now();
    driven.flush(Duration::from_secs(6)).unwrap();
    assert!((1_900..5_000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    let [sent, _, _, _, recovered] = driven.counts();
    assert!(sent == 5 && (10..400).contains(&recovered), "{:?}", driven.figures());
}

#[test]
fn two_that_share_a_store_send_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path());
    let mut before = Driven::new(&config, away);
    before.export(1..=30);
    drop(before);

    let (mut one, mut other) = (Driven::new(&config, taken), Driven::new(&config, taken));
    one.export(31..=40);
    other.export(41..=50);
    one.flush(LONG).unwrap();
    other.flush(LONG).unwrap();
    let mut all = [one.taken.all(), other.taken.all()].concat();
    all.sort_unstable();
    assert_eq!(all, (1..=50).collect::<Vec<_>>());
    assert_eq!(one.figures().recovered + other.figures().recovered, 30);
}

#[test]
fn a_store_that_cannot_be_used_leaves_what_waits_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("store"), "a file").unwrap();
    let up = Arc::new(AtomicBool::new(false));
    let is_up = Arc::clone(&up);
    let mut driven =
        Driven::new(
            &config(dir.path()),
            move |_: &[u64]| {
                if is_up.load(Ordering::SeqCst) { Outcome::Taken } else { later() }
            },
        );
    driven.export(1..=3);
    let error = driven.flush(LONG).unwrap_err();
    assert!(
        error.to_string().starts_with("in memory only, and lost when the program ends: 3 calls for http://"),
        "{error}"
    );
    up.store(true, Ordering::SeqCst);
    driven.flush(LONG).unwrap();
    assert_eq!((driven.taken.all(), driven.counts()), (vec![1, 2, 3], [3, 0, 0, 0, 0]));
}

#[test]
fn a_store_that_is_removed_costs_only_what_was_there_alone() {
    let dir = tempfile::tempdir().unwrap();
    let up = Arc::new(AtomicBool::new(false));
    let is_up = Arc::clone(&up);
    let mut driven =
        Driven::new(
            &config(dir.path()),
            move |_: &[u64]| {
                if is_up.load(Ordering::SeqCst) { Outcome::Taken } else { later() }
            },
        );
    driven.export(1..=3);
    driven.await_until("all is on disk", |figures| figures.spilled == 3);
    std::fs::remove_dir_all(dir.path().join("store")).unwrap();
    driven.export(4..=5);
    driven.await_until("all is on disk again", |figures| figures.spilled == 5);
    up.store(true, Ordering::SeqCst);
    driven.flush(LONG).unwrap();
    assert_eq!((driven.taken.all(), driven.counts()), (vec![1, 2, 3, 4, 5], [5, 0, 0, 0, 0]));
}

#[test]
fn what_comes_during_a_long_flush_is_on_disk_before_that_ends() {
    let dir = tempfile::tempdir().unwrap();
    let (_answer, answers) = channel::<Outcome>();
    let answers = Mutex::new(answers);
    let mut driven =
        Driven::new(&config(dir.path()), move |_: &[u64]| answers.lock().unwrap().recv().unwrap_or(Outcome::Taken));
    driven.export(1..=3);
    assert!(driven.remote.flush(Instant::now() + LONG).is_none());
    driven.export(4..=5);
    driven.await_until("all is on disk", |figures| figures.spilled == 5);
}

#[test]
fn what_another_process_leaves_is_delivered_at_the_next_flush_of_one_that_runs() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = Driven::new(&config(dir.path()), taken);
    running.export([1]);
    running.flush(LONG).unwrap();
    let mut other = Driven::new(&config(dir.path()), away);
    other.export(2..=4);
    drop(other);
    let start = Instant::now();
    while running.counts() != [1, 0, 0, 0, 3] {
        assert!(start.elapsed() < LONG, "{:?}", running.figures());
        std::thread::sleep(Duration::from_millis(300));
        running.flush(LONG).unwrap();
    }
    assert_eq!(running.taken.all(), [1, 2, 3, 4]);
}
