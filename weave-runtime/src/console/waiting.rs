//! Keeps finished calls until the call above them has ended too.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt;

use crate::id::CallId;
use crate::record::{CallRecord, Details};
use crate::tree::{awaited, clip};

const MOST_CALLS: usize = 10_000;
const MOST_BYTES: usize = 32 << 20;
const MOST_NAME: usize = 60;

/// Calls that are drawn together.
pub(super) struct Family {
    /// The call above them where it is not among them; `None` for roots.
    pub(super) below: Option<Parent>,
    pub(super) calls: Vec<CallRecord>,
}

/// A call that is only named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Parent {
    id: CallId,
    /// `None` when it was not drawn, or so long ago that it is forgotten.
    name: Option<String>,
}

impl fmt::Display for Parent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "… late, called by {name} {}", self.id),
            None => write!(f, "… called by {}, not seen to end", self.id),
        }
    }
}

/// Every call is in one of three states: it waits for [the calls above it](awaited), it was drawn, or it is unknown.
#[derive(Default)]
pub(super) struct Waiting {
    /// By the order of arrival.
    calls: BTreeMap<u64, CallRecord>,
    places: HashMap<CallId, u64>,
    /// Who waits for a call, by arrival too.
    below: HashMap<CallId, BTreeSet<u64>>,
    bytes: usize,
    arrivals: u64,
    new: Vec<CallId>,
    drawn: Drawn,
}

impl Waiting {
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Takes in a call that has ended. One that is known already is left as it is.
    pub(super) fn add(&mut self, call: &CallRecord) {
        if self.places.contains_key(&call.id) || self.drawn.name(call.id).is_some() {
            return;
        }
        for above in awaited(call) {
            self.below.entry(above).or_default().insert(self.arrivals);
        }
        let call = without_unseen(call);
        self.bytes += bytes(&call);
        self.new.push(call.id);
        self.places.insert(call.id, self.arrivals);
        self.calls.insert(self.arrivals, call);
        self.arrivals += 1;
    }

    /// Takes out what can be drawn now, and the oldest of what is too much.
    pub(super) fn take(&mut self) -> Vec<Family> {
        let mut families: Vec<Family> = Vec::new();
        // Calls that waited before this can only become ready below one that comes now.
        let new = std::mem::take(&mut self.new);
        let ready: Vec<CallId> =
            new.into_iter().filter(|id| self.get(*id).is_some_and(|call| self.is_ready(call))).collect();
        for top in ready {
            self.take_family(top, &mut families);
        }
        while self.calls.len() > MOST_CALLS || self.bytes > MOST_BYTES {
            let Some((_, oldest)) = self.calls.first_key_value() else { break };
            let top = self.top_above(oldest.id);
            self.take_family(top, &mut families);
        }
        families
    }

    fn get(&self, id: CallId) -> Option<&CallRecord> {
        self.calls.get(self.places.get(&id)?)
    }

    fn is_ready(&self, call: &CallRecord) -> bool {
        awaited(call).all(|above| self.drawn.name(above).is_some())
    }

    /// The highest call above this one that waits too.
    fn top_above(&self, id: CallId) -> CallId {
        let mut passed = HashSet::from([id]);
        let mut top = id;
        while let Some(above) = self.get(top).and_then(|call| awaited(call).find(|id| self.places.contains_key(id))) {
            if !passed.insert(above) {
                break;
            }
            top = above;
        }
        top
    }

    /// Moves a call and all below it into the family that hangs at the same place, or a new one.
    fn take_family(&mut self, top: CallId, families: &mut Vec<Family>) {
        let Some(call) = self.get(top) else { return };
        let below = awaited(call).next().map(|id| Parent { id, name: self.drawn.name(id).map(str::to_owned) });
        let place = families.iter().position(|family| family.below == below).unwrap_or_else(|| {
            families.push(Family { below, calls: Vec::new() });
            families.len() - 1
        });
        self.stop_waiting(top);
        let calls = &mut families[place].calls;
        let mut next = vec![top];
        while let Some(id) = next.pop() {
            let Some(call) = self.remove(id) else { continue };
            self.drawn.add(id, clip(call.name(), MOST_NAME));
            calls.push(call);
            // Reversed, because the last is taken first: siblings that started together stay in their order.
            let below = self.below.remove(&id).unwrap_or_default().into_iter().rev();
            let below = below.filter_map(|arrival| self.calls.get(&arrival));
            next.extend(below.filter(|call| self.is_ready(call)).map(|call| call.id));
        }
    }

    fn remove(&mut self, id: CallId) -> Option<CallRecord> {
        let call = self.calls.remove(&self.places.remove(&id)?)?;
        self.bytes -= bytes(&call);
        Some(call)
    }

    /// Takes a call out of the lists of those above it, which may never be drawn.
    fn stop_waiting(&mut self, id: CallId) {
        let Some((arrival, call)) = self.places.get(&id).and_then(|arrival| self.calls.get_key_value(arrival)) else {
            return;
        };
        for above in awaited(call) {
            if let Entry::Occupied(mut below) = self.below.entry(above) {
                below.get_mut().remove(arrival);
                if below.get().is_empty() {
                    below.remove();
                }
            }
        }
    }
}

/// The names of the calls drawn last.
#[derive(Default)]
struct Drawn {
    names: HashMap<CallId, String>,
    order: VecDeque<CallId>,
}

impl Drawn {
    fn name(&self, id: CallId) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }

    fn add(&mut self, id: CallId, name: String) {
        if self.names.insert(id, name).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > MOST_CALLS
            && let Some(oldest) = self.order.pop_front()
        {
            self.names.remove(&oldest);
        }
    }
}

/// A copy of what a drawing shows.
fn without_unseen(call: &CallRecord) -> CallRecord {
    let details = call.details.as_deref().map(|details| {
        Box::new(Details {
            display_name: details.display_name.clone(),
            error: details.error.clone(),
            usage: details.usage,
            agent: details.agent.clone(),
            ..Details::default()
        })
    });
    CallRecord { op: call.op.clone(), text: call.text.clone(), details, ..*call }
}

fn bytes(call: &CallRecord) -> usize {
    let error = call.error().map_or(0, |error| error.kind.len() + error.message.len());
    let said = call.facts().map_or(0, |facts| facts.said().map(str::len).sum());
    size_of::<CallRecord>() + call.text.capacity() + said + error + call.display_name().map_or(0, str::len)
}
