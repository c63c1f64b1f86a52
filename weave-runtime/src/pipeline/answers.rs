//! What a call of a model says of itself, found in what it was asked and in what it answered.

use serde_json::{Map, Value};

use super::usage::{self, Found};
use crate::genai::decode::{self, Chunks};
use crate::genai::{Facts, Llm};
use crate::record::{CallRecord, Details, Kind, Status, Streamed, Text};
use crate::value::{self, Limits};

/// Why an answer ended that was not heard to the end.
const BROKEN: &str = "error";

/// Completes the facts of a call of a model, and puts a streamed answer together. What was given stays. `original` is the
/// output as it was before it was reshaped. Gives the tokens that any call tells of.
pub(super) fn find(
    record: &mut CallRecord,
    details: &mut Details,
    streamed: Option<Streamed>,
    original: Option<&str>,
    limits: &Limits,
) -> Option<Found> {
    let has_answer = matches!(record.kind(), Kind::Llm | Kind::Turn | Kind::SubAgent);
    let first = streamed.as_ref().and_then(|streamed| streamed.first);
    let was_streamed = streamed.is_some();
    let mut answer = match streamed {
        Some(streamed) if has_answer => put_together(record, streamed, limits),
        _ => None,
    };
    if record.kind() != Kind::Llm {
        return original.or(record.text.output()).and_then(usage::find);
    }
    if answer.is_none() || original.is_some() {
        answer = original.or(record.text.output()).and_then(|json| serde_json::from_str(json).ok());
    }
    let llm = answer.as_ref().and_then(decode::any_answer).unwrap_or_default();
    let usage = llm.usage;
    let facts = details.agent.get_or_insert_default();
    if was_streamed {
        facts.request.stream = facts.request.stream.or(Some(true));
        let first = first.and_then(|first| u64::try_from(first.as_nanos()).ok());
        facts.time_to_first_chunk_ns = facts.time_to_first_chunk_ns.or(first);
    }
    fill(facts, llm);
    fill(facts, serde_json::from_str(record.text.inputs()).map(|inputs| decode::request(&inputs)).unwrap_or_default());
    if facts.finish_reasons.is_empty() && (record.partial || (was_streamed && record.status == Status::Error)) {
        facts.finish_reasons.push(BROKEN.to_owned());
    }
    let model = facts.response_model.clone();
    let usage = details.usage.or(usage)?;
    Some(Found::new(model, usage, answer.as_ref().filter(|_| details.usage.is_none())))
}

/// Puts what was streamed in the place of the list of its parts, and gives it.
fn put_together(record: &mut CallRecord, streamed: Streamed, limits: &Limits) -> Option<Value> {
    let mut chunks = match streamed.chunks {
        Some(chunks) => chunks,
        None => {
            let output = record.text.output().filter(|_| streamed.is_list)?;
            let items: Vec<Value> = serde_json::from_str(output).ok()?;
            let mut chunks = Chunks::default();
            items.into_iter().for_each(|item| chunks.add(item));
            chunks
        }
    };
    let whole = chunks.finish()?;
    if chunks.is_complete() {
        record.partial = false;
    }
    let mut text = String::new();
    match said(record.kind(), &whole) {
        Some(said) => value::write(&mut text, &said, limits),
        None => value::write(&mut text, &whole, &limits.without_content()),
    }
    record.text = Text::join(record.text.inputs(), Some(&text));
    Some(whole)
}

/// What a turn answers is text.
fn said(kind: Kind, whole: &Value) -> Option<String> {
    let said = decode::answer(whole).filter(|_| kind != Kind::Llm)?;
    let said: String = said.output_messages.iter().map(crate::genai::Message::text).collect();
    Some(said).filter(|said| !said.is_empty())
}

/// Adds what `found` knows and the facts do not. Messages are read where they stand.
fn fill(facts: &mut Facts, found: Llm) {
    fn put<T>(fact: &mut Option<T>, found: Option<T>) {
        *fact = fact.take().or(found);
    }
    put(&mut facts.model, found.model);
    put(&mut facts.provider, found.provider);
    put(&mut facts.response_id, found.response_id);
    put(&mut facts.response_model, found.response_model);
    put(&mut facts.output_type, found.output_type);
    facts.request = std::mem::take(&mut facts.request).or(found.request);
    if facts.finish_reasons.is_empty() {
        facts.finish_reasons = found.finish_reasons;
    }
}

impl Found {
    /// Tokens, with the counts as the answer reports them, where it does.
    fn new(model: Option<String>, usage: crate::genai::Usage, answer: Option<&Value>) -> Self {
        let reported = answer.and_then(|answer| answer.get("usage")?.as_object().cloned());
        let mut counts = reported.unwrap_or_else(|| {
            let counts = [
                ("input_tokens", usage.input_tokens),
                ("output_tokens", usage.output_tokens),
                ("total_tokens", usage.total_tokens),
                ("cache_read_input_tokens", usage.cache_read_input_tokens),
                ("cache_creation_input_tokens", usage.cache_creation_input_tokens),
                ("reasoning_tokens", usage.reasoning_tokens),
            ];
            counts.into_iter().filter_map(|(key, count)| Some((key.to_owned(), count?.into()))).collect::<Map<_, _>>()
        });
        counts.insert("requests".to_owned(), 1.into());
        Self { model, usage, counts }
    }
}
