//! From what a call holds beside its JSON to what its record has: bytes known by their hash.

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::genai::Facts;
use crate::record::{CallRecord, Contents, Text};
use crate::value::{Blob, Card, Encoded, Holdings, LONG, Mark, What, replace_marks, take_out};

/// Settles what the marks in a text stand for: what is held gets its digest, and long strings that are base64 are taken out.
/// `None` when there is nothing beside the text.
pub(super) fn settle(text: &mut Text, facts: Option<&mut Facts>, holdings: &Holdings) -> Option<Arc<Contents>> {
    if holdings.is_empty() && text.len() < LONG && facts.is_none() {
        return None;
    }
    let mut blobs = Vec::new();
    let inputs = settled(text.inputs(), holdings, &mut blobs);
    let output = text.output().and_then(|output| settled(output, holdings, &mut blobs));
    if inputs.is_some() || output.is_some() {
        *text =
            Text::join(inputs.as_deref().unwrap_or_else(|| text.inputs()), output.as_deref().or_else(|| text.output()));
    }
    for said in facts.map(Facts::said_mut).into_iter().flatten().flatten() {
        if let Some(settled) = settled(said.get(), holdings, &mut blobs)
            && let Ok(settled) = RawValue::from_string(settled)
        {
            *said = settled;
        }
    }
    (!blobs.is_empty()).then(|| Arc::new(Contents::held(blobs)))
}

/// Lets go of the bytes that nothing in the record names any more: redaction has taken out what did.
pub(super) fn let_go(record: &mut CallRecord) {
    let Some(contents) = record.details.as_ref().and_then(|details| details.contents.as_ref()) else { return };
    let named = contents.named_in(record.texts()).map(Arc::new);
    if let Some(details) = &mut record.details {
        details.contents = named;
    }
}

fn settled(json: &str, holdings: &Holdings, blobs: &mut Vec<Blob>) -> Option<String> {
    let known = if holdings.is_empty() {
        None
    } else {
        replace_marks(json, |mark| settle_mark(mark, holdings.get(mark.card()?.held?)?, blobs))
    };
    let json = known.as_deref().unwrap_or(json);
    let shorter = if json.len() < LONG { None } else { take_out(json, |blob| blobs.push(blob)) };
    shorter.or(known)
}

/// The mark of something that was held, whose bytes go to the others.
fn settle_mark(mark: &Mark<'_>, what: &What, blobs: &mut Vec<Blob>) -> Option<String> {
    let card = Card { held: None, ..mark.card()?.clone() };
    let left_out = |reason: String| mark.with(&Card { left_out: Some(reason.into()), ..card.clone() });
    Some(match what {
        What::Blob(blob) => {
            blobs.push(blob.clone());
            mark.with(&Card { digest: Some(blob.digest().to_string().into()), ..card })
        }
        What::Base64(text) => match Encoded::read(text).and_then(|encoded| Some((encoded, encoded.decode()?))) {
            Some((encoded, blob)) => {
                let settled = mark.with(&encoded.card(&blob));
                blobs.push(blob);
                settled
            }
            None => left_out("it is not base64".to_owned()),
        },
        What::TooLong(most) => left_out(format!("it is longer than {most} bytes")),
    })
}
