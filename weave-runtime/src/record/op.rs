//! The static facts of an op: what is known about a function before it is called.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{CallRecord, Kind, Rate};

/// Turns a finished record into a display name. `Err` holds why it could not.
pub(crate) type Namer = fn(&CallRecord) -> Result<String, String>;

/// What an annotation knows at compile time: one `static` per function, which each of its calls points to.
#[derive(Debug)]
#[allow(dead_code, reason = "only the store keeps where an op stands")]
pub struct Op {
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: Kind,
    pub(crate) module: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) label: Option<&'static str>,
    pub(crate) display_name: Option<&'static str>,
    pub(crate) namer: Option<Namer>,
    pub(crate) sample_rate: Option<Rate>,
    /// Nothing is kept here. A static that may change tells clippy that a function which starts a call does something:
    /// without it, each annotated one would be a candidate for `must_use`.
    _not_pure: AtomicBool,
}

impl Op {
    /// The facts that every op has.
    #[must_use]
    pub const fn new(kind: Kind, name: &'static str, module: &'static str, file: &'static str, line: u32) -> Self {
        Self {
            name: Cow::Borrowed(name),
            kind,
            module,
            file,
            line,
            label: None,
            display_name: None,
            namer: None,
            sample_rate: None,
            _not_pure: AtomicBool::new(false),
        }
    }

    /// `kind = "..."`: what the op does, in the user's words.
    #[must_use]
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// `display_name = "..."`.
    #[must_use]
    pub const fn display_name(mut self, name: &'static str) -> Self {
        self.display_name = Some(name);
        self
    }

    /// `display_name = path_or_closure`.
    #[must_use]
    pub const fn namer(mut self, namer: Namer) -> Self {
        self.namer = Some(namer);
        self
    }

    /// `sample_rate = 0.1`.
    ///
    /// # Panics
    ///
    /// When it is no share, while the function is compiled.
    #[must_use]
    pub const fn sample_rate(mut self, share: f64) -> Self {
        self.sample_rate = Rate::new(share);
        assert!(self.sample_rate.is_some(), "`sample_rate` takes a number from 0 to 1");
        self
    }
}

/// The op of a record: an annotation's static, or one made at run time by name.
#[derive(Clone, Debug)]
pub(crate) enum OpRef {
    Static(&'static Op),
    Shared(Arc<Op>),
}

impl OpRef {
    /// An op that has a name only: a manual call, or a row of the store.
    pub(crate) fn named(kind: Kind, name: impl Into<String>) -> Self {
        let op = Op { name: Cow::Owned(name.into()), ..Op::new(kind, "", "", "", 0) };
        Self::Shared(Arc::new(op))
    }
}

impl std::ops::Deref for OpRef {
    type Target = Op;

    fn deref(&self) -> &Op {
        match self {
            Self::Static(op) => op,
            Self::Shared(op) => op,
        }
    }
}
