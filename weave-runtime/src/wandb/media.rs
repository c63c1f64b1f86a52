//! Media in the messages of agents: uploaded as objects of Weave, with references in their place.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde_json::value::{RawValue, to_raw_value};

use super::object::Object;
use super::project::PLACEHOLDER;
use super::values::Values;
use crate::genai::{Message, Part};
use crate::record::{CallRecord, Kind};
use crate::remote::Item;
use crate::value::{Content, Digest};

/// As many objects are remembered as uploaded.
const REMEMBERED: usize = 10_000;

/// What stands in the JSON of a call whose messages may have media, in the words of any provider.
const HINTS: [&str; 7] = ["blob", "base64", "weave.content", "nlineData", "_data", "\"data\"", "\"images\""];

/// Which media were made objects by this process.
#[derive(Default, Debug)]
pub(super) struct Media {
    /// By digest.
    known: HashSet<String>,
}

impl Media {
    /// The call with references in place of the media in its messages, where there are any. Those that were not uploaded yet are
    /// added to the items.
    pub(super) fn refer(
        &mut self,
        call: &CallRecord,
        values: &mut Values,
        items: &mut Vec<Item>,
    ) -> Option<CallRecord> {
        let may_have = |json: &str| HINTS.iter().any(|hint| json.contains(hint));
        if !call.texts().any(may_have) {
            return None;
        }
        let (mut inputs, mut outputs) = messages(call)?;
        let mut is_any = false;
        for part in inputs.iter_mut().chain(&mut outputs).flat_map(|message| &mut message.parts) {
            if let Part::Blob(modality, content) = part
                && let Some(uri) = self.reference(content, values, items)
            {
                let (modality, mime_type) = (modality.clone(), Some(content.mime_type().to_owned()));
                *part = Part::Uri { modality, mime_type, uri };
                is_any = true;
            }
        }
        let mut call = is_any.then(|| call.clone())?;
        let details = call.details.get_or_insert_default();
        // What else the call says of these bytes is told by their hash.
        details.contents = None;
        let facts = details.agent.get_or_insert_default();
        facts.input_messages = said(&inputs);
        facts.output_messages = said(&outputs);
        Some(call)
    }

    /// The reference to some content; `None` where its bytes are not known.
    fn reference(&mut self, content: &Content, values: &mut Values, items: &mut Vec<Item>) -> Option<String> {
        let digest = Digest::parse(&content.digest())?;
        let value = values.object(&digest, content.bytes(), content.mime_type(), content.filename(), items);
        let (item, digest) = Object::item("Content", &value);
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        if self.known.insert(digest.clone()) {
            items.push(item);
        }
        Some(format!("weave:///{PLACEHOLDER}/object/Content:{digest}"))
    }
}

/// What was said to an agent or a model, and what it said.
fn messages(call: &CallRecord) -> Option<(Vec<Message>, Vec<Message>)> {
    match call.kind() {
        Kind::Llm => call.llm().map(|llm| (llm.input_messages, llm.output_messages)),
        Kind::Turn => call.turn().map(|turn| (turn.messages, turn.output_messages)),
        Kind::SubAgent => call.sub_agent().map(|agent| (agent.messages, agent.output_messages)),
        Kind::Op | Kind::Tool | Kind::Span => None,
    }
}

fn said(messages: &[Message]) -> Option<Box<RawValue>> {
    to_raw_value(messages).ok()
}
