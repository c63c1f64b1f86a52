//! The static facts of an op: what is known about a function before it is called.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::record::{CallRecord, Kind};

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
    /// The bytes of inputs and output together that calls have had, so that one allocation does for the next.
    typical_text: AtomicU32,
}

/// The room made for a call of an op that was never called.
const FIRST_TEXT: u32 = 128;

/// Larger texts are not prepared for: the next call may be small again.
const LARGEST_TYPICAL_TEXT: u32 = 4 * 1024;

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
            typical_text: AtomicU32::new(FIRST_TEXT),
        }
    }

    /// The room to make for the next call's inputs and output.
    #[inline]
    pub(crate) fn typical_text(&self) -> usize {
        self.typical_text.load(Ordering::Relaxed) as usize
    }

    /// Learns from a call how much room they need.
    #[inline]
    pub(crate) fn note_text(&self, length: usize) {
        let needed = u32::try_from(length).unwrap_or(u32::MAX).min(LARGEST_TYPICAL_TEXT);
        if needed > self.typical_text.load(Ordering::Relaxed) {
            self.typical_text.store(needed, Ordering::Relaxed);
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
