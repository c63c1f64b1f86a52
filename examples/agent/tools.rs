//! What the agent can do: six tools that look at a source tree.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time;

use crate::manifest;
use crate::source_tree::SourceTree;

/// A search looks at twenty files a second, as one on a slow disk or behind a rate limit would.
const PAUSE_BETWEEN_FILES: Duration = Duration::from_millis(50);
/// How long the agent waits for a search: not for one of more than a few files.
const SEARCH_PATIENCE: Duration = Duration::from_millis(200);
/// Places in one answer, which has to be read by a model.
const MOST_RESULTS: usize = 200;
/// Lines of a file in one answer.
const MOST_LINES: usize = 40;
/// Tasks that count lines side by side.
const COUNTERS: usize = 4;

/// The files of the tree.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FileList {
    pub(crate) files: usize,
    /// The first of them.
    pub(crate) paths: Vec<String>,
}

/// All files, as far as they go into one answer.
#[weave::tool(skip(tree))]
pub(crate) async fn list_files(tree: &SourceTree) -> FileList {
    let paths = tree.files().iter().take(MOST_RESULTS).cloned().collect();
    FileList { files: tree.files().len(), paths }
}

/// The lines of a file from one on, counted from 1 as editors do.
#[weave::tool(skip(tree))]
pub(crate) async fn read_lines(tree: &SourceTree, path: &str, first: usize) -> Result<String, ToolError> {
    // A bug that can be met in many a tool: it trusts its arguments, but a model wrote them.
    assert!(first > 0, "there is no line {first}");
    let text = tree.read(path).await?;
    Ok(text.lines().skip(first - 1).take(MOST_LINES).collect::<Vec<_>>().join("\n"))
}

/// Where a text occurs, as `path:line`. Dropped when its time is over, which its record shows as cancelled.
#[weave::tool(skip(tree))]
pub(crate) async fn search_text(tree: &SourceTree, text: &str) -> Result<Vec<String>, ToolError> {
    let mut hits = Vec::new();
    for path in tree.files() {
        let content = tree.read(path).await?;
        let lines = content.lines().enumerate().filter(|(_, line)| line.contains(text));
        hits.extend(lines.map(|(nth, _)| format!("{path}:{}", nth + 1)));
        time::sleep(PAUSE_BETWEEN_FILES).await;
    }
    hits.truncate(MOST_RESULTS);
    Ok(hits)
}

/// [`search_text`] for as long as it may take.
pub(crate) async fn search_text_in_time(tree: &SourceTree, text: &str) -> Result<Vec<String>, ToolError> {
    let late = |_| ToolError::new(format!("the search took longer than {} ms", SEARCH_PATIENCE.as_millis()));
    time::timeout(SEARCH_PATIENCE, search_text(tree, text)).await.map_err(late)?
}

/// A function with an attribute.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AnnotatedFunction {
    pub(crate) name: String,
    /// `pub`, of whatever reach.
    pub(crate) public: bool,
    /// `path:line`
    pub(crate) at: String,
}

/// The functions in Rust files that have an attribute whose path starts with `prefix`.
#[weave::tool(skip(tree))]
pub(crate) async fn annotated_functions(tree: &SourceTree, prefix: &str) -> Result<Vec<AnnotatedFunction>, ToolError> {
    let mut found = Vec::new();
    for path in tree.files().iter().filter(|path| path.ends_with(".rs")) {
        let text = tree.read(path).await?;
        let mut is_annotated = false;
        for (nth, line) in text.lines().map(str::trim).enumerate() {
            is_annotated |= line.strip_prefix("#[").is_some_and(|attribute| attribute.starts_with(prefix));
            if let Some((before, name)) = function_name(line).filter(|_| is_annotated) {
                let at = format!("{path}:{}", nth + 1);
                found.push(AnnotatedFunction { name: name.to_owned(), public: before.starts_with("pub"), at });
                is_annotated = false;
            }
        }
    }
    Ok(found)
}

/// What stands before `fn` in a line that declares a function, and the name that follows.
fn function_name(line: &str) -> Option<(&str, &str)> {
    let (before, after) = line.split_once("fn ")?;
    let is_declaration = before.split_whitespace().all(|word| {
        matches!(word, "pub" | "async" | "const" | "unsafe" | "extern" | "\"C\"") || word.starts_with("pub(")
    });
    let name = after.split(|character: char| !character.is_alphanumeric() && character != '_').next()?;
    (is_declaration && !name.is_empty()).then_some((before, name))
}

/// A file and its length.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LineCount {
    pub(crate) path: String,
    pub(crate) lines: usize,
}

/// The files with the most lines. Spawned by `weave::spawn`, the tasks that count stay below this call.
#[weave::tool(skip(tree))]
pub(crate) async fn longest_files(tree: &Arc<SourceTree>, limit: usize) -> Result<Vec<LineCount>, ToolError> {
    let share = tree.files().len().div_ceil(COUNTERS).max(1);
    let tasks: Vec<_> = (0..tree.files().len())
        .step_by(share)
        .map(|first| weave::spawn(count_lines(Arc::clone(tree), first, share)))
        .collect();
    let mut counts = Vec::new();
    for task in tasks {
        counts.extend(task.await.map_err(|error| ToolError::new(error.to_string()))??);
    }
    counts.sort_by(|a, b| b.lines.cmp(&a.lines).then_with(|| a.path.cmp(&b.path)));
    counts.truncate(limit.min(MOST_RESULTS));
    Ok(counts)
}

/// The lines of up to `count` files. Its output would be long and is in its parent's, as far as that needs it.
#[weave::op(skip(tree), skip_output)]
async fn count_lines(tree: Arc<SourceTree>, first: usize, count: usize) -> Result<Vec<LineCount>, ToolError> {
    let mut counts = Vec::new();
    for path in tree.files().iter().skip(first).take(count) {
        counts.push(LineCount { path: path.clone(), lines: tree.read(path).await?.lines().count() });
    }
    Ok(counts)
}

/// The dependencies that a `Cargo.toml` lists, by its tables.
#[weave::tool(skip(tree))]
pub(crate) async fn dependencies(tree: &SourceTree, path: &str) -> Result<BTreeMap<String, Vec<String>>, ToolError> {
    Ok(manifest::dependencies(&tree.read(path).await?))
}

/// Why a tool has no result, in words for the model.
#[derive(Debug)]
pub(crate) struct ToolError(String);

impl ToolError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ToolError {}
