//! The wire format of protobuf, as far as spans need it.

use crate::net::put_varint;

/// The number of a field with its wire type, as it stands before a value. Fields up to 15 take a byte.
pub(super) const fn tag(field: u32, wire: u32) -> u64 {
    (field << 3 | wire) as u64
}

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
pub(super) const LENGTH: u32 = 2;
const FIXED32: u32 = 5;

/// Bytes that a number takes.
pub(super) const fn varint_len(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

/// A number, unless it is zero, which goes without saying.
pub(super) fn number(into: &mut Vec<u8>, field: u32, value: u64) {
    if value != 0 {
        always(into, field, value);
    }
}

/// A number, even zero.
pub(super) fn always(into: &mut Vec<u8>, field: u32, value: u64) {
    put_varint(into, tag(field, VARINT));
    put_varint(into, value);
}

pub(super) fn fixed64(into: &mut Vec<u8>, field: u32, value: u64) {
    put_varint(into, tag(field, FIXED64));
    into.extend_from_slice(&value.to_le_bytes());
}

pub(super) fn fixed32(into: &mut Vec<u8>, field: u32, value: u32) {
    put_varint(into, tag(field, FIXED32));
    into.extend_from_slice(&value.to_le_bytes());
}

/// Bytes or text, also where there are none.
pub(super) fn bytes(into: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    length(into, field, bytes.len());
    into.extend_from_slice(bytes);
}

/// Begins a message whose length is known.
pub(super) fn length(into: &mut Vec<u8>, field: u32, length: usize) {
    put_varint(into, tag(field, LENGTH));
    put_varint(into, length as u64);
}

/// Bytes that a text or message of this length takes, as one of the first 15 fields.
pub(super) const fn length_len(length: usize) -> usize {
    1 + varint_len(length as u64) + length
}

/// A message that is written before its length is known.
#[derive(Clone, Copy, Debug)]
#[must_use = "the length is still missing"]
pub(super) struct Open {
    /// Where the length is to stand, and how many bytes are left for it.
    at: usize,
    room: usize,
}

impl Open {
    /// Begins a message that is likely to be shorter than 128 to the power of `room`.
    pub(super) fn new(into: &mut Vec<u8>, field: u32, room: usize) -> Self {
        put_varint(into, tag(field, LENGTH));
        let at = into.len();
        into.resize(at + room, 0);
        Self { at, room }
    }

    /// Writes the length, and moves what stands after it if that takes more or fewer bytes than thought.
    pub(super) fn close(self, into: &mut Vec<u8>) {
        let begin = self.at + self.room;
        let length = into.len() - begin;
        let needed = varint_len(length as u64);
        if needed > self.room {
            into.resize(into.len() + (needed - self.room), 0);
        }
        if needed != self.room {
            into.copy_within(begin..begin + length, self.at + needed);
            into.truncate(self.at + needed + length);
        }
        let mut rest = length as u64;
        for (place, byte) in into.iter_mut().skip(self.at).take(needed).enumerate() {
            let more = if place + 1 < needed { 0x80 } else { 0 };
            *byte = (rest & 0x7f) as u8 | more;
            rest >>= 7;
        }
    }
}
