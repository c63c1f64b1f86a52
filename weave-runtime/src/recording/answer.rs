//! The items of a long stream put together to a model's answer while they come, so that they need not all be kept.

use serde_json::Value;

use crate::genai::decode::Chunks;
use crate::value::Limits;

/// Bytes and items of a list that is left to the background.
const LONG: usize = 64 << 10;
const MANY: u64 = 8_192;

/// What has become of items that were put together.
#[derive(Default, Debug)]
pub(super) enum Answer {
    /// Not to be understood.
    #[default]
    None,
    /// To be understood when the list grows long.
    Expected,
    Begun(Box<Chunks>),
    Taken,
}

impl Answer {
    pub(super) fn expect(&mut self) {
        *self = Self::Expected;
    }

    pub(super) fn is_taken(&self) -> bool {
        matches!(self, Self::Taken)
    }

    /// Whether a list of so many bytes and items is to be put together now.
    #[inline]
    pub(super) fn is_due(&self, bytes: usize, items: u64) -> bool {
        (bytes > LONG || items >= MANY) && matches!(self, Self::Expected | Self::Begun(_))
    }

    /// Puts the items of a list, which lacks its last bracket, to those before. False where nobody understands them: then
    /// the list stays, and is not asked for again.
    #[cold]
    pub(super) fn put_together(&mut self, list: &str, limits: &Limits) -> bool {
        let mut chunks = match std::mem::take(self) {
            Self::Begun(chunks) => chunks,
            _ => Box::new(Chunks::within(limits.bytes)),
        };
        let items: Vec<Value> = serde_json::from_str(&format!("{list}]")).unwrap_or_default();
        items.into_iter().for_each(|item| chunks.add(item));
        let is_understood = !chunks.is_unknown();
        if is_understood {
            chunks.settle();
            *self = Self::Begun(chunks);
        }
        is_understood
    }

    /// All that was put together, with the rest of the list; `None` where the list has everything.
    pub(super) fn take(&mut self, rest: &str, limits: &Limits) -> Option<Chunks> {
        if !matches!(self, Self::Begun(_)) {
            return None;
        }
        if !rest.is_empty() {
            self.put_together(rest, limits);
        }
        match std::mem::replace(self, Self::Taken) {
            Self::Begun(chunks) => Some(*chunks),
            _ => None,
        }
    }
}
