//! A store that cannot be used is one warning, and shows in the health; the program and the other sinks go on.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::alone::{alone, double, eventually};
use crate::programs::{program, run, start};
use crate::sinks::{Keeping, of};

/// Makes a store with one call in it.
fn make_store(dir: &Path) {
    let client = weave::Client::local(dir.join("store")).blocking();
    run(&mut program("record quietly", dir));
    assert_eq!(client.calls().count().unwrap(), 1);
}

/// Runs a program whose store cannot be used, and returns its one warning.
fn warning(dir: &Path) -> String {
    let written = run(&mut program("fail with nobody listening", dir));
    assert_eq!(written.stdout, "");
    assert_eq!(written.stderr.lines().count(), 1, "{}", written.stderr);
    written.stderr
}

#[test]
fn below_a_regular_file() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("store"), "a file").unwrap();
    let warning = warning(dir.path());
    let place = dir.path().join("store");
    assert!(warning.starts_with("weave: calls are not stored: cannot write a store to "), "{warning}");
    assert!(warning.contains(&place.display().to_string()), "{warning}");
    assert!(
        warning.ends_with("; give this user write access to it, or name another directory (WEAVE_DIR)\n"),
        "{warning}"
    );
}

#[test]
fn corrupt() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("store/weave.db");
    make_store(dir.path());
    // Its journal would make it whole again.
    for journal in ["weave.db-wal", "weave.db-shm"] {
        let _ = fs::remove_file(dir.path().join("store").join(journal));
    }
    fs::write(&database, "not a database at all, and longer than its header would be: ".repeat(40)).unwrap();
    assert_eq!(
        warning(dir.path()),
        format!(
            "weave: calls are not stored: {} is not a database, or is damaged: move it away and the next run makes a \
             new one\n",
            database.display()
        )
    );
}

#[test]
fn from_a_newer_version() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("store/weave.db");
    make_store(dir.path());
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection.pragma_update(None, "user_version", 1_000).unwrap();
    drop(connection);
    let warning = warning(dir.path());
    assert!(warning.contains(&database.display().to_string()), "{warning}");
    assert!(warning.contains("was written by a newer weave-rs (schema 1000, "), "{warning}");
    assert!(warning.ends_with(": update weave-rs, or name another directory (WEAVE_DIR)\n"), "{warning}");
}

#[test]
fn locked_by_another_process_and_stored_into_as_soon_as_it_is_not() {
    let turn = alone();
    make_store(turn.dir());
    let mut locking = start(&mut program("lock the store", turn.dir()));
    eventually("the lock", || turn.dir().join("locked").exists().then_some(()));

    let keeping = Keeping::default();
    let store = turn.dir().join("store");
    let weave = turn.builder().dir(&store).sink(keeping.clone()).init().unwrap();
    let trouble = of(&weave.health().sinks, "local").last_error.clone().unwrap();
    assert!(trouble.is_store());
    assert_eq!(
        trouble.to_string(),
        format!(
            "the store {} is locked by another program: close it, or name another directory (WEAVE_DIR)",
            store.join("weave.db").display()
        )
    );
    double(1);
    let report = weave.flush();
    assert_eq!((of(&report.sinks, "local").failed, of(&report.sinks, "keeping").sent), (1, 1));

    drop(locking.stdin.take());
    locking.wait().unwrap();
    eventually("a stored call", || {
        double(2);
        let _ = weave.flush();
        (of(&weave.health().sinks, "local").sent > 0).then_some(())
    });
    let stored = weave::client().blocking().calls().count().unwrap();
    assert_eq!(stored, 1 + of(&weave.health().sinks, "local").sent);
    assert_eq!(keeping.ended().len() as u64, of(&weave.health().sinks, "keeping").sent);
}

#[test]
fn not_writable_until_it_is() {
    let turn = alone();
    let file = turn.dir().join("file");
    fs::write(&file, "").unwrap();
    let weave = turn.builder().dir(file.join("store")).init().unwrap();
    assert!(weave.health().recording);
    assert!(of(&weave.health().sinks, "local").last_error.as_ref().unwrap().is_store());
    assert_eq!(double(1), 2);
    assert!(weave.flush().into_result().unwrap_err().is_delivery());

    fs::remove_file(&file).unwrap();
    eventually("a stored call", || {
        double(2);
        let _ = weave.flush();
        (weave::client().blocking().calls().count().ok()? > 0).then_some(())
    });
}

#[test]
fn removed_while_it_is_written_to() {
    let turn = alone();
    let dir = turn.dir().join("store");
    let weave = turn.builder().dir(&dir).init().unwrap();
    double(1);
    weave.flush().into_result().unwrap();
    fs::remove_dir_all(&dir).unwrap();
    double(2);
    weave.shutdown().into_result().unwrap();
    let calls = crate::alone::stored(&dir);
    assert_eq!(calls.iter().map(|call| call.output::<u32>().unwrap()).collect::<Vec<_>>(), [4]);
}

#[test]
fn slow_to_lock_for_a_moment_and_not_a_call_lost() {
    let turn = alone();
    make_store(turn.dir());
    let weave = turn.builder().dir(turn.dir().join("store")).init().unwrap();
    let mut locking = start(&mut program("lock the store", turn.dir()));
    eventually("the lock", || turn.dir().join("locked").exists().then_some(()));
    for n in 0..10 {
        double(n);
    }
    std::thread::sleep(Duration::from_millis(300));
    drop(locking.stdin.take());
    locking.wait().unwrap();
    weave.shutdown().into_result().unwrap();
}
