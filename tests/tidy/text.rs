//! What files may hold, whatever they are about.

use crate::source::{assert_none, files, rust};

/// Lines of a source file; tests may have more.
const MOST_LINES: usize = 400;

#[test]
fn source_files_have_at_most_400_lines() {
    let folders = ["src", "examples", "benches", "weave-macros/src", "weave-runtime/src"];
    let sources = folders.into_iter().flat_map(rust).filter(|file| !file.is_tests());
    let long = sources.map(|file| (file.text.lines().count(), file.path)).filter(|(lines, _)| *lines > MOST_LINES);
    let wrong: Vec<String> = long.map(|(lines, path)| format!("{path} has {lines}")).collect();
    assert_none("split these, each part with one job", &wrong);
}

#[test]
fn every_source_file_says_its_one_job_first() {
    let folders = ["examples", "benches", "tests", "weave-macros/src", "weave-runtime/src"];
    let sources = folders.into_iter().flat_map(rust).filter(|file| !file.is_tests());
    let silent = sources.filter(|file| !file.text.starts_with("//!"));
    let wrong: Vec<String> = silent.map(|file| file.path).collect();
    assert_none("begin these with a `//!` line", &wrong);
}

#[test]
fn nothing_is_left_to_do() {
    // In halves, so that this file is not found.
    forbid("left to do", &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("db", "g!(")]);
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    forbid(
        "paths of one machine",
        &[concat!("/wo", "rk/"), concat!("/tm", "p/"), concat!("/ho", "me/"), concat!("/ro", "ot/")],
    );
}

fn forbid(rule: &str, words: &[&str]) {
    let mut wrong = Vec::new();
    for file in files("") {
        for (index, line) in file.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                wrong.push(format!("{}:{}: {}", file.path, index + 1, line.trim()));
            }
        }
    }
    assert_none(rule, &wrong);
}
