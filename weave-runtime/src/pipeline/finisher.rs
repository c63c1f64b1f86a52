//! From draft to record: attributes merged, names worked out, tokens found, secrets taken out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::clock::Anchor;
use super::rollup::{self, RollUps};
use super::sources::Sources;
use super::usage::Found;
use super::{agents, answers, contents, hooks};
use crate::diagnostics;
use crate::id::CallId;
use crate::record::Namer;
use crate::record::{CallRecord, Details, Draft, Extra, Kind, OpRef, Status, StatusCounts, Text, Timestamp, summary};
use crate::recording::Quiet;
use crate::value::{Holdings, Hooks, Limits, Redactor, merge};

/// The longest display name, in characters.
const LONGEST_NAME: usize = 1_024;

/// Finishes drafts, off the caller's thread. One for each recorder.
#[derive(Debug)]
pub(crate) struct Finisher {
    /// Attributes of every call, weaker than any others.
    attributes: Map<String, Value>,
    redactor: Redactor,
    hooks: Hooks,
    /// How much is recorded of what the hooks write.
    limits: Limits,
    rollups: Mutex<RollUps>,
}

impl Finisher {
    /// A finisher that gives every call these attributes and takes these secrets out.
    pub(crate) fn new(attributes: Map<String, Value>, redactor: Redactor, hooks: Hooks, limits: Limits) -> Self {
        Self { attributes: without_reserved(attributes), redactor, hooks, limits, rollups: Mutex::default() }
    }

    /// The record of a draft, with its times on the wall clock as `anchor` has it.
    pub(crate) fn finish(&self, mut draft: Draft, anchor: Anchor) -> CallRecord {
        let above = draft.nearest_id();
        let original = draft.take_original();
        let (mut record, extra) = undrafted(draft, anchor);
        let (mut holdings, mut given, mut streamed) = (Holdings::NONE, None, None);
        let mut details = match extra {
            Some(mut extra) => {
                holdings = std::mem::take(&mut extra.contents);
                (given, streamed) = (extra.agent.take(), extra.streamed.take());
                self.details(&record, *extra)
            }
            None => self.plain_details(&record),
        };
        let find = |record: &mut CallRecord, details: &mut Details| {
            answers::find(record, details, streamed.map(|streamed| *streamed), original.as_deref(), &self.limits)
        };
        // What is known of a tool is in part of its function.
        let (found, sources) = match given.or_else(|| record.kind().is_agent().then(Box::default)) {
            Some(given) => {
                let found = agents::settle(*given, &mut record, &mut details, &self.limits, find);
                holdings.add_taken(self.limits.content);
                found
            }
            None => (find(&mut record, &mut details), Sources::default()),
        };
        let contents = contents::settle(&mut record.text, details.agent.as_deref_mut(), &holdings);
        self.redact_text(&mut record);
        self.redact_op(&mut record);
        self.sum_up(&record, found, &mut details);
        self.redact_details(&mut details);
        details.contents = contents;
        self.leave(above, &record, &details);
        if !details.is_empty() {
            record.details = Some(Box::new(details));
        }
        let before = (!sources.is_empty() && hooks::will_reshape(&self.hooks, &record)).then(|| record.text.clone());
        if hooks::reshape(&self.hooks, &self.limits, &mut record) {
            self.redact_text(&mut record);
            if let Some(before) = before {
                sources.read_again((before.inputs(), before.output()), &mut record, &self.limits);
            }
        }
        self.name(&mut record);
        hooks::show(&self.hooks, &self.limits, &mut record);
        contents::let_go(&mut record);
        record
    }

