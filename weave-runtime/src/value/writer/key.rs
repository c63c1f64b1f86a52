//! Keys of maps, which may be any value in Rust, as the strings that JSON asks for.

use super::{Done, Failure, UNKNOWN, Writer};
use crate::value::scan;
use crate::value::text::{Cut, push_escaped};

impl Writer {
    /// Makes what is written next a key. Returns where its member starts, for [`end_key`](Self::end_key).
    #[inline]
    pub(in crate::value) fn begin_key(&mut self) -> usize {
        if self.last() == b':' && self.bound != 0 {
            // The value of the key before never came.
            self.out.push_str("null");
        }
        let mark = self.out.len();
        self.separate();
        mark
    }

    /// Ends the key of the member that starts at byte `mark`, in the object at level `depth`.
    #[inline]
    pub(in crate::value) fn end_key(&mut self, written: Done, depth: usize, mark: usize) -> Done {
        let is_string = matches!(self.out.as_bytes().get(mark..), Some([b',', b'"', ..] | [b'"', ..]));
        if written.is_err() || !is_string || self.out.len() + 1 > self.bound {
            return self.end_hard_key(written, depth, mark);
        }
        self.out.push(':');
        Ok(())
    }

    #[cold]
    fn end_hard_key(&mut self, written: Done, depth: usize, mark: usize) -> Done {
        if let Err(failure) = written {
            if self.is_stopped() && self.out.len() > mark {
                // It has stopped in this key, and the text was completed as if the key were a value.
                return Err(self.stop_before_member(depth, mark));
            }
            self.settle(failure, depth, mark)?;
        }
        self.quote_key(mark);
        if self.out.len() + 1 > self.bound {
            return Err(self.stop_before_member(depth, mark));
        }
        self.out.push(':');
        Ok(())
    }

    fn stop_before_member(&mut self, depth: usize, mark: usize) -> Failure {
        if matches!(self.out.as_bytes().get(mark..), Some([b',', b'[' | b'{', ..] | [b'[' | b'{', ..])) {
            // The length known last is that of a container in the key.
            self.length = UNKNOWN;
        }
        self.out.truncate(mark);
        self.reopen(depth);
        self.stop(Cut::Bytes)
    }

    /// JSON knows string keys only, so any other key becomes its own text.
    fn quote_key(&mut self, mark: usize) {
        let comma = self.out.get(mark..).is_some_and(|member| member.starts_with(','));
        let start = mark + usize::from(comma);
        let Some(key) = self.out.get(start..).filter(|key| !key.starts_with('"')) else { return };
        if scan::is_plain(key) {
            self.out.insert(start, '"');
        } else {
            let key = key.to_owned();
            self.out.truncate(start);
            self.out.push('"');
            push_escaped(&mut self.out, &key, usize::MAX);
        }
        self.out.push('"');
    }
}
