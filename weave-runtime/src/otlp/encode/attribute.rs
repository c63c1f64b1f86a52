//! An attribute: a key, and a value of one of OTLP's types.

use super::proto::{LENGTH, always, bytes, fixed64, length, length_len, tag, varint_len};
use crate::span::Scalar;

/// `KeyValue.key`, `.value`.
const KEY: u32 = 1;
const VALUE: u32 = 2;

/// `AnyValue`, which is one of these.
const STRING: u32 = 1;
const BOOL: u32 = 2;
const INT: u32 = 3;
const DOUBLE: u32 = 4;
const ARRAY: u32 = 5;

/// `ArrayValue.values`.
const ITEM: u32 = 1;

/// Writes an attribute as a field, one of the first 15, of what it belongs to.
pub(super) fn attribute(into: &mut Vec<u8>, field: u32, key: &str, value: &Scalar<'_>) {
    let any = any_len(value);
    let whole = length_len(key.len()) + length_len(any);
    match value {
        Scalar::Text(text) if whole < 128 => {
            // As most are: each length takes one byte, and so all that is between key and text is written at once.
            into.reserve(whole + 2);
            into.extend_from_slice(&[byte(field), whole as u8, byte(KEY), key.len() as u8]);
            into.extend_from_slice(key.as_bytes());
            into.extend_from_slice(&[byte(VALUE), any as u8, byte(STRING), text.len() as u8]);
            into.extend_from_slice(text.as_bytes());
        }
        value => {
            length(into, field, whole);
            bytes(into, KEY, key.as_bytes());
            length(into, VALUE, any);
            write_any(into, value);
        }
    }
}

/// What stands before a field that has a length.
const fn byte(field: u32) -> u8 {
    tag(field, LENGTH) as u8
}

/// Bytes of an `AnyValue`.
fn any_len(value: &Scalar<'_>) -> usize {
    match value {
        Scalar::Text(text) => length_len(text.len()),
        Scalar::Bool(_) => BOOL_LEN,
        Scalar::Int(value) => int_len(*value),
        Scalar::Float(_) => DOUBLE_LEN,
        list => length_len(items_len(list)),
    }
}

const BOOL_LEN: usize = 2;
const DOUBLE_LEN: usize = 9;

fn int_len(value: i64) -> usize {
    1 + varint_len(value.cast_unsigned())
}

/// Bytes of the items of a list.
fn items_len(list: &Scalar<'_>) -> usize {
    match list {
        Scalar::Bools(values) => values.len() * length_len(BOOL_LEN),
        Scalar::Ints(values) => values.iter().map(|value| length_len(int_len(*value))).sum(),
        Scalar::Floats(values) => values.len() * length_len(DOUBLE_LEN),
        Scalar::Texts(texts) => texts.iter().map(|text| length_len(length_len(text.len()))).sum(),
        _ => 0,
    }
}

/// Writes an `AnyValue`. It always has a value, even an empty one.
fn write_any(into: &mut Vec<u8>, value: &Scalar<'_>) {
    match value {
        Scalar::Text(text) => bytes(into, STRING, text.as_bytes()),
        Scalar::Bool(value) => write_bool(into, *value),
        Scalar::Int(value) => write_int(into, *value),
        Scalar::Float(value) => fixed64(into, DOUBLE, value.to_bits()),
        list => {
            length(into, ARRAY, items_len(list));
            write_items(into, list);
        }
    }
}

fn write_items(into: &mut Vec<u8>, list: &Scalar<'_>) {
    match list {
        Scalar::Bools(values) => {
            for value in values {
                length(into, ITEM, BOOL_LEN);
                write_bool(into, *value);
            }
        }
        Scalar::Ints(values) => {
            for value in values {
                length(into, ITEM, int_len(*value));
                write_int(into, *value);
            }
        }
        Scalar::Floats(values) => {
            for value in values {
                length(into, ITEM, DOUBLE_LEN);
                fixed64(into, DOUBLE, value.to_bits());
            }
        }
        Scalar::Texts(texts) => {
            for text in texts {
                length(into, ITEM, length_len(text.len()));
                bytes(into, STRING, text.as_bytes());
            }
        }
        _ => {}
    }
}

fn write_bool(into: &mut Vec<u8>, value: bool) {
    always(into, BOOL, value.into());
}

fn write_int(into: &mut Vec<u8>, value: i64) {
    always(into, INT, value.cast_unsigned());
}
