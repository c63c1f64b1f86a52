//! What goes beside the text instead of into it: content, and base64 that is too long to stand in it.

use serde::Serialize;

use super::{Done, Writer};
use crate::value::{encoded, taken};

impl Writer {
    /// Writes content, which takes the offer to go beside the text.
    #[cold]
    pub(in crate::value) fn offer_to<T: Serialize + ?Sized>(&mut self, content: &T) -> Done {
        self.enter()?;
        taken::offer(self.content);
        let written = content.serialize(&mut *self);
        // It may be content in name only, or in a wrapper that has failed before.
        taken::take_offer();
        written?;
        self.leave();
        Ok(())
    }

    /// What stands for a string that does not fit, if it is base64.
    pub(super) fn beside(&self, text: &str) -> Option<String> {
        let is_too_long = text.len() >= encoded::LONG && self.out.len() + text.len() + 2 > self.bound;
        if is_too_long && self.content > 0 { encoded::hold(text, self.content) } else { None }
    }
}