    /// Adds what the calls below came to. What these say of tokens stands for what the call's own output says.
    fn sum_up(&self, record: &CallRecord, found: Option<Found>, details: &mut Details) {
        let below = if record.status == Status::Running { None } else { self.lock_rollups().take(record.id) };
        if let Some(below) = below {
            details.below = below.counts;
            rollup::add(&mut details.summary, &below.summary);
            if below.summary.contains_key(summary::USAGE) {
                return;
            }
        }
        if let Some(found) = found {
            details.usage = Some(found.usage);
            let asked = || details.agent.as_ref()?.model.clone();
            let Some(mut model) = found.model.or_else(asked) else { return };
            // Of a map the keys are not looked at later.
            self.redact_prose(&mut model);
            let entry = Map::from_iter([(model, Value::Object(found.counts))]);
            merge(&mut details.summary, Map::from_iter([(summary::USAGE.to_owned(), Value::Object(entry))]));
        }
    }

    /// Leaves what a call that has ended comes to with the one above it.
    fn leave(&self, above: Option<CallId>, record: &CallRecord, details: &Details) {
        let own = StatusCounts::of(record.status);
        // A foreign span is no call of the program's own; what is below it leaves to the call above it anyway.
        let counts = !own.is_zero() && record.kind() != Kind::Span;
        if let Some(above) = above.filter(|_| counts) {
            self.lock_rollups().add(above, own.and(details.below), &details.summary);
        }
    }

    fn lock_rollups(&self) -> MutexGuard<'_, RollUps> {
        self.rollups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The details of a call that was given nothing: those of its op and of the client.
    fn plain_details(&self, record: &CallRecord) -> Details {
        Details { attributes: self.attributes_below(record), ..Details::default() }
    }

    fn details(&self, record: &CallRecord, extra: Extra) -> Details {
        let mut given = members(&extra.op_attributes);
        if let Some(scope) = &extra.scope_attributes {
            given.extend(Map::clone(scope));
        }
        given.extend(extra.next_attributes);
        given.extend(members(&extra.call_attributes));
        let mut attributes = self.attributes_below(record);
        // The client's lie underneath: those of an object that the call was not given show through.
        merge(&mut attributes, without_reserved(given));
        let mut span_attributes = extra.span_attributes;
        if extra.ignored > 0 {
            span_attributes.insert("weave.ignored".to_owned(), extra.ignored.into());
        }
        Details {
            display_name: extra.display_name,
            error: extra.error,
            attributes,
            span_attributes,
            summary: extra.summary,
            events: extra.events,
            thread: extra.thread,
            trace: extra.trace,
            ..Details::default()
        }
    }

    /// The attributes that are weaker than what the call itself was given.
    fn attributes_below(&self, record: &CallRecord) -> Map<String, Value> {
        let mut attributes = self.attributes.clone();
        let own = [("kind", record.op.label), ("color", record.op.color)];
        let own = own.into_iter().filter_map(|(key, text)| Some((key.to_owned(), Value::from(text?))));
        let own: Map<String, Value> = own.collect();
        if !own.is_empty() {
            attributes.insert(RESERVED.to_owned(), Value::Object(own));
        }
        attributes
    }

    fn redact_text(&self, record: &mut CallRecord) {
        let inputs = self.redactor.redact(record.text.inputs());
        let output = record.text.output().and_then(|output| self.redactor.redact(output));
        if inputs.is_some() || output.is_some() {
            let text = &record.text;
            record.text = Text::join(
                inputs.as_deref().unwrap_or_else(|| text.inputs()),
                output.as_deref().or_else(|| text.output()),
            );
        }
    }

    /// The name of an op that was made at run time may hold anything, as those of foreign spans with a URL do.
    fn redact_op(&self, record: &mut CallRecord) {
        if let OpRef::Shared(op) = &record.op
            && let Some(name) = self.redactor.redact_text(op.name())
        {
            record.op = OpRef::named(op.kind, name);
        }
    }

