//! An attribute: a key, and a value of one of OTLP's types.

use super::proto::{always, bytes, fixed64, length, length_len, varint_len};
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

/// Writes an attribute as a field of what it belongs to.
pub(super) fn attribute(into: &mut Vec<u8>, field: u32, key: &str, value: &Scalar<'_>) {
    let any = any_len(value);
    length(into, field, length_len(key.len()) + length_len(any));
    bytes(into, KEY, key.as_bytes());
    length(into, VALUE, any);
    write_any(into, value);
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
