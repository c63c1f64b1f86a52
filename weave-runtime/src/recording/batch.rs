//! Ended calls with their texts side by side: one allocation for many, which the thread keeps to itself.

use crate::record::Draft;

/// Calls in a batch before it is handed over.
const CALLS: usize = 64;

/// Bytes in a batch before it is handed over.
const BYTES: usize = 256 * 1024;

/// Texts longer than this stay in their own allocation instead of being copied.
pub(super) const LONGEST_COPIED: usize = 4 * 1024;

/// Room made for the texts of a batch.
const TEXTS: usize = 8 * 1024;

/// Calls on their way to the collector.
#[derive(Default)]
pub(crate) struct Batch {
    drafts: Vec<Draft>,
    /// The texts that were copied, in the order of their drafts.
    texts: String,
    bytes: usize,
}

impl Batch {
    /// A batch with room.
    pub(super) fn new() -> Self {
        Self { drafts: Vec::with_capacity(CALLS), texts: String::with_capacity(TEXTS), bytes: 0 }
    }

    /// Calls that bring their texts themselves.
    pub(super) fn of(drafts: Vec<Draft>) -> Self {
        Self { bytes: drafts.iter().map(Draft::weight).sum(), drafts, texts: String::new() }
    }

    /// Adds a call with its text, or with none if it brings that itself. It is made in its place.
    #[inline(always)]
    pub(super) fn push(&mut self, text: &str, weight: usize, draft: impl FnOnce() -> Draft) {
        self.bytes += weight;
        self.texts.push_str(text);
        self.drafts.push(draft());
    }

    /// What is in the batch, in no more memory than that takes; the room stays.
    pub(super) fn split(&mut self) -> Self {
        let bytes = std::mem::take(&mut self.bytes);
        let drafts = self.drafts.drain(..).collect();
        let texts = self.texts.as_str().to_owned();
        self.texts.clear();
        Self { drafts, texts, bytes }
    }

    /// The number of calls.
    pub(super) fn len(&self) -> usize {
        self.drafts.len()
    }

    /// Bytes that the calls keep in memory.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }

    /// Whether it is time to hand it over.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.drafts.len() >= CALLS || self.bytes >= BYTES
    }

    /// The calls, each with its text.
    pub(super) fn into_drafts(self) -> Vec<Draft> {
        let Self { mut drafts, texts, .. } = self;
        let mut rest = texts.as_str();
        for draft in &mut drafts {
            if let Some((text, after)) = rest.split_at_checked(std::mem::take(&mut draft.copied)) {
                if !text.is_empty() {
                    text.clone_into(&mut draft.text);
                }
                rest = after;
            }
        }
        drafts
    }
}
