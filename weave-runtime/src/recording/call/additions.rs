//! What an open call is given while it runs.

use serde_json::{Map, Value};

use super::{LiveCall, Phase};
use crate::genai::Given;
use crate::record::{CallError, Event, Extra, Streamed, Timestamp, TraceUpdate};
use crate::value::{forget_taken, has_taken};

/// Attributes, summary values or events that one call may be given while it runs; more are counted only.
const MOST_EXTRAS: usize = 1_024;

impl LiveCall {
    /// Adds an input to a call that is open. `value` writes it as JSON; no lock is held.
    pub(crate) fn add_input(&self, key: &str, value: impl FnOnce(&mut String)) {
        let member = member(key, value);
        if has_taken() {
            self.settle_taken(true);
        }
        let mut state = self.lock();
        if state.phase != Phase::Closed {
            state.text.pop();
            add_member(&mut state.text, &member);
            state.text.push('}');
            state.inputs = state.text.len();
        }
    }

    /// Gives the call what was taken beside the JSON of a value on this thread, if that is to be kept.
    #[cold]
    pub(in crate::recording) fn settle_taken(&self, is_kept: bool) {
        let mut state = self.lock();
        if is_kept && state.phase != Phase::Closed {
            state.extra = self.lane.recorder.with_taken(state.extra.take());
            return;
        }
        drop(state);
        forget_taken();
    }

    /// Adds an attribute of the strength of the call; `value` as for inputs.
    pub(crate) fn add_attribute(&self, key: &str, value: impl FnOnce(&mut String)) {
        let member = member(key, value);
        self.change(|extra| add_member(&mut extra.call_attributes, &member));
    }

    pub(crate) fn set_display_name(&self, name: String) {
        self.change(|extra| extra.display_name = Some(name));
    }

    pub(crate) fn set_started_at(&self, time: Timestamp) {
        self.change(|extra| extra.started_at = Some(time));
    }

    pub(crate) fn set_ended_at(&self, time: Timestamp) {
        self.change(|extra| extra.ended_at = Some(time));
    }

    pub(crate) fn set_span_attribute(&self, key: String, value: Value) {
        self.change(|extra| put_span_attribute(extra, key, value));
    }

    #[cold]
    pub(crate) fn set_streamed(&self, streamed: Streamed) {
        self.change(|extra| extra.streamed = Some(Box::new(streamed)));
    }

    pub(crate) fn merge_summary(&self, key: String, value: Value) {
        self.change(|extra| {
            let mut addition = Map::new();
            addition.insert(key, value);
            if extra.summary.len() < MOST_EXTRAS {
                crate::value::merge(&mut extra.summary, addition);
            } else {
                extra.ignored += 1;
            }
        });
    }

    pub(crate) fn add_event(&self, event: Event) {
        self.change(|extra| {
            if extra.events.len() < MOST_EXTRAS {
                extra.events.push(event);
            } else {
                extra.ignored += 1;
            }
        });
    }

    /// Changes what a span of an agent says, and where it came with it, what every call may say.
    pub(crate) fn tell(&self, change: impl FnOnce(&mut Extra, &mut Given)) {
        self.change(|extra| {
            let mut given = extra.agent.take().unwrap_or_default();
            change(extra, &mut given);
            extra.agent = Some(given);
        });
    }

    /// Has the call end as failed, whenever it ends. What is held back of its trace is kept from now on.
    pub(crate) fn set_error(&self, error: CallError) {
        self.change(|extra| extra.error = Some(error));
        if self.is_open() {
            self.lane.conclude(0, true);
        }
    }

    /// Changes what the call says of its trace.
    pub(crate) fn update_trace(&self, change: impl FnOnce(&mut TraceUpdate)) {
        self.change(|extra| {
            let trace = extra.trace.get_or_insert_default();
            if trace.tags.len() < MOST_EXTRAS && trace.metadata.len() < MOST_EXTRAS {
                change(trace);
            } else {
                extra.ignored += 1;
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Extra)) {
        let mut state = self.lock();
        if state.phase != Phase::Closed {
            change(state.extra.get_or_insert_default());
        }
    }
}

/// Sets an attribute of a span, if there are not too many.
pub(in crate::recording) fn put_span_attribute(extra: &mut Extra, key: String, value: Value) {
    if extra.span_attributes.len() < MOST_EXTRAS || extra.span_attributes.contains_key(&key) {
        extra.span_attributes.insert(key, value);
    } else {
        extra.ignored += 1;
    }
}

/// Writes a JSON object's key with its colon.
fn write_key(out: &mut String, key: &str) {
    crate::value::write_str(out, key);
    out.push(':');
}

/// Adds a member to others, which are separated by commas.
fn add_member(members: &mut String, member: &str) {
    if members.len() > 1 {
        members.push(',');
    }
    members.push_str(member);
}

fn member(key: &str, value: impl FnOnce(&mut String)) -> String {
    let mut member = String::new();
    write_key(&mut member, key);
    value(&mut member);
    member
}
