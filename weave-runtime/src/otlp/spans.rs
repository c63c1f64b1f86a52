//! Calls as items: one span each.

use super::encode;
use crate::genai::Dialect;
use crate::record::{CallRecord, Status};
use crate::remote::{Encoder, Item, Route};

/// Encodes each call when it has ended: a span cannot be told twice.
pub(super) struct Spans;

impl Encoder for Spans {
    fn encode(&mut self, calls: &[CallRecord], items: &mut Vec<Item>) {
        for call in calls.iter().filter(|call| call.status() != Status::Running) {
            let mut body = Vec::with_capacity(512);
            encode::span(call, Dialect::default(), call.parent_id(), &mut body);
            items.push(Item { route: Route::Spans, trace: Some(call.trace_id()), call: Some(call.id()), body });
        }
    }
}
