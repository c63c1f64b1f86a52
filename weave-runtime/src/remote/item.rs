//! A piece of what is to be delivered, encoded.

use crate::id::{CallId, TraceId};

/// What goes into requests of one kind. The names are stored: none may change its meaning.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Route {
    /// A span of OTLP: the bytes of a `ScopeSpans` with this one span, see `otlp::encode`.
    Spans,
    /// A call of Weave that has ended.
    Calls,
    /// A call of Weave that began and runs.
    Starts,
    /// The end of one that was told before.
    Ends,
    /// The version of an op.
    Ops,
    /// Bytes that calls refer to.
    Files,
}

impl Route {
    #[allow(dead_code, reason = "only what is stored has names")]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Spans => "spans",
            Self::Calls => "calls",
            Self::Starts => "starts",
            Self::Ends => "ends",
            Self::Ops => "ops",
            Self::Files => "files",
        }
    }

    #[allow(dead_code, reason = "only what is stored has names")]
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Spans, Self::Calls, Self::Starts, Self::Ends, Self::Ops, Self::Files]
            .into_iter()
            .find(|route| route.as_str() == name)
    }
}

/// One thing to deliver. Its body does not say to which project it goes, nor any credential: the sender adds these.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) route: Route,
    pub(crate) trace: Option<TraceId>,
    /// The call that is delivered when this is. None for what only belongs to calls: a start, an op, a file.
    pub(crate) call: Option<CallId>,
    pub(crate) body: Vec<u8>,
}
