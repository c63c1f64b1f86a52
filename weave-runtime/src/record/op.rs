//! The static facts of an op: what is known about a function before it is called.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::identity;
use super::{CallRecord, Kind, Rate};

/// Turns a finished record into a display name. `Err` holds why it could not.
pub(crate) type Namer = fn(&CallRecord) -> Result<String, String>;

/// Reshapes recorded inputs.
pub(crate) type ReshapeInputs = fn(&mut Map<String, Value>);

/// The function that a call ran: which one it is, in which version, where it stands.
///
/// An annotation knows this at compile time, so a call costs nothing more by it. See
/// [`CallRecord::op`](crate::CallRecord::op).
pub struct Op {
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: Kind,
    pub(crate) module: Cow<'static, str>,
    pub(crate) file: Cow<'static, str>,
    pub(crate) line: u32,
    pub(crate) label: Option<&'static str>,
    pub(crate) color: Option<&'static str>,
    pub(crate) display_name: Option<&'static str>,
    pub(crate) namer: Option<Namer>,
    pub(crate) sample_rate: Option<Rate>,
    pub(crate) inputs: Option<ReshapeInputs>,
    /// What a tool is for.
    pub(crate) description: Option<&'static str>,
    /// Options that have the value of an input: the option, the input.
    pub(crate) arguments: &'static [(&'static str, &'static str)],
    /// Whether outputs are reshaped, which is done before they come here.
    pub(crate) reshapes_output: bool,
    pub(crate) digest: Option<Cow<'static, str>>,
    pub(crate) source: Option<Cow<'static, str>>,
    /// Gives the path of something inside the function.
    path: Option<fn() -> &'static str>,
    /// Worked out when it is first asked for, which nobody does on the caller's thread.
    identity: OnceLock<String>,
    /// The same of its path, which exporters tell with each call.
    function: OnceLock<String>,
    /// Nothing is kept here. A static that may change tells clippy that a function which starts a call does something:
    /// without it, each annotated one would be a candidate for `must_use`.
    _not_pure: AtomicBool,
}

