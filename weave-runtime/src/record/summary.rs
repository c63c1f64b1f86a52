//! The keys of a summary that the library itself writes.

/// How this call and those below it ended.
pub(crate) const STATUS_COUNTS: &str = "status_counts";

/// Tokens by model.
pub(crate) const USAGE: &str = "usage";

/// Of a stream or iterator: how many items there were, those included that are not in the output.
pub(crate) const ITEM_COUNT: &str = "item_count";

/// Of a stream or iterator: milliseconds from the start of the call to its first item.
pub(crate) const TIME_TO_FIRST_ITEM: &str = "time_to_first_item_ms";

/// Whether a value says something of its own call only, or is worked out anew for each.
pub(crate) fn stays(key: &str) -> bool {
    matches!(key, STATUS_COUNTS | ITEM_COUNT | TIME_TO_FIRST_ITEM)
}
