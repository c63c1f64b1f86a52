//! The tree on stderr, as a program's user sees it.

use crate::programs::{program, run};

#[test]
fn the_environment_asks_for_the_tree_of_each_call_on_stderr() {
    let dir = tempfile::tempdir().unwrap();
    let written = run(program("record", dir.path()).env("WEAVE_CONSOLE", "1"));
    let lines: Vec<&str> = written.stderr.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 2, "{}", written.stderr);
    assert!(lines[0].starts_with("weave: recording \"team/project\" in "), "{}", lines[0]);
    assert!(!lines[0].contains("WEAVE_CONSOLE"), "{}", lines[0]);
    assert!(lines[1].starts_with("✓ double(n: 21) -> 42"), "{}", lines[1]);
    assert_eq!(written.stdout, "");
}

#[test]
fn the_tree_has_no_colours_where_stderr_is_no_terminal_or_none_are_wanted() {
    let dir = tempfile::tempdir().unwrap();
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb"), ("TERM", "xterm-256color")] {
        let written = run(program("record", dir.path()).env("WEAVE_CONSOLE", "1").env(name, value));
        assert!(written.stderr.contains("double(n: 21)"), "{}", written.stderr);
        assert!(!written.stderr.contains('\x1b'), "{:?}", written.stderr);
    }
}

#[test]
fn the_tree_is_as_wide_as_the_environment_says() {
    let dir = tempfile::tempdir().unwrap();
    let written = run(program("record", dir.path()).env("WEAVE_SINKS", "console").env("COLUMNS", "20"));
    assert!(written.stderr.lines().all(|line| line.chars().count() <= 20), "{}", written.stderr);
    assert!(written.stderr.contains("double"), "{}", written.stderr);
    assert!(!dir.path().join("store").exists());
}

/// On a terminal of its own, which `script` makes.
#[test]
fn the_tree_is_coloured_on_a_terminal_unless_no_color_is_set() {
    use std::process::{Command, Stdio};

    let available = Command::new("script").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !available.is_ok_and(|status| status.success()) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let drawn = |no_color: &str| {
        let inner = program("record", dir.path());
        let line =
            format!("'{}' --exact programs::be_a_program --nocapture --quiet", inner.get_program().to_string_lossy());
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).current_dir(dir.path());
        for (name, value) in inner.get_envs().filter_map(|(name, value)| Some((name, value?))) {
            command.env(name, value);
        }
        command.env("WEAVE_CONSOLE", "1").env("NO_COLOR", no_color).env("TERM", "xterm-256color");
        String::from_utf8(command.stdin(Stdio::null()).output().unwrap().stdout).unwrap()
    };
    let (coloured, plain) = (drawn(""), drawn("1"));
    assert!(coloured.contains("double") && coloured.contains('\x1b'), "{coloured:?}");
    assert!(plain.contains("double") && !plain.contains('\x1b'), "{plain:?}");
}
