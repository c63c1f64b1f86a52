//! Capturing one value whatever its own code does: an error or a panic there leaves a placeholder.

use std::any::{Any, type_name};
use std::fmt::{self, Debug, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

use super::text::{Stack, Text, push_escaped_args};
use super::writer::{Done, Writer};
use super::{ERROR_KEY, Limits};

/// The longest message of a failed capture that is kept.
const MESSAGE_BYTES: usize = 4 << 10;

/// Appends `value` as JSON, by its `Serialize`.
#[inline]
pub(crate) fn write<T: Serialize + ?Sized>(out: &mut String, value: &T, limits: &Limits) {
    let mut writer = Writer::new(std::mem::take(out), limits);
    match catch_unwind(AssertUnwindSafe(|| value.serialize(&mut writer))) {
        Ok(Ok(())) => {}
        failed => end_failed(&mut writer, failed, type_name::<T>()),
    }
    *out = writer.out;
}

#[cold]
fn end_failed(writer: &mut Writer, outcome: std::thread::Result<Done>, type_name: &str) {
    let (has_ended, message) = match outcome {
        Ok(Ok(())) => return,
        Ok(Err(failure)) => (writer.end_early(), *failure.0),
        // A panic may have come when the text was complete but for a key.
        Err(payload) => (writer.end_early() && writer.is_valid(), panic_message(payload)),
    };
    if !has_ended {
        writer.revert();
        push_placeholder(&mut writer.out, type_name, &message);
    }
}

/// Appends the text of `value`'s `Debug`, as a JSON string.
pub(crate) fn write_debug<T: Debug + ?Sized>(out: &mut String, value: &T, limits: &Limits) {
    write_args(out, format_args!("{value:?}"), limits, type_name::<T>());
}

fn write_args(out: &mut String, args: fmt::Arguments<'_>, limits: &Limits, type_name: &str) {
    let start = out.len();
    out.push('"');
    let bound = start.saturating_add(limits.bytes).saturating_sub(1);
    let mut text = Text::json(out, bound, Stack::start(limits));
    let written = catch_unwind(AssertUnwindSafe(|| text.write_fmt(args)));
    let is_cut = text.cut().is_some();
    text.finish(None);
    out.push('"');
    let message = match written {
        _ if is_cut => return,
        Ok(Ok(())) => return,
        Ok(Err(fmt::Error)) => "its Debug returned an error".to_owned(),
        Err(payload) => panic_message(payload),
    };
    out.truncate(start);
    push_placeholder(out, type_name, &message);
}

/// Sets `out` to what `args` displays, as plain text within the limits.
pub(super) fn display(args: fmt::Arguments<'_>, limits: &Limits, type_name: &str) -> String {
    let mut out = String::new();
    let mut text = Text::plain(&mut out, limits.bytes, Stack::start(limits));
    let written = catch_unwind(AssertUnwindSafe(|| text.write_fmt(args)));
    let is_cut = text.cut().is_some();
    text.finish(None);
    match written {
        Err(payload) if !is_cut => {
            format!("<{type_name}> (it could not be displayed: {})", panic_message(payload))
        }
        Ok(Err(fmt::Error)) if out.is_empty() => format!("<{type_name}>"),
        // What there is counts, also when the implementation gave up half-way.
        _ => out,
    }
}

/// The message of an error that a `Serialize` makes, bounded.
pub(super) fn message(args: fmt::Arguments<'_>) -> String {
    let limits = Limits { bytes: MESSAGE_BYTES, ..Limits::default() };
    let mut out = String::new();
    let mut text = Text::plain(&mut out, limits.bytes, Stack::start(&limits));
    let _ = text.write_fmt(args);
    text.finish(None);
    if out.is_empty() { "an error without a message".to_owned() } else { out }
}

/// Appends the name of a type that shows neither itself nor its content, as a JSON string.
pub(super) fn push_type_name(out: &mut String, type_name: &str) {
    out.push('"');
    push_escaped_args(out, MESSAGE_BYTES, format_args!("<{type_name}>"));
    out.push('"');
}

fn push_placeholder(out: &mut String, type_name: &str, message: &str) {
    out.push_str("{\"");
    out.push_str(ERROR_KEY);
    out.push_str("\":{\"type\":\"");
    push_escaped_args(out, MESSAGE_BYTES, format_args!("{type_name}"));
    out.push_str("\",\"message\":\"");
    push_escaped_args(out, MESSAGE_BYTES, format_args!("{message}"));
    out.push_str("\"}}");
}

fn panic_message(payload: Box<dyn Any + Send>) -> String {
    let payload = match payload.downcast::<&'static str>() {
        Ok(text) => return format!("panicked: {text}"),
        Err(payload) => payload,
    };
    match payload.downcast::<String>() {
        Ok(text) => format!("panicked: {text}"),
        Err(payload) => {
            // Its destructor is the user's too, and might panic again.
            std::mem::forget(payload);
            "panicked".to_owned()
        }
    }
}

#[cfg(test)]
mod tests;
