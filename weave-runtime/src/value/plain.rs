//! What code without a macro writes: keys, type names, errors, results.

use std::any::type_name;
use std::fmt::Display;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{ERROR_KEY, Limits, capture, scan, text};
use crate::record::CallError;

/// Appends a JSON string, whole.
pub(crate) fn write_str(out: &mut String, value: &str) {
    out.push('"');
    if scan::is_plain(value) {
        out.push_str(value);
    } else {
        text::push_escaped(out, value, usize::MAX);
    }
    out.push('"');
}

/// Appends the name of a type as a JSON string, `"<my::Type>"`.
pub(crate) fn write_type_name<T: ?Sized>(out: &mut String) {
    capture::push_type_name(out, type_name::<T>());
}

/// Appends what stands where a value could not be recorded: an object that says why.
pub(crate) fn write_placeholder(out: &mut String, message: &str) {
    out.push_str(&format!("{{\"{ERROR_KEY}\":{{\"message\":"));
    write_str(out, message);
    out.push_str("}}");
}

/// An error by what it displays, bounded and harmless.
pub(crate) fn describe_error<E: Display + ?Sized>(error: &E, limits: &Limits) -> CallError {
    let kind = type_name::<E>();
    CallError { kind: kind.to_owned(), message: capture::display(format_args!("{error}"), limits, kind) }
}

/// Appends `value`; a `Result` as what is in it. Of an `Err` nothing is appended, it is returned.
///
/// A function cannot choose by type what a macro can. But serde writes a `Result` as `{"Ok": ..}` or `{"Err": ..}`, and
/// its type's name tells it from a type of the user's that looks the same.
pub(crate) fn write_outcome<T: Serialize>(out: &mut String, value: &T, limits: &Limits) -> Option<CallError> {
    let start = out.len();
    capture::write(out, value, limits);
    let error_type = type_name::<T>().strip_prefix("core::result::Result<")?;
    let written = out.get(start..)?;
    if let Some(ok) = written.strip_prefix(r#"{"Ok":"#) {
        let ok = ok.strip_suffix('}')?.to_owned();
        out.truncate(start);
        out.push_str(&ok);
        return None;
    }
    let error: Box<RawValue> = serde_json::from_str(written.strip_prefix(r#"{"Err":"#)?.strip_suffix('}')?).ok()?;
    let message = serde_json::from_str::<String>(error.get()).unwrap_or_else(|_| error.get().to_owned());
    out.truncate(start);
    Some(CallError { kind: second_argument(error_type).to_owned(), message })
}

/// `E` of `T, E>`.
fn second_argument(arguments: &str) -> &str {
    let mut depth = 0_usize;
    for (at, character) in arguments.char_indices() {
        match character {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return arguments.get(at + 1..).unwrap_or_default().trim().trim_end_matches('>'),
            _ => {}
        }
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome<T: Serialize>(value: T) -> (String, Option<(String, String)>) {
        let mut out = String::from("before");
        let error = write_outcome(&mut out, &value, &Limits::default());
        (out["before".len()..].to_owned(), error.map(|error| (error.kind, error.message)))
    }

    #[test]
    fn a_result_is_what_is_in_it() {
        assert_eq!(outcome(Ok::<_, String>(vec![1, 2])), ("[1,2]".into(), None));
        let bad = ("alloc::string::String".into(), "bad".into());
        assert_eq!(outcome(Err::<Vec<(u8, u8)>, _>("bad".to_owned())), (String::new(), Some(bad)));
        let number = ("i32".into(), "7".into());
        assert_eq!(outcome(Err::<(), _>(7)), (String::new(), Some(number)));
    }

    #[test]
    fn a_type_that_looks_like_a_result_is_a_value() {
        #[derive(Serialize)]
        enum Mine {
            Err(u8),
        }
        assert_eq!(outcome(Mine::Err(1)), (r#"{"Err":1}"#.into(), None));
    }
}
