//! The three crates are released together.

use crate::source::read;

const MEMBERS: [&str; 2] = ["weave-macros", "weave-runtime"];

#[test]
fn the_crates_share_one_version_and_the_facade_asks_for_exactly_that() {
    let manifest = read("Cargo.toml");
    for member in MEMBERS {
        assert!(read(&format!("{member}/Cargo.toml")).contains("\nversion.workspace = true\n"), "{member}");
        let pin = format!("\n{member} = {{ version = \"={}\", path = \"{member}\"", version());
        assert!(manifest.contains(&pin), "[workspace.dependencies] does not have {}", pin.trim());
    }
    assert_eq!(env!("CARGO_PKG_VERSION"), version());
}

#[test]
fn the_changelog_tells_of_this_version() {
    let changelog = read("CHANGELOG.md");
    let headings: Vec<&str> = changelog.lines().filter(|line| line.starts_with("## ")).collect();
    let known = headings.iter().any(|heading| heading.starts_with(&format!("## {}", version())));
    assert!(known, "CHANGELOG.md has no heading for {}: {headings:?}", version());
}

#[test]
fn the_changelog_says_of_each_change_what_it_is_to_a_user() {
    let changelog = read("CHANGELOG.md");
    let kinds = ["- added:", "- changed:", "- fixed:", "- breaking:"];
    let bullets: Vec<&str> = changelog.lines().filter(|line| line.starts_with("- ")).collect();
    assert!(!bullets.is_empty());
    for bullet in bullets {
        assert!(kinds.iter().any(|kind| bullet.starts_with(kind)), "{bullet:?}: begin it with one of {kinds:?}");
    }
}

/// The version of `[workspace.package]`.
fn version() -> String {
    let manifest = read("Cargo.toml");
    let (_, package) = manifest.split_once("[workspace.package]").unwrap();
    let line = package.lines().find_map(|line| line.strip_prefix("version = ")).unwrap();
    line.trim_matches('"').to_owned()
}
