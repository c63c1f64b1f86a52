//! The source files below a directory: which there are, and what is in them.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::tools::ToolError;

/// Enough for most projects, and few enough to look at them all.
const MOST_FILES: usize = 5_000;
const LARGEST_FILE: u64 = 512 * 1024;
const BUILD_FOLDERS: [&str; 2] = ["target", "node_modules"];
/// What is data rather than source.
const DATA: [&str; 4] = [".lock", ".json", ".jsonl", ".sql"];

/// The text files of a project, found once. Nothing else can be read, whatever path a model thinks of.
pub(crate) struct SourceTree {
    root: PathBuf,
    /// Relative to the root, with `/` on every system, sorted.
    files: Vec<String>,
}

impl SourceTree {
    /// Looks through `root`: not into hidden folders and those of build output, nor at binary files, huge ones, and those of data.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        let mut files = Vec::new();
        let mut folders = vec![fs::read_dir(&root)?];
        while let Some(folder) = folders.pop() {
            for entry in folder.flatten() {
                let (path, name) = (entry.path(), entry.file_name());
                let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
                match entry.file_type() {
                    // One that may not be entered is passed by, as is whatever else cannot be read.
                    Ok(kind) if kind.is_dir() && !BUILD_FOLDERS.contains(&name) => folders.extend(fs::read_dir(path)),
                    Ok(kind)
                        if kind.is_file() && !DATA.iter().any(|end| name.ends_with(end)) && is_short_text(&path) =>
                    {
                        files.extend(relative(&root, &path));
                    }
                    _ => {}
                }
                if files.len() == MOST_FILES {
                    folders.clear();
                    break;
                }
            }
        }
        files.sort();
        Ok(Self { root, files })
    }

    /// The name of the directory.
    pub(crate) fn name(&self) -> String {
        self.root.file_name().unwrap_or(self.root.as_os_str()).to_string_lossy().into_owned()
    }

    pub(crate) fn files(&self) -> &[String] {
        &self.files
    }

    /// The text of one of the files.
    pub(crate) async fn read(&self, path: &str) -> Result<String, ToolError> {
        if !self.files.iter().any(|file| file == path) {
            return Err(ToolError::new(self.hint(path)));
        }
        let bytes = tokio::fs::read(self.root.join(path)).await;
        let bytes = bytes.map_err(|error| ToolError::new(format!("cannot read {path:?}: {error}")))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// What to say of a file that is not there: where one of the same name is, the nearest to the root.
    fn hint(&self, path: &str) -> String {
        let name = path.rsplit('/').next();
        let alike = self.files.iter().filter(|file| file.rsplit('/').next() == name);
        let nearest = alike.min_by_key(|file| file.matches('/').count());
        nearest.map_or_else(|| "no such file".to_owned(), |file| format!("no file, try {file:?}"))
    }
}

fn relative(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

fn is_short_text(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| {
        let length = file.metadata()?.len();
        file.take(1024).read_to_end(&mut head)?;
        Ok(length)
    });
    read.is_ok_and(|length| length <= LARGEST_FILE) && !head.contains(&0)
}
