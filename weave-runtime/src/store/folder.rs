//! The directory of a store: made so that only its owner can read it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::Error;

const DATABASE: &str = "weave.db";
const IGNORE: &str = ".gitignore";

/// Where the database of a store is.
pub(super) fn database(dir: &Path) -> PathBuf {
    dir.join(DATABASE)
}

/// When a file was made, by which to see that another one is now in its place. `None` for no file, and on file systems
/// that do not keep it.
pub(super) fn birth(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.created().ok()
}

/// Makes what is missing of the directory, the ignore file and an empty database file, and returns the latter's path.
///
/// SQLite gives the files beside the database (`-wal`, `-shm`) the permissions of the database itself.
pub(super) fn prepare(dir: &Path) -> Result<PathBuf, Error> {
    make(dir).map_err(|error| {
        Error::store(format!(
            "cannot write a store to {}: {error}; give this user write access to it, or name another directory (WEAVE_DIR)",
            dir.display()
        ))
        .because(error)
    })
}

fn make(dir: &Path) -> io::Result<PathBuf> {
    let database = database(dir);
    let ours = match make_dir(dir) {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => adopt(dir)? || database.is_file(),
        Err(error) => return Err(error),
    };
    // In a directory that holds other things, ignoring everything would hide them from git.
    if ours {
        make_file(&dir.join(IGNORE), b"*\n")?;
    }
    make_file(&database, b"")?;
    Ok(database)
}

/// Makes a directory that only its owner can enter, below parents with the usual permissions.
pub(super) fn make_dir(dir: &Path) -> io::Result<()> {
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent)?;
    }
    let mut builder = DirBuilder::new();
    permissions::dir(&mut builder);
    builder.create(dir)
}

/// Takes over an existing directory if it is empty. One with something in it keeps its permissions.
fn adopt(dir: &Path) -> io::Result<bool> {
    let empty = fs::read_dir(dir)?.next().is_none();
    if empty {
        permissions::restrict(dir)?;
    }
    Ok(empty)
}

fn make_file(path: &Path, content: &[u8]) -> io::Result<()> {
    match create_new(path) {
        Ok(mut file) => file.write_all(content),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Creates a file that only its owner can read; fails when there is one.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    permissions::file(&mut options);
    options.open(path)
}

#[cfg(unix)]
mod permissions {
    use std::fs::{DirBuilder, OpenOptions, Permissions};
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
    use std::{io, path::Path};

    pub(super) fn dir(builder: &mut DirBuilder) {
        builder.mode(0o700);
    }

    pub(super) fn file(options: &mut OpenOptions) {
        options.mode(0o600);
    }

    pub(super) fn restrict(dir: &Path) -> io::Result<()> {
        std::fs::set_permissions(dir, Permissions::from_mode(0o700))
    }
}

// Elsewhere a user's files are private by where they are.
#[cfg(not(unix))]
mod permissions {
    use std::fs::{DirBuilder, OpenOptions};
    use std::{io, path::Path};

    pub(super) fn dir(_builder: &mut DirBuilder) {}

    pub(super) fn file(_options: &mut OpenOptions) {}

    pub(super) fn restrict(_dir: &Path) -> io::Result<()> {
        Ok(())
    }
}
