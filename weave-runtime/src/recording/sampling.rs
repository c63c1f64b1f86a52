//! Whether what begins here is recorded: decided once for each trace, by the first call of ours in it.

use std::sync::Arc;

use super::call::Role;
use super::context::Ambient;
use super::hold;
use super::lane::Lane;
use super::local;
use super::thread::Boundary;
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

/// Where a call that starts belongs, and what it is there.
pub(super) struct Place {
    pub(super) ambient: Ambient,
    pub(super) lane: Arc<Lane>,
    pub(super) role: Role,
    /// The thread of conversation around.
    pub(super) boundary: Option<Arc<Boundary>>,
}

impl Place {
    /// The place of a call of an op with this rate, whose calls would go to `lane`.
    #[inline(always)]
    pub(super) fn find(ambient: Ambient, lane: Arc<Lane>, rate: Option<Rate>) -> Self {
        let above = &ambient.ancestry;
        let role = if above.unsampled || lane.is_given_up() {
            Role::Below
        } else if above.has_call() || is_plain_root(&ambient, &lane, rate) {
            Role::Recorded
        } else {
            return Self::of_first(ambient, lane, rate);
        };
        Self { ambient, lane, role, boundary: None }
    }

    /// The place of the first call of ours in a trace.
    #[cold]
    pub(super) fn of_first(mut ambient: Ambient, lane: Arc<Lane>, rate: Option<Rate>) -> Self {
        // Another trace may be held back around this one, which has nothing to do with it.
        let (lane, steers) = match lane.behind() {
            Some(behind) => (Arc::clone(behind), true),
            None => (lane, false),
        };
        let (lane, role) = match verdict(&mut ambient, &lane, rate) {
            Verdict::Recorded => (lane, if steers { Role::Steering } else { Role::Recorded }),
            Verdict::SampledOut if lane.recorder.sampling.keep_errors => (hold::hold(lane), Role::Steering),
            Verdict::SampledOut | Verdict::ParentUnsampled => {
                lane.recorder.count_unsampled();
                (lane, Role::Unsampled)
            }
        };
        Self { ambient, lane, role, boundary: None }
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
    let trace = match &ambient.span {
        Some(parent) if sampling.follow_parents => {
            return if parent.is_sampled() { Verdict::Recorded } else { Verdict::ParentUnsampled };
        }
        Some(parent) => Some(u128::from_be_bytes(parent.trace_id().to_bytes())),
        None => None,
    };
    let in_scope = ambient.surroundings.as_deref().and_then(|surroundings| surroundings.rate);
    let rate = in_scope.or(rate).unwrap_or(sampling.rate);
    if rate == Rate::ALL {
        return Verdict::Recorded;
    }
    let trace = trace.unwrap_or_else(|| *ambient.trace.insert(local::fresh_trace_id()));
    if rate.takes(TraceId::from_int(trace)) { Verdict::Recorded } else { Verdict::SampledOut }
}
