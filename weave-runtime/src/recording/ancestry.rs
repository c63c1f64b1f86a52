//! What is above a call: the nearest of ours, and whether they are recorded.

use super::lane::Lane;
use crate::id::{CallId, MaybeCallId};
use crate::record::Kind;

/// The nearest calls above, by family.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Ancestry {
    pub(crate) op: MaybeCallId,
    pub(crate) agent: MaybeCallId,
    pub(super) nearest: Nearest,
}

/// Which of the two is nearer, in the lowest bit, and the address of its lane in the others.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Nearest(usize);

impl Nearest {
    fn new(kind: Kind, lane: &Lane) -> Self {
        Self(std::ptr::from_ref(lane).addr() | usize::from(kind.is_agent()))
    }

    pub(super) fn is_agent(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether its lane is another than this. As long as it is open, its lane is there and no other has this address.
    pub(super) fn is_apart(self, lane: &Lane) -> bool {
        self.0 & !1 != std::ptr::from_ref(lane).addr() && self.0 != 0
    }
}

impl Ancestry {
    pub(super) const NONE: Self = Self { op: MaybeCallId::NONE, agent: MaybeCallId::NONE, nearest: Nearest(0) };

    /// In the place of the calls of a trace that is not recorded. Every call carries an ancestry, every poll sets one: with
    /// a flag beside, all would pay for what few have.
    pub(super) const UNSAMPLED: Self = Self { op: MaybeCallId::MARK, agent: MaybeCallId::MARK, nearest: Nearest(0) };

    /// Whether the trace is not recorded.
    #[inline]
    pub(super) fn is_unsampled(self) -> bool {
        self.op == MaybeCallId::MARK
    }

    /// Whether a call is above.
    #[inline]
    pub(super) fn has_call(self) -> bool {
        self.op != MaybeCallId::NONE || self.agent != MaybeCallId::NONE
    }

    /// Whether the span of an agent is above, which is recorded.
    pub(super) fn has_agent(self) -> bool {
        self.agent != MaybeCallId::NONE && !self.is_unsampled()
    }

    /// The nearest call, if it is recorded, and what tells its lane from others.
    pub(super) fn nearest_call(self) -> Option<(CallId, Nearest)> {
        let nearest = if self.nearest.is_agent() { self.agent } else { self.op };
        nearest.get().filter(|_| !self.is_unsampled()).map(|id| (id, self.nearest))
    }

    /// What a call of this kind on this lane leaves to those below it.
    pub(super) fn with(self, kind: Kind, id: MaybeCallId, lane: &Lane) -> Self {
        let (op, agent) = if kind.is_agent() { (self.op, id) } else { (id, self.agent) };
        Self { op, agent, nearest: Nearest::new(kind, lane) }
    }
}
