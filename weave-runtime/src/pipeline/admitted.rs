//! Delivering what was logged, for which there is room already: it waits for nobody.

use std::sync::Arc;

use super::clock::Anchor;
use super::worker::Batch;
use super::{BATCH_BYTES, Shared};
use crate::recording::Admitted;

impl Shared {
    /// Takes what was let in from the recorder to the sinks, what belongs together in one batch.
    pub(super) fn round_of_admitted(&self, anchor: Anchor) {
        let mut groups = self.recorder.take_admitted().into_iter().peekable();
        while let Some(first) = groups.next() {
            let mut batch = Batch::default();
            self.add(&mut batch, first, anchor);
            while let Some(next) = groups.next_if(|next| batch.bytes + next.bytes <= BATCH_BYTES) {
                self.add(&mut batch, next, anchor);
            }
            let batch = Arc::new(batch);
            for worker in &self.workers {
                worker.offer(&batch);
            }
        }
    }

    fn add(&self, batch: &mut Batch, group: Admitted, anchor: Anchor) {
        batch.bytes += group.bytes;
        batch.calls.extend(group.drafts.into_iter().filter_map(|draft| self.finish(draft, anchor)));
        batch.shares.push(group.share);
    }
}
