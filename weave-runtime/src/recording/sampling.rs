//! Whether what begins here is recorded: decided once for each trace, by the first call of ours in it.

use std::sync::Arc;

use super::call::Role;
use super::context::{self, Ambient};
use super::hold;
use super::lane::Lane;
use crate::id::TraceId;
use crate::record::Rate;

/// What a client says of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sampling {
    /// Of the traces for which neither a scope nor the op has a rate.
    pub(crate) rate: Rate,
    /// Whether a trace in which a call fails is recorded all the same.
    pub(crate) keep_errors: bool,
    /// Whether those who began a trace elsewhere decide for us, too.
    pub(crate) follow_parents: bool,
}

impl Role {
    /// The role of a call of an op with this rate, whose calls would go to `lane`, unless that is for another trace.
    #[inline(always)]
    pub(super) fn find(ambient: &mut Ambient, lane: &mut Arc<Lane>, rate: Option<Rate>) -> Self {
        let above = ambient.ancestry;
        if above.is_unsampled() || lane.is_given_up() {
            Self::Below
        } else if above.has_call() || is_plain_root(ambient, lane, rate) {
            Self::Recorded
        } else {
            Self::of_first(ambient, lane, rate)
        }
    }

    /// The role of the first call of ours in a trace.
    #[inline(never)]
    pub(super) fn of_first(ambient: &mut Ambient, lane: &mut Arc<Lane>, rate: Option<Rate>) -> Self {
        // Another trace may be held back around this one, which has nothing to do with it.
        let behind = lane.behind().cloned();
        let steers = behind.is_some();
        if let Some(behind) = behind {
            *lane = behind;
        }
        match verdict(ambient, lane, rate) {
            Verdict::Recorded if steers => Self::Steering,
            Verdict::Recorded => Self::Recorded,
            Verdict::SampledOut if lane.recorder.sampling.keep_errors => {
                *lane = hold::hold(Arc::clone(lane));
                Self::Steering
            }
            Verdict::SampledOut | Verdict::ParentUnsampled => {
                lane.recorder.count_unsampled();
                Self::Unsampled
            }
        }
    }
}

/// Whether this is a root of which nobody said that it is sampled: spares most the asking.
#[inline(always)]
fn is_plain_root(ambient: &Ambient, lane: &Lane, rate: Option<Rate>) -> bool {
    ambient.span.is_none()
        && rate.is_none()
        && lane.recorder.sampling.rate == Rate::ALL
        && lane.behind().is_none()
        && ambient.surroundings.as_deref().is_none_or(|surroundings| surroundings.rate.is_none())
}

enum Verdict {
    Recorded,
    SampledOut,
    ParentUnsampled,
}

fn verdict(ambient: &mut Ambient, lane: &Lane, rate: Option<Rate>) -> Verdict {
    let sampling = &lane.recorder.sampling;
    if let Some(parent) = &ambient.span
        && sampling.follow_parents
    {
        return if parent.is_sampled() { Verdict::Recorded } else { Verdict::ParentUnsampled };
    }
    let in_scope = ambient.surroundings.as_deref().and_then(|surroundings| surroundings.rate);
    let rate = in_scope.or(rate).unwrap_or(sampling.rate);
    if rate == Rate::ALL {
        return Verdict::Recorded;
    }
    let span = ambient.span.get_or_insert_with(context::fresh_trace);
    let trace = TraceId::from_int(u128::from_be_bytes(span.trace_id().to_bytes()));
    if rate.takes(trace) { Verdict::Recorded } else { Verdict::SampledOut }
}
