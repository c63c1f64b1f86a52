//! What is written when a value reaches a limit or gives up: its text is marked, completed or taken back.

use super::{BARE, Done, Failure, State, UNKNOWN, Writer};
use crate::value::CUT_KEY;
use crate::value::text::{Cut, push_number};

impl Writer {
    /// An element has returned `failure` to its container at level `depth`, where it started at byte `mark`.
    ///
    /// One that was too deep has left its marker, so the container goes on. Any other failure is passed up, and the
    /// element taken back, since a `Serialize` may yet decide to go on without it.
    #[cold]
    pub(in crate::value) fn settle(&mut self, failure: Failure, depth: usize, mark: usize) -> Done {
        match self.state {
            State::Skipped => {
                self.state = State::Open;
                self.close_to(depth);
                Ok(())
            }
            State::Open => {
                let dropped = self.levels.get(depth..self.depth).unwrap_or_default();
                self.bound += dropped.iter().filter(|closer| **closer != BARE).count();
                self.depth = depth;
                self.length = UNKNOWN;
                self.out.truncate(mark);
                Err(failure)
            }
            State::Raw { .. } | State::Stopped => Err(failure),
        }
    }

    /// Ends the value after its `Serialize` has failed. False when the text has come to no end of its own.
    pub(in crate::value) fn end_early(&mut self) -> bool {
        if self.state == State::Skipped {
            self.state = State::Open;
            self.close_to(0);
            return true;
        }
        self.state == State::Stopped
    }

    /// A write that does not fit.
    #[cold]
    pub(super) fn refuse(&mut self) -> Failure {
        match self.state {
            State::Open => self.stop(Cut::Bytes),
            State::Raw { .. } => Failure(Box::new("a raw JSON value was not given as a string".to_owned())),
            State::Skipped | State::Stopped => Failure(Box::default()),
        }
    }

    #[cold]
    pub(super) fn refuse_depth(&mut self) -> Failure {
        if self.state != State::Open {
            return self.refuse();
        }
        if self.stack.is_spent() {
            return self.stop(Cut::Stack);
        }
        let (before, depth) = (self.out.len(), self.max_depth);
        push_mark(&mut self.out, |out| {
            out.push_str("\"depth\":");
            push_number(out, depth);
        });
        if self.out.len() > self.bound {
            self.out.truncate(before);
            return self.stop(Cut::Bytes);
        }
        self.state = State::Skipped;
        Failure(Box::default())
    }

    /// Marks the cut where the text stands, and completes the text.
    #[cold]
    pub(super) fn stop(&mut self, cut: Cut) -> Failure {
        let is_between = self.out.len() > self.start && self.last() == b',';
        self.stop_at(self.out.len() - usize::from(is_between), cut)
    }

    /// The same, where only the text up to byte `end` is the value's own.
    pub(super) fn stop_at(&mut self, end: usize, cut: Cut) -> Failure {
        let kept = end - self.start;
        let innermost = self.levels.get(..self.depth).unwrap_or_default().iter().rev().find(|closer| **closer != BARE);
        let last = if kept == 0 { b':' } else { self.last() };
        let length = self.length;
        let details = |out: &mut String| {
            push_number(out_with(out, "\"kept_bytes\":"), kept);
            if length != UNKNOWN {
                push_number(out_with(out, ",\"length\":"), length);
            }
            if cut == Cut::Stack {
                out.push_str(",\"reason\":\"nested too deep for the stack\"");
            }
        };
        match innermost {
            _ if last == b':' => push_mark(&mut self.out, details),
            None => {}
            Some(closer) => {
                if !matches!(last, b'[' | b'{' | b',') {
                    self.out.push(',');
                }
                if *closer == b']' {
                    push_mark(&mut self.out, details);
                } else {
                    push_mark_member(&mut self.out, details);
                }
            }
        }
        self.close_to(0);
        self.state = State::Stopped;
        self.bound = 0;
        Failure(Box::default())
    }

    /// Whether what was written is JSON.
    pub(in crate::value) fn is_valid(&self) -> bool {
        self.out.get(self.start..).is_some_and(|json| serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok())
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.state == State::Stopped
    }

    /// Takes a stop back as far as level `depth`, to stop elsewhere instead.
    pub(super) fn reopen(&mut self, depth: usize) {
        self.state = State::Open;
        self.depth = depth;
    }

    /// Closes what is open below level `depth`.
    fn close_to(&mut self, depth: usize) {
        while self.depth > depth {
            self.leave();
            let closer = self.levels.get(self.depth).copied().unwrap_or(BARE);
            if closer != BARE {
                self.bound += 1;
                self.out.push(char::from(closer));
            }
        }
    }
}

fn out_with<'a>(out: &'a mut String, text: &str) -> &'a mut String {
    out.push_str(text);
    out
}

/// `{"weave.cut":{..}}`
fn push_mark(out: &mut String, details: impl FnOnce(&mut String)) {
    out.push('{');
    push_mark_member(out, details);
    out.push('}');
}

/// `"weave.cut":{..}`
fn push_mark_member(out: &mut String, details: impl FnOnce(&mut String)) {
    out.push('"');
    out.push_str(CUT_KEY);
    out.push_str("\":{");
    details(out);
    out.push('}');
}
