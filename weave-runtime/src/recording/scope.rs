//! What a region of code asks of the calls inside it.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use super::call::LiveCall;
use super::lane::Lane;
use crate::id::MaybeCallId;

/// Settings that calls inside inherit. Travels in the OpenTelemetry context, so it follows the work like the call does.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) outer: Option<Arc<Surroundings>>,
    /// The span that was current where the region began: calls with this parent are directly inside.
    pub(crate) anchor: MaybeCallId,
    pub(crate) disabled: bool,
    /// Merged with those of the outer regions.
    pub(crate) attributes: Option<Arc<Map<String, Value>>>,
    pub(crate) next_name: Mutex<Option<String>>,
    /// Where a test records instead.
    pub(crate) lane: Option<Arc<Lane>>,
    /// The last call directly inside is wanted.
    pub(crate) watched: Option<Mutex<Option<Arc<LiveCall>>>>,
}

impl Surroundings {
    /// A region inside `outer` with nothing of its own.
    pub(crate) fn inside(outer: Option<Arc<Self>>, anchor: MaybeCallId) -> Self {
        Self {
            anchor,
            disabled: outer.as_ref().is_some_and(|outer| outer.disabled),
            attributes: outer.as_ref().and_then(|outer| outer.attributes.clone()),
            lane: outer.as_ref().and_then(|outer| outer.lane.clone()),
            outer,
            ..Self::default()
        }
    }

    /// The name kept for the next call, once.
    pub(crate) fn take_name(&self) -> Option<String> {
        let mut at = Some(self);
        while let Some(region) = at {
            if let Some(name) = lock(&region.next_name).take() {
                return Some(name);
            }
            at = region.outer.as_deref();
        }
        None
    }

    /// Shows a call that starts to those who asked for the last one directly inside.
    pub(crate) fn show(&self, call: &Arc<LiveCall>) {
        let mut at = Some(self);
        while let Some(region) = at {
            if let Some(watched) = &region.watched
                && region.anchor == call.parent
            {
                *lock(watched) = Some(Arc::clone(call));
            }
            at = region.outer.as_deref();
        }
    }

    /// The last call that was shown.
    pub(crate) fn seen(&self) -> Option<Arc<LiveCall>> {
        lock(self.watched.as_ref()?).take()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