impl Op {
    /// The facts that every op has.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(kind: Kind, name: &'static str, module: &'static str, file: &'static str, line: u32) -> Self {
        Self {
            name: Cow::Borrowed(name),
            kind,
            module: Cow::Borrowed(module),
            file: Cow::Borrowed(file),
            line,
            label: None,
            color: None,
            display_name: None,
            namer: None,
            sample_rate: None,
            inputs: None,
            description: None,
            arguments: &[],
            reshapes_output: false,
            digest: None,
            source: None,
            path: None,
            identity: OnceLock::new(),
            function: OnceLock::new(),
            _not_pure: AtomicBool::new(false),
        }
    }

    /// `kind = "..."`: what the op does, in the user's words.
    #[doc(hidden)]
    #[must_use]
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// `color = "..."`: how viewers draw the op.
    #[doc(hidden)]
    #[must_use]
    pub const fn color(mut self, color: &'static str) -> Self {
        self.color = Some(color);
        self
    }

    /// `display_name = "..."`.
    #[doc(hidden)]
    #[must_use]
    pub const fn display_name(mut self, name: &'static str) -> Self {
        self.display_name = Some(name);
        self
    }

    /// `display_name = path_or_closure`.
    #[doc(hidden)]
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
    #[doc(hidden)]
    #[must_use]
    pub const fn sample_rate(mut self, share: f64) -> Self {
        self.sample_rate = Rate::new(share);
        assert!(self.sample_rate.is_some(), "`sample_rate` takes a number from 0 to 1");
        self
    }

    /// `inputs = path_or_closure`.
    #[doc(hidden)]
    #[must_use]
    pub const fn inputs(mut self, reshape: fn(&mut Map<String, Value>)) -> Self {
        self.inputs = Some(reshape);
        self
    }

    /// `description = "..."`, or what the docs of the function say.
    #[doc(hidden)]
    #[must_use]
    pub const fn description(mut self, text: &'static str) -> Self {
        self.description = Some(text);
        self
    }

    /// `user_message = argument` and its like: which inputs they are.
    #[doc(hidden)]
    #[must_use]
    pub const fn arguments(mut self, arguments: &'static [(&'static str, &'static str)]) -> Self {
        self.arguments = arguments;
        self
    }

    /// `output = path_or_closure`: that it is there.
    #[doc(hidden)]
    #[must_use]
    pub const fn reshapes_output(mut self) -> Self {
        self.reshapes_output = true;
        self
    }

    /// The digest of the function's tokens, and its text where that is to be recorded.
    #[doc(hidden)]
    #[must_use]
    pub const fn version(mut self, digest: &'static str, source: Option<&'static str>) -> Self {
        // Nothing is there to be dropped, which the compiler does not know of a constant.
        std::mem::forget(self.digest.replace(Cow::Borrowed(digest)));
        if let Some(source) = source {
            std::mem::forget(self.source.replace(Cow::Borrowed(source)));
        }
        self
    }

    /// Takes the name of a closure's type, which begins with the path of the static that has the closure.
    #[doc(hidden)]
    #[must_use]
    pub const fn path<F: Fn()>(mut self, _here: &F) -> Self {
        self.path = Some(std::any::type_name::<F>);
        self
    }

    /// What the calls show: the function's name, or the one given instead.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whose versions this one is among: `Type.method` or `module.function`, or the name that was given instead.
    #[must_use]
    pub fn identity(&self) -> &str {
        self.identity.get_or_init(|| match self.path {
            Some(path) => identity::of_path(path(), &self.module),
            None => identity::object_id(&self.name),
        })
    }

    /// Which of the annotations made it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The digest of the function's signature and body, by which versions are told apart: 43 letters and digits. `None`
    /// for a call that was started by hand.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// The text of the function, at most 64 KiB. Recorded where the crate is built with debug assertions, or weave with
    /// the feature `capture-code`.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// The path of the module that has the function; `None` for a call that was started by hand.
    #[must_use]
    pub fn module(&self) -> Option<&str> {
        Some(&*self.module).filter(|module| !module.is_empty())
    }

    /// The path of the function: that of its module, and the name; `None` for a call that was started by hand.
    pub(crate) fn function(&self) -> Option<&str> {
        let module = self.module()?;
        Some(self.function.get_or_init(|| format!("{module}::{}", self.name)))
    }

    /// The file that has the function, as the compiler was given it; `None` for a call that was started by hand.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        Some(&*self.file).filter(|file| !file.is_empty())
    }

    /// The line of the function's name, from 1; `None` for a call that was started by hand.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        Some(self.line).filter(|line| *line > 0)
    }
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Op")
            .field("identity", &self.identity())
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("digest", &self.digest())
            .field("file", &self.file())
            .field("line", &self.line())
            .finish_non_exhaustive()
    }
}

/// The op of a record: an annotation's static, or one made at run time by name.
#[derive(Clone, Debug)]
pub(crate) enum OpRef {
    Static(&'static Op),
    Shared(Arc<Op>),
}

/// What a store knows of an op.
#[derive(Debug)]
#[allow(dead_code, reason = "only the store has such")]
pub(crate) struct StoredOp {
    pub(crate) identity: String,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) module: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) digest: Option<String>,
    pub(crate) source: Option<String>,
}

impl OpRef {
    /// An op that has a name only: a manual call.
    pub(crate) fn named(kind: Kind, name: impl Into<String>) -> Self {
        let op = Op { name: Cow::Owned(name.into()), ..Op::new(kind, "", "", "", 0) };
        Self::Shared(Arc::new(op))
    }

    /// An op as it was stored.
    #[allow(dead_code, reason = "only the store has such")]
    pub(crate) fn stored(op: StoredOp) -> Self {
        Self::Shared(Arc::new(Op {
            name: Cow::Owned(op.name),
            module: Cow::Owned(op.module),
            file: Cow::Owned(op.file),
            digest: op.digest.map(Cow::Owned),
            source: op.source.map(Cow::Owned),
            identity: OnceLock::from(op.identity),
            ..Op::new(op.kind, "", "", "", op.line)
        }))
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
