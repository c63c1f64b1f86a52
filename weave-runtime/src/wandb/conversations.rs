//! The conversations whose turns were written and that nobody was shown yet: the encoder meets them, the sender shows them.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::record::{CallRecord, Kind};

/// As many are remembered as shown, and as many wait.
const REMEMBERED: usize = 10_000;

/// Shared by the two.
#[derive(Clone, Default)]
pub(super) struct Conversations(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    ids: HashSet<String>,
    new: Vec<String>,
}

impl Conversations {
    /// Notes the conversation of a turn that has ended.
    pub(super) fn meet(&self, call: &CallRecord) {
        let Some(id) = call.conversation_id().filter(|_| call.kind() == Kind::Turn && call.ended_at.is_some()) else {
            return;
        };
        let mut known = self.lock();
        if known.ids.contains(id) || known.new.len() >= REMEMBERED {
            return;
        }
        if known.ids.len() >= REMEMBERED {
            known.ids.clear();
        }
        known.ids.insert(id.to_owned());
        known.new.push(id.to_owned());
    }

    /// Those met since the last time.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().new)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
