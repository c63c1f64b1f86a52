//! The files of the repository, to be looked through.

use std::fs;
use std::path::Path;

/// One text file.
pub(crate) struct File {
    /// From the root of the repository, with `/` on every system.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// The lines with their numbers, without what stands behind `//`: docs and comments may name anything.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().map(|line| line.split("//").next().unwrap_or_default());
        lines.enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Whether the file holds unit tests, or what they compare with, and nothing else.
    pub(crate) fn is_tests(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/") || self.path.contains("/golden/")
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

/// Every text file of the repository below `folder`, sorted.
pub(crate) fn files(folder: &str) -> Vec<File> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    files.sort_by(|a: &File, b| a.path.cmp(&b.path));
    assert!(!files.is_empty(), "{folder:?} has no files");
    files
}

/// Every Rust file below `folder`.
pub(crate) fn rust(folder: &str) -> Vec<File> {
    files(folder).into_iter().filter(|file| file.path.ends_with(".rs")).collect()
}

/// Panics with a list of what is wrong, each line with its place and what to do.
#[track_caller]
pub(crate) fn assert_none(rule: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{rule}:\n  {}", wrong.join("\n  "));
}

fn collect(folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if !is_ours(&path) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.push(File { path: relative(&path), text });
        }
    }
}

/// False for what tools put beside the sources: repositories, builds, stores.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let is_tools = [".git", ".weave", "target"].iter().any(|tool| name == *tool);
    !is_tools && !path.join("CACHEDIR.TAG").exists()
}

fn relative(path: &Path) -> String {
    let parts = path.strip_prefix(root()).unwrap().iter().map(|part| part.to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}
