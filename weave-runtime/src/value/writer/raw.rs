//! JSON text that is passed on as it is: serde_json's `RawValue`, and its `Number` with arbitrary precision.
//!
//! Both come disguised as a struct with one string. A string is all that is expected then, so the bound is put by and
//! set to zero: every write takes its slow path, and the one of strings knows what to do.

use serde::de::IgnoredAny;

use super::{Done, State, Writer};

impl Writer {
    /// From here to [`end_raw`](Self::end_raw) a string is JSON text to be passed on as it is.
    #[cold]
    pub(in crate::value) fn begin_raw(&mut self) {
        if self.state == State::Open {
            self.state = State::Raw { bound: self.bound };
            self.bound = 0;
        }
    }

    #[cold]
    pub(in crate::value) fn end_raw(&mut self) {
        if let State::Raw { bound } = self.state {
            self.state = State::Open;
            self.bound = bound;
        }
    }

    #[cold]
    pub(super) fn raw(&mut self, json: &str, bound: usize) -> Done {
        self.end_raw();
        let fits = self.out.len().saturating_add(json.len()) <= bound;
        if fits && is_embeddable(json, self.max_depth.saturating_sub(self.depth)) {
            return self.token(json);
        }
        self.string(json)
    }
}

/// True for valid JSON that is nested no deeper than `depth`: a raw value is only promised to be such.
fn is_embeddable(json: &str, depth: usize) -> bool {
    nesting(json) <= depth && serde_json::from_str::<IgnoredAny>(json).is_ok()
}

/// The most brackets open at one place, those inside strings left out.
fn nesting(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => _ = bytes.next(),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    deepest
}
