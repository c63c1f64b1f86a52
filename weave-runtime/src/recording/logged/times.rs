//! When the spans of a turn began and ended, as far as that was not said.

use super::outline::Node;
use crate::record::Timestamp;

/// From when to when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Interval {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// The times of each span. Those that were given; else from the first start to the last end of what is known inside; else
/// no time at all, where what was done before it ended, or where the span above began. Where nothing is known of the turn,
/// all of it is `now`. An end before the start counts as the start.
pub(super) fn intervals(nodes: &[Node], now: Timestamp) -> Vec<Interval> {
    let mut known: Vec<_> = nodes.iter().map(|node| (node.started(), node.ended())).collect();
    // From the last to the first: what is inside of a span stands behind it.
    let mut inside: Vec<Option<Interval>> = vec![None; nodes.len()];
    for (at, node) in nodes.iter().enumerate().rev() {
        let (start, end) = &mut known[at];
        *start = start.or(inside[at].map(|inside| inside.start)).or(*end);
        *end = end.or(inside[at].map(|inside| inside.end)).or(*start);
        if let (Some(above), Some(start), Some(end)) = (node.above, *start, *end) {
            let own = Interval { start, end };
            inside[above] = Some(inside[above].map_or(own, |other| other.with(own)));
        }
    }
    let mut intervals: Vec<Interval> = Vec::with_capacity(nodes.len());
    // Where the next step of each begins, if nothing else is said.
    let mut next: Vec<Timestamp> = Vec::with_capacity(nodes.len());
    for (node, (start, end)) in nodes.iter().zip(known) {
        let start = start.unwrap_or_else(|| node.above.map_or(now, |above| next[above]));
        let end = end.unwrap_or(start).max(start);
        intervals.push(Interval { start, end });
        next.push(start);
        if let Some(above) = node.above {
            next[above] = end;
        }
    }
    intervals
}

impl Interval {
    fn with(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}
