//! The ids of the spans in a request of OTLP, by as much of protobuf as that takes.

/// The ids of all spans of an `ExportTraceServiceRequest`, as hexadecimal digits. None for what is no such message.
pub(crate) fn ids(request: &[u8]) -> Option<Vec<String>> {
    const RESOURCE_SPANS: u64 = 1;
    const SCOPE_SPANS: u64 = 2;
    const SPANS: u64 = 2;
    const SPAN_ID: u64 = 2;
    let mut ids = Vec::new();
    for resource in fields(request, RESOURCE_SPANS)? {
        for scope in fields(resource, SCOPE_SPANS)? {
            for span in fields(scope, SPANS)? {
                let id = fields(span, SPAN_ID)?.into_iter().next()?;
                ids.push(id.iter().map(|byte| format!("{byte:02x}")).collect());
            }
        }
    }
    Some(ids)
}

/// The contents of one field of a message, each time that it occurs as a length and bytes.
fn fields(mut message: &[u8], wanted: u64) -> Option<Vec<&[u8]>> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let key = number(&mut message)?;
        let content = match key & 7 {
            0 => {
                number(&mut message)?;
                &[]
            }
            1 => message.split_off(..8)?,
            2 => {
                let length = usize::try_from(number(&mut message)?).ok()?;
                message.split_off(..length)?
            }
            5 => message.split_off(..4)?,
            _ => return None,
        };
        if key == wanted << 3 | 2 {
            found.push(content);
        }
    }
    Some(found)
}

/// A number in groups of seven bits, the lowest first.
fn number(message: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *message.split_off_first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}
