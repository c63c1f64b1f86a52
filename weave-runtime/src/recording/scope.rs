//! What a region of code asks of the calls inside it.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::{Map, Value};

use super::agent::Place;
use super::call::LiveCall;
use super::context::Above;
use super::lane::Lane;
use super::turn::Boundary;
use crate::id::MaybeCallId;
use crate::record::Rate;

/// Settings that calls inside inherit. Travels in the OpenTelemetry context, so it follows the work like the call does.
#[derive(Default)]
pub(crate) struct Surroundings {
    /// The next region around that still waits for a call.
    pub(crate) outer: Option<Arc<Surroundings>>,
    /// The span that was current where the region began: calls with this parent are directly inside.
    pub(crate) anchor: MaybeCallId,
    pub(crate) disabled: bool,
    /// The share of the traces that are recorded which begin here.
    pub(crate) rate: Option<Rate>,
    /// The thread of conversation, or that there is none; none of the two where nobody said anything.
    pub(crate) boundary: Option<Arc<Boundary>>,
    /// Where this is in the work of agents.
    pub(crate) agents: Option<Arc<Place>>,
    /// What is above a foreign span that is current.
    pub(crate) above: Option<Above>,
    /// Merged with those of the outer regions.
    pub(crate) attributes: Option<Arc<Map<String, Value>>>,
    pub(crate) next: Mutex<Next>,
    /// Where a test records instead.
    pub(crate) lane: Option<Arc<Lane>>,
    /// Who wants the last call directly inside.
    pub(crate) watched: Option<Weak<Watch>>,
}

/// What the next call is given that starts inside, and no other.
#[derive(Default)]
pub(crate) struct Next {
    pub(crate) name: Option<String>,
    pub(crate) attributes: Map<String, Value>,
}

/// The last call that was opened directly inside a region.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Option<Arc<LiveCall>>>);

impl Surroundings {
    /// A region inside `outer` with nothing of its own.
    pub(crate) fn inside(outer: Option<Arc<Self>>, anchor: MaybeCallId) -> Self {
        Self {
            anchor,
            disabled: outer.as_ref().is_some_and(|outer| outer.disabled),
            boundary: outer.as_ref().and_then(|outer| outer.boundary.clone()),
            agents: outer.as_ref().and_then(|outer| outer.agents.clone()),
            rate: outer.as_ref().and_then(|outer| outer.rate),
            attributes: outer.as_ref().and_then(|outer| outer.attributes.clone()),
            lane: outer.as_ref().and_then(|outer| outer.lane.clone()),
            outer: outer.and_then(Self::nearest_waiting),
            ..Self::default()
        }
    }

    /// This region or the next one around it that a call can still matter to. What has been served is let go: a task that
    /// starts its successor from inside of a region, over and over, must not leave a chain of them behind.
    fn nearest_waiting(mut region: Arc<Self>) -> Option<Arc<Self>> {
        while !region.is_waiting() {
            region = Arc::clone(region.outer.as_ref()?);
        }
        Some(region)
    }

    fn is_waiting(&self) -> bool {
        lock(&self.next).is_waiting() || self.watched.as_ref().is_some_and(|watch| watch.strong_count() > 0)
    }

    /// What is kept for the next call, once: the nearest name, and attributes of which the nearest are the strongest.
    pub(crate) fn take_next(&self) -> Next {
        let mut next = Next::default();
        let mut at = Some(self);
        while let Some(region) = at {
            let mut kept = lock(&region.next);
            if next.name.is_none() {
                next.name = kept.name.take();
            }
            if !kept.attributes.is_empty() {
                let nearer = std::mem::replace(&mut next.attributes, std::mem::take(&mut kept.attributes));
                next.attributes.extend(nearer);
            }
            at = region.outer.as_deref();
        }
        next
    }

    /// Shows a call that starts below `parent` to those who asked for the last one directly inside.
    pub(crate) fn show(&self, call: &Arc<LiveCall>, parent: MaybeCallId) {
        let mut at = Some(self);
        while let Some(region) = at {
            if region.anchor == parent
                && let Some(watch) = region.watch()
            {
                *lock(&watch.0) = Some(Arc::clone(call));
            }
            at = region.outer.as_deref();
        }
    }

    /// Puts a call in the place of one that was shown.
    pub(crate) fn show_instead(&self, old: &Arc<LiveCall>, new: &Arc<LiveCall>) {
        let mut at = Some(self);
        while let Some(region) = at {
            if let Some(watch) = region.watch()
                && let Some(seen) = &mut *lock(&watch.0)
                && Arc::ptr_eq(seen, old)
            {
                *seen = Arc::clone(new);
            }
            at = region.outer.as_deref();
        }
    }

    fn watch(&self) -> Option<Arc<Watch>> {
        self.watched.as_ref()?.upgrade()
    }
}

impl Next {
    fn is_waiting(&self) -> bool {
        self.name.is_some() || !self.attributes.is_empty()
    }
}

/// Attributes and names stay out: nothing secret has been taken out of them yet.
impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("disabled", &self.disabled).finish_non_exhaustive()
    }
}

impl Watch {
    /// The last call that was shown.
    pub(crate) fn seen(&self) -> Option<Arc<LiveCall>> {
        lock(&self.0).take()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