    fn redact_details(&self, details: &mut Details) {
        self.redactor.redact_map(&mut details.attributes);
        self.redactor.redact_map(&mut details.span_attributes);
        self.redactor.redact_map(&mut details.summary);
        for event in &mut details.events {
            self.redactor.redact_map(&mut event.attributes);
            self.redact_prose(&mut event.name);
        }
        let (mut trace_name, mut tags) = (None, [].iter_mut());
        if let Some(trace) = &mut details.trace {
            self.redactor.redact_map(&mut trace.metadata);
            (trace_name, tags) = (trace.name.as_mut(), trace.tags.iter_mut());
        }
        for said in details.agent.iter_mut().flat_map(|facts| facts.said_mut()).flatten() {
            if let Some(redacted) = self.redactor.redact(said.get()).and_then(|text| RawValue::from_string(text).ok()) {
                *said = redacted;
            }
        }
        for (_, text) in details.agent.iter_mut().flat_map(|facts| facts.texts_mut()) {
            self.redact_prose(text);
        }
        let error = details.error.as_mut().map(|error| &mut error.message);
        let texts = [error, details.display_name.as_mut(), trace_name];
        texts.into_iter().flatten().chain(tags).for_each(|text| self.redact_prose(text));
    }

    fn redact_prose(&self, text: &mut String) {
        if let Some(redacted) = self.redactor.redact_text(text) {
            *text = redacted;
        }
    }

    /// Works out the display name: that of the call or its scope, else the op's.
    fn name(&self, record: &mut CallRecord) {
        let given = record.details.as_mut().and_then(|details| details.display_name.take());
        let name = given.or_else(|| record.op.display_name.map(str::to_owned)).or_else(|| match record.op.namer {
            Some(namer) => ask(namer, record),
            None => None,
        });
        if let Some(mut name) = name.filter(|name| !name.is_empty()) {
            self.redact_prose(&mut name);
            record.details.get_or_insert_default().display_name = Some(shortened(name));
        }
    }
}

fn undrafted(draft: Draft, anchor: Anchor) -> (CallRecord, Option<Box<Extra>>) {
    let given = |time: fn(&Extra) -> Option<Timestamp>| draft.extra.as_deref().and_then(time);
    let started_at = given(|extra| extra.started_at).unwrap_or_else(|| anchor.to_wall(draft.started));
    let ended_at = |ended| given(|extra| extra.ended_at).unwrap_or_else(|| anchor.to_wall(ended));
    let record = CallRecord {
        id: draft.id,
        trace_id: draft.trace_id,
        parent_id: draft.parent_id.get(),
        op_parent_id: draft.op_parent_id.get(),
        agent_parent_id: draft.agent_parent_id.get(),
        op: draft.op,
        status: draft.status,
        partial: draft.partial,
        started_at,
        // Times that are given may contradict each other.
        ended_at: draft.ended.map(|ended| ended_at(ended).max(started_at)),
        text: Text::new(draft.text, draft.inputs),
        details: None,
    };
    (record, draft.extra)
}

/// The key under which the library itself writes; users' values there are dropped.
const RESERVED: &str = "weave";

fn without_reserved(mut attributes: Map<String, Value>) -> Map<String, Value> {
    attributes.remove(RESERVED);
    attributes
}

/// An object from the text of its members. Keys that were written twice count once, the last wins.
fn members(text: &str) -> Map<String, Value> {
    if text.is_empty() { Map::new() } else { serde_json::from_str(&format!("{{{text}}}")).unwrap_or_default() }
}

/// Asks a user's function for a name. It sees the call without one; what it gets wrong costs the name only.
fn ask(namer: Namer, record: &CallRecord) -> Option<String> {
    let _quiet = Quiet::enter();
    let problem = match catch_unwind(AssertUnwindSafe(|| namer(record))) {
        Ok(Ok(name)) => return Some(name),
        Ok(Err(error)) => format!("failed: {error}"),
        Err(payload) => {
            // Its destructor is the user's too, and might panic again.
            std::mem::forget(payload);
            "panicked".to_owned()
        }
    };
    if record.status != Status::Running {
        let op = record.op_name();
        diagnostics::warn(
            &format!("display_name of {op}"),
            &format!("the display_name function of {op} {problem}; its calls are shown by the op's name"),
        );
    }
    None
}

fn shortened(name: String) -> String {
    match name.char_indices().nth(LONGEST_NAME) {
        None => name,
        Some(_) => name.chars().take(LONGEST_NAME - 3).chain("...".chars()).collect(),
    }
}
