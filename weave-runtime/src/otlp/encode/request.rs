//! A request, put together of spans that were written before.

use super::proto::Open;
use super::span::SCOPE;
use crate::net::read_varint;

/// `ExportTraceServiceRequest.resource_spans`, `ResourceSpans.scope_spans`.
const RESOURCE_SPANS: u32 = 1;
const SCOPE_SPANS: u32 = 2;

/// An `ExportTraceServiceRequest`: spans that [`span`](super::span) wrote, one each, all of a resource that
/// [`resource`](super::resource) wrote. Those of one scope that follow each other are told under one.
pub(crate) fn request<'a>(resource: &[u8], spans: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let all = Open::new(&mut bytes, RESOURCE_SPANS, 3);
    bytes.extend_from_slice(resource);
    let mut group: Option<(&[u8], Open)> = None;
    for item in spans {
        let (scope, span) = parts(item);
        if group.is_none_or(|(current, _)| current != scope) {
            if let Some((_, open)) = group {
                open.close(&mut bytes);
            }
            group = Some((scope, Open::new(&mut bytes, SCOPE_SPANS, 3)));
            bytes.extend_from_slice(scope);
        }
        bytes.extend_from_slice(span);
    }
    if let Some((_, open)) = group {
        open.close(&mut bytes);
    }
    all.close(&mut bytes);
    bytes
}

/// The field with the scope, and the rest.
fn parts(item: &[u8]) -> (&[u8], &[u8]) {
    let scope = || {
        let (tag, rest) = read_varint(item)?;
        let (length, rest) = read_varint(rest).filter(|_| tag == u64::from(SCOPE << 3 | 2))?;
        item.split_at_checked((item.len() - rest.len()).checked_add(length.try_into().ok()?)?)
    };
    scope().unwrap_or((&[], item))
}
