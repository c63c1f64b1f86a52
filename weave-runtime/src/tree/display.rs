//! A call by itself as one line for people.

use std::fmt;

use super::draw::draw_call;
use super::style::TreeStyle;
use crate::record::CallRecord;

/// One line as in a [tree](crate::CallTree::draw), without colour and at most 100 columns wide, or as wide as the
/// precision says (`{call:.80}`, at least 20): how the call ended, its name,
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
/// assert!(line.ends_with('s'), "with how long it took, such as 1.24 µs");
/// ```
impl fmt::Display for CallRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = TreeStyle::new();
        let style = f.precision().map_or(style.clone(), |columns| style.width(columns));
        f.write_str(&draw_call(self, &style))
    }
}
