//! What a store is opened on, and what cannot be.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::call;
use crate::error::Error;
use crate::sink::Sink;
use crate::store::{Reader, Writer};

fn refusal(dir: &Path) -> String {
    let error: Error = Writer::open(dir).unwrap_err();
    assert!(error.is_store(), "{error:?}");
    error.to_string()
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_what_is_made() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("below").join("store");
    let mut writer = Writer::open(&dir).unwrap();
    writer.export(&[call(1)]).unwrap();

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let lock = fs::read_dir(dir.join("writers")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join("writers")), 0o700);
    for file in ["weave.db", "weave.db-wal", "weave.db-shm", ".gitignore"].map(|name| dir.join(name)) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    assert_eq!(mode(&lock), 0o600);
}

#[cfg(unix)]
#[test]
fn an_empty_directory_is_taken_over_and_a_full_one_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let (empty, full) = (parent.path().join("empty"), parent.path().join("full"));
    for dir in [&empty, &full] {
        fs::create_dir(dir).unwrap();
        fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::write(full.join("main.rs"), "").unwrap();

    drop((Writer::open(&empty).unwrap(), Writer::open(&full).unwrap()));

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&empty), empty.join(".gitignore").exists()), (0o700, true));
    assert_eq!((mode(&full), full.join(".gitignore").exists()), (0o755, false));
}

#[test]
fn git_ignores_the_directory() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("store");
    drop(Writer::open(&dir).unwrap());
    assert_eq!(fs::read_to_string(dir.join(".gitignore")).unwrap(), "*\n");
}

#[test]
fn a_store_is_opened_again_with_what_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    Writer::open(dir.path()).unwrap().export(&[call(1)]).unwrap();
    Writer::open(dir.path()).unwrap().export(&[call(2)]).unwrap();

    let ids = Reader::open(dir.path()).unwrap().list(&crate::query::Filter::default()).unwrap();
    assert_eq!(ids.iter().map(|call| call.id.to_int()).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn a_store_that_is_removed_while_it_is_written_is_made_anew() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("store");
    let mut writer = Writer::open(&dir).unwrap();
    writer.export(&[call(1)]).unwrap();

    fs::remove_dir_all(&dir).unwrap();
    writer.export(&[call(2)]).unwrap();

    let kept = Reader::open(&dir).unwrap().list(&crate::query::Filter::default()).unwrap();
    assert_eq!(kept.iter().map(|call| call.id.to_int()).collect::<Vec<_>>(), [2]);
    assert_eq!(fs::read_dir(dir.join("writers")).unwrap().count(), 1);
}

#[test]
fn a_path_below_a_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();

    let message = refusal(&file.join("store"));
    assert!(message.starts_with(&format!("cannot write a store to {}: ", file.join("store").display())), "{message}");
    assert!(message.ends_with("give this user write access to it, or name another directory (WEAVE_DIR)"), "{message}");
}

#[test]
fn a_file_instead_of_the_directory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(refusal(&file).contains(&file.display().to_string()));
}

#[test]
fn garbage_is_refused_and_left_alone() {
    for garbage in ["garbage".to_owned(), "garbage ".repeat(2_000)] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("weave.db");
        fs::write(&path, &garbage).unwrap();

        let expected = format!(
            "{} is not a database, or is damaged: move it away and the next run makes a new one",
            path.display()
        );
        assert_eq!(refusal(dir.path()), expected);
        assert_eq!(Reader::open(dir.path()).unwrap_err().to_string(), expected);
        assert_eq!(fs::read_to_string(&path).unwrap(), garbage);
    }
}

#[test]
fn a_cut_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("weave.db");
    drop(Writer::open(dir.path()).unwrap());
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..5_000]).unwrap();

    assert!(refusal(dir.path()).contains("is not a database, or is damaged"));
}

#[test]
fn a_newer_store_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("weave.db");
    drop(Writer::open(dir.path()).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();

    let expected = format!(
        "the store {} was written by a newer weave-rs (schema 99, this one knows 4): update weave-rs, or name another \
         directory (WEAVE_DIR)",
        path.display()
    );
    assert_eq!(refusal(dir.path()), expected);
    assert_eq!(Reader::open(dir.path()).unwrap_err().to_string(), expected);
}

#[test]
fn the_database_of_another_program_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("weave.db");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE calls (telephone TEXT)").unwrap();

    let expected = format!(
        "{} is the database of another program: name another directory for the store (WEAVE_DIR)",
        path.display()
    );
    assert_eq!(refusal(dir.path()), expected);
    let mode: String = other.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete");
}

#[test]
fn a_store_that_another_program_locks_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("weave.db");
    drop(Writer::open(dir.path()).unwrap());
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();

    let expected = format!(
        "the store {} is locked by another program: close it, or name another directory (WEAVE_DIR)",
        path.display()
    );
    assert_eq!(refusal(dir.path()), expected);
    assert_eq!(Reader::open(dir.path()).unwrap_err().to_string(), expected);
}

#[test]
fn a_missing_store_is_not_found() {
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path().to_owned(), dir.path().join("none")] {
        let error = Reader::open(&path).unwrap_err();
        assert!(error.is_not_found());
        assert_eq!(
            error.to_string(),
            format!(
                "there is no store in {}: a program that calls `weave::init` makes one when it records to that directory, \
                 and one that sends its calls elsewhere only when told to (`local`, WEAVE_SINKS)",
                path.display()
            )
        );
    }
}
