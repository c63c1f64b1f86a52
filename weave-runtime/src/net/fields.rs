//! The fields of a message of protobuf, for the few that servers answer with.

use super::varint::read_varint;

/// A field's number and what it has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Field<'a> {
    Number(u32, u64),
    Bytes(u32, &'a [u8]),
}

/// Reads them all; `None` when it is no such message.
pub(crate) fn fields(mut bytes: &[u8]) -> Option<Vec<Field<'_>>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let (tag, rest) = read_varint(bytes)?;
        let number = u32::try_from(tag >> 3).ok().filter(|number| *number > 0)?;
        let (field, rest) = match tag & 7 {
            0 => {
                let (value, rest) = read_varint(rest)?;
                (Field::Number(number, value), rest)
            }
            1 => {
                let (value, rest) = rest.split_first_chunk()?;
                (Field::Number(number, u64::from_le_bytes(*value)), rest)
            }
            2 => {
                let (length, rest) = read_varint(rest)?;
                let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
                (Field::Bytes(number, value), rest)
            }
            5 => {
                let (value, rest) = rest.split_first_chunk()?;
                (Field::Number(number, u32::from_le_bytes(*value).into()), rest)
            }
            _ => return None,
        };
        fields.push(field);
        bytes = rest;
    }
    Some(fields)
}
