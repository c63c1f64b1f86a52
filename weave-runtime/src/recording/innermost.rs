//! The call that code runs in, where the current span need not be it.

use std::sync::Arc;

use super::call::LiveCall;
use super::context::{self, Ambient};
use super::start;

/// The current call; where a foreign span is in its place, the one above that, as long as it is open.
pub(super) fn innermost() -> Option<Arc<LiveCall>> {
    context::current().or_else(behind_foreign)
}

/// Nothing leads from a foreign span to a call, but its id is known, and which lane follows it.
#[cold]
fn behind_foreign() -> Option<Arc<LiveCall>> {
    let ambient = Ambient::read();
    let (id, at) = ambient.ancestry.nearest_call()?;
    let lane = start::lane_in(&ambient)?;
    if !at.is_apart(&lane) {
        return lane.find_open(id);
    }
    lane.recorder.lane_where(|lane| !at.is_apart(lane))?.find_open(id)
}
