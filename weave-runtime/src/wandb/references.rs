//! Text of the program's own that Weave's server takes for a reference, and refuses where there is nothing that it names.

use crate::remote::{Item, Route};

/// How a JSON text begins that the server reads as a reference.
const BEGINNINGS: [&[u8]; 2] = [b"\"weave:///", b"\"weave-trace-internal:///"];

/// Whether a call has such text. Its op is none: the sender names it.
pub(super) fn are_in(item: &Item) -> bool {
    is_call(item) && BEGINNINGS.iter().any(|text| find(&item.body, text).is_some())
}

/// The same call with a space for a slash where such text begins. It stays as long as it was, as its head says.
pub(super) fn defused(item: &Item) -> Item {
    let mut item = item.clone();
    for text in BEGINNINGS {
        while let Some(at) = find(&item.body, text) {
            if let Some(slash) = item.body.get_mut(at + text.len() - 3) {
                *slash = b' ';
            }
        }
    }
    item
}

fn is_call(item: &Item) -> bool {
    matches!(item.route, Route::Calls | Route::Starts | Route::Ends)
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(route: Route, body: &str) -> Item {
        Item { route, trace: None, call: None, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn text_that_begins_as_a_reference_is_none_when_it_was_defused() {
        let body = r#"{"a":"weave:///x","b":["weave-trace-internal:///y","see weave:///z"]}"#;
        let call = item(Route::Calls, body);
        assert!(are_in(&call));
        let call = defused(&call);
        assert!(!are_in(&call) && call.body.len() == body.len());
        let body = r#"{"a":"weave: //x","b":["weave-trace-internal: //y","see weave:///z"]}"#;
        assert_eq!(String::from_utf8(call.body).unwrap(), body);
    }

    #[test]
    fn what_is_no_call_is_left_as_it_is() {
        assert!(!are_in(&item(Route::Ops, r#"{"a":"weave:///x"}"#)));
    }
}
