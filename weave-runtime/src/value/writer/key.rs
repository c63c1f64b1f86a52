//! Keys of maps, which may be any value in Rust, as the strings that JSON asks for.

use super::{Done, Failure, Writer};
use crate::value::scan;
use crate::value::text::push_escaped;

/// What [`Writer::begin_key`] has to tell [`Writer::end_key`].
pub(in crate::value) struct KeyMark {
    outer: Option<(usize, usize)>,
    start: usize,
}

impl Writer<'_> {
    /// Makes what is written next a key. Returns the state for [`end_key`](Self::end_key).
    pub(in crate::value) fn begin_key(&mut self) -> KeyMark {
        if self.bound != 0 && self.last() == b':' {
            // A key before: its value never came.
            self.out.push_str("null");
        }
        let mark = KeyMark { outer: self.key, start: self.out.len() };
        self.key = self.key.or(Some((mark.start, self.depth)));
        self.separate();
        mark
    }

    pub(in crate::value) fn end_key(&mut self, mark: &KeyMark) -> Done {
        self.key = mark.outer;
        let comma = self.out.get(mark.start..).is_some_and(|member| member.starts_with(','));
        let start = mark.start + usize::from(comma);
        if let Some(key) = self.out.get(start..).filter(|key| !key.starts_with('"')) {
            // JSON knows string keys only, so any other key is its own text.
            if scan::is_plain(key) {
                self.out.insert(start, '"');
                self.out.push('"');
            } else {
                let key = key.to_owned();
                self.out.truncate(start);
                self.out.push('"');
                push_escaped(self.out, &key, usize::MAX);
                self.out.push('"');
            }
        }
        if self.out.len() + 1 > self.bound {
            self.key = self.key.or(Some((mark.start, self.depth)));
            return Err(self.refuse());
        }
        self.out.push(':');
        Ok(())
    }

    /// A key has failed. One that was too deep has left its marker, which will do.
    #[cold]
    pub(in crate::value) fn settle_key(&mut self, failure: Failure, depth: usize, mark: &KeyMark) -> Done {
        let settled = self.settle(failure, depth, mark.start);
        if settled.is_err() {
            self.key = mark.outer;
        }
        settled
    }
}
