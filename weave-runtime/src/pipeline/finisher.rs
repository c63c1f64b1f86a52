//! From draft to record: attributes merged, names worked out, tokens found, secrets taken out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Map, Value};

use super::clock::Anchor;
use super::usage;
use crate::diagnostics;
use crate::record::Namer;
use crate::record::{CallRecord, Details, Draft, Extra, Status, Text};
use crate::recording::Quiet;
use crate::value::{Hook, Redactor, merge};

/// The longest display name, in characters.
const LONGEST_NAME: usize = 1_024;

/// Finishes drafts, off the caller's thread. One for each recorder.
#[derive(Debug)]
pub(crate) struct Finisher {
    /// Attributes of every call, weaker than any others.
    attributes: Map<String, Value>,
    redactor: Redactor,
    /// The user's own redaction, which comes last.
    hook: Option<Hook>,
}

impl Finisher {
    /// A finisher that gives every call these attributes and takes these secrets out.
    pub(crate) fn new(attributes: Map<String, Value>, redactor: Redactor, hook: Option<Hook>) -> Self {
        Self { attributes: without_reserved(attributes), redactor, hook }
    }

    /// The record of a draft, with its times on the wall clock as `anchor` has it.
    pub(crate) fn finish(&self, draft: Draft, anchor: Anchor) -> CallRecord {
        let (mut record, extra) = undrafted(draft, anchor);
        self.redact_text(&mut record);
        let mut details = match extra {
            Some(extra) => self.details(&record, *extra),
            None => self.plain_details(&record),
        };
        if let Some((model, found)) = record.output_json().and_then(usage::find) {
            details.usage = Some(found.usage);
            let entry = Map::from_iter([(model, Value::Object(found.counts))]);
            merge(&mut details.summary, Map::from_iter([("usage".to_owned(), Value::Object(entry))]));
        }
        self.redact_details(&mut details);
        if !details.is_empty() {
            record.details = Some(Box::new(details));
        }
        name(&mut record);
        if let Some(hook) = &self.hook {
            show(hook, &mut record);
        }
        record
    }

    /// The details of a call that was given nothing: those of its op and of the client.
    fn plain_details(&self, record: &CallRecord) -> Details {
        Details { attributes: self.attributes_below(record), ..Details::default() }
    }

    fn details(&self, record: &CallRecord, extra: Extra) -> Details {
        let mut attributes = self.attributes_below(record);
        merge(&mut attributes, without_reserved(members(&extra.op_attributes)));
        if let Some(scope) = &extra.scope_attributes {
            attributes.extend(without_reserved(Map::clone(scope)));
        }
        attributes.extend(without_reserved(members(&extra.call_attributes)));
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
            usage: None,
            events: extra.events,
            thread: extra.thread,
            trace: extra.trace,
        }
    }

    /// The attributes that are weaker than what the call itself was given.
    fn attributes_below(&self, record: &CallRecord) -> Map<String, Value> {
        let mut attributes = self.attributes.clone();
        if let Some(label) = record.op.label {
            let weave = Map::from_iter([("kind".to_owned(), label.into())]);
            attributes.insert("weave".to_owned(), Value::Object(weave));
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

    fn redact_details(&self, details: &mut Details) {
        self.redactor.redact_map(&mut details.attributes);
        self.redactor.redact_map(&mut details.span_attributes);
        self.redactor.redact_map(&mut details.summary);
        for event in &mut details.events {
            self.redactor.redact_map(&mut event.attributes);
        }
        let (mut trace_name, mut tags) = (None, [].iter_mut());
        if let Some(trace) = &mut details.trace {
            self.redactor.redact_map(&mut trace.metadata);
            (trace_name, tags) = (trace.name.as_mut(), trace.tags.iter_mut());
        }
        let error = details.error.as_mut().map(|error| &mut error.message);
        let texts = [error, details.display_name.as_mut(), trace_name];
        for text in texts.into_iter().flatten().chain(tags) {
            if let Some(redacted) = self.redactor.redact_text(text) {
                *text = redacted;
            }
        }
    }
}

fn undrafted(draft: Draft, anchor: Anchor) -> (CallRecord, Option<Box<Extra>>) {
    let record = CallRecord {
        id: draft.id,
        trace_id: draft.trace_id,
        parent_id: draft.parent_id.get(),
        op_parent_id: draft.op_parent_id.get(),
        agent_parent_id: draft.agent_parent_id.get(),
        op: draft.op,
        status: draft.status,
        partial: draft.partial,
        started_at: anchor.to_wall(draft.started),
        ended_at: draft.ended.map(|ended| anchor.to_wall(ended)),
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

/// Works out the display name: that of the call or its scope, else the op's.
fn name(record: &mut CallRecord) {
    let given = record.details.as_mut().and_then(|details| details.display_name.take());
    let name = given.or_else(|| record.op.display_name.map(str::to_owned)).or_else(|| match record.op.namer {
        Some(namer) => ask(namer, record),
        None => None,
    });
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        record.details.get_or_insert_default().display_name = Some(shortened(name));
    }
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

/// Shows all that is in a record to the user's own redaction.
fn show(hook: &Hook, record: &mut CallRecord) {
    let mut showing = hook.show();
    let inputs = showing.json_members("inputs", record.text.inputs());
    let output = record.text.output().map(|output| showing.json("output", output));
    record.text = Text::join(&inputs, output.as_deref());
    if let Some(details) = &mut record.details {
        showing.members("attributes", &mut details.attributes);
        showing.members("span_attributes", &mut details.span_attributes);
        showing.members("summary", &mut details.summary);
        for event in &mut details.events {
            showing.members("events", &mut event.attributes);
        }
        if let Some(error) = &mut details.error {
            showing.text("error", &mut error.message);
        }
        if let Some(name) = &mut details.display_name {
            showing.text("display_name", name);
        }
        if let Some(trace) = &mut details.trace {
            showing.members("trace.metadata", &mut trace.metadata);
            for (at, tag) in trace.tags.iter_mut().enumerate() {
                showing.text(&format!("trace.tags.{at}"), tag);
            }
            if let Some(name) = &mut trace.name {
                showing.text("trace.name", name);
            }
        }
    }
    if showing.panicked {
        diagnostics::warn(
            "redact",
            "the redaction function panicked: what it was shown then is stored as \"REDACTED\"",
        );
    }
}

fn shortened(name: String) -> String {
    match name.char_indices().nth(LONGEST_NAME) {
        None => name,
        Some(_) => name.chars().take(LONGEST_NAME - 3).chain("...".chars()).collect(),
    }
}
