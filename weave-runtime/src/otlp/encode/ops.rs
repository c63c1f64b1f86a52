//! What is written of an op with each of its calls, kept.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::genai::Dialect;
use crate::record::Op;

/// The place of an op's static, and whether it is told in the words of Weave.
type Key = (usize, bool);

thread_local! {
    /// As many as there are annotated functions that were called. One thread for each destination encodes.
    static WRITTEN: RefCell<HashMap<Key, Box<[u8]>>> = RefCell::default();
}

/// Appends what was written of this op before, or has it written now.
pub(super) fn copy(op: &'static Op, dialect: Dialect, into: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let key: Key = (std::ptr::from_ref(op).addr(), dialect == Dialect::Weave);
    WRITTEN.with_borrow_mut(|written| match written.get(&key) {
        Some(bytes) => into.extend_from_slice(bytes),
        None => {
            let begin = into.len();
            write(into);
            written.insert(key, into.get(begin..).unwrap_or_default().into());
        }
    });
}
