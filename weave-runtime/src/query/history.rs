//! What is known of an op over time.

use std::fmt;
use std::time::SystemTime;

use crate::amount;
use crate::record::Kind;

/// Which ops are asked for: those that satisfy every part that is set, each by any of its values.
#[derive(Clone, Default, Debug)]
pub(crate) struct OpFilter {
    pub(crate) identities: Vec<String>,
    pub(crate) names: Vec<String>,
    pub(crate) kinds: Vec<Kind>,
}

/// A function that was recorded, with its versions: an answer of [`Client::ops`](crate::Client::ops).
///
/// Displays itself as `shop.buy 2 versions, 18 calls`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct OpHistory {
    /// Which function: `Type.method` or `module.function`, or the name that was given instead.
    pub identity: String,
    /// What its calls show, in the version that appeared last.
    pub name: String,
    /// Which of the annotations made it, in the version that appeared last.
    pub kind: Kind,
    /// How many calls of it there are, of all versions.
    pub calls: u64,
    /// Its versions in the order in which they first appeared; at least one.
    pub versions: Vec<OpVersion>,
}

/// One version of an op: the function with one signature and body.
///
/// Displays itself as `v0 src/shop.rs:12, 18 calls`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct OpVersion {
    /// 0 for the one that appeared first, and so on.
    pub number: usize,
    /// By what it is told apart, see [`Op::digest`](crate::Op::digest). `None` for calls that are started by hand.
    pub digest: Option<String>,
    /// The text of the function, see [`Op::source`](crate::Op::source).
    pub source: Option<String>,
    /// The path of its module where it was seen last; `None` for calls that are started by hand.
    pub module: Option<String>,
    /// Its file where it was seen last; `None` for calls that are started by hand.
    pub file: Option<String>,
    /// Its line where it was seen last; `None` for calls that are started by hand.
    pub line: Option<u32>,
    /// How many calls of this version there are.
    pub calls: u64,
    /// When the first of these calls started; `None` when there is none any more.
    pub first_seen: Option<SystemTime>,
    /// When the last of these calls started; `None` when there is none any more.
    pub last_seen: Option<SystemTime>,
}

impl OpHistory {
    /// The version that appeared last.
    #[must_use]
    pub fn latest(&self) -> Option<&OpVersion> {
        self.versions.last()
    }
}

impl fmt::Display for OpHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions = amount::counted(self.versions.len() as u64, "version");
        write!(f, "{} {versions}, {}", self.identity, amount::counted(self.calls, "call"))
    }
}

impl fmt::Display for OpVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.number)?;
        if let (Some(file), Some(line)) = (&self.file, self.line) {
            write!(f, " {file}:{line}")?;
        }
        write!(f, ", {}", amount::counted(self.calls, "call"))
    }
}
