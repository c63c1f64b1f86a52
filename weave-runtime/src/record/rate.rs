//! The share of traces that are recorded.

#[cfg(test)]
mod tests;

use crate::id::TraceId;

/// A share from none to all, as the number that ids are compared with.
///
/// The second half of a trace's id is random: whoever has the id can repeat the decision. It is that of OpenTelemetry's
/// `TraceIdRatioBased`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Rate(u64);

impl Rate {
    pub(crate) const ALL: Self = Self(1 << 63);
    pub(crate) const NONE: Self = Self(0);

    /// `None` when it is no share: below 0, above 1, or not a number.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to a power of two, of which a float has every bit"
    )]
    pub(crate) const fn new(share: f64) -> Option<Self> {
        const ALL: f64 = (1_u64 << 63) as f64;
        if share >= 0.0 && share <= 1.0 { Some(Self((share * ALL) as u64)) } else { None }
    }

    /// Whether the trace with this id is among those that are recorded.
    #[allow(clippy::cast_possible_truncation, reason = "the second half is what is looked at")]
    pub(crate) const fn takes(self, trace: TraceId) -> bool {
        (trace.to_int() as u64) >> 1 < self.0
    }
}
