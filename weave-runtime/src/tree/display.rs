//! A call by itself as one line for people.

use std::fmt;

use super::draw::draw_call;
use super::style::TreeStyle;
use crate::record::CallRecord;

/// One line as in a [tree](crate::CallTree::draw), at most 100 columns and without colour: how the call ended, its name,
/// inputs and output shortened to fit, its own tokens, its duration. Nothing in it can act on a terminal.
///
/// ```
/// #[weave::op]
/// fn half(n: u32) -> Result<u32, String> {
///     if n % 2 == 0 { Ok(n / 2) } else { Err(format!("{n} is odd")) }
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| half(3));
///
/// let line = recorder.calls()[0].to_string();
/// assert!(line.starts_with("✗ half(n: 3) failed: 3 is odd  "));
/// ```
impl fmt::Display for CallRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&draw_call(self, &TreeStyle::new()))
    }
}
