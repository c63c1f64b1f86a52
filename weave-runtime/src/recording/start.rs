//! Starting a call: where it belongs, what it was given.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::active::Active;
use super::agent;
use super::call::{LiveCall, Role};
use super::context::Ambient;
use super::global;
use super::lane::Lane;
use super::local::{self, Quiet};
use super::scope::Surroundings;
use crate::record::{Extra, Op, OpRef};
use crate::value::{Slot, has_taken};

/// Room made for a small value together with its key.
const ROOM_FOR_VALUE: usize = 32;

/// What a call that starts is given: the annotation writes arguments and attributes into it.
pub struct Inputs {
    lane: Arc<Lane>,
    inputs: Members,
    attributes: Members,
    options: Members,
}

impl std::fmt::Debug for Inputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inputs").field("inputs", &self.inputs.text).finish_non_exhaustive()
    }
}

impl Op {
    /// The op itself.
    ///
    /// A method, because clippy takes it for a change of the static that it is called on, and functions that change
    /// something for none whose result must be used: nor do those that record their calls. Its
    /// name is one that no trait of the user's has, whose blanket method would come first.
    #[inline(always)]
    #[must_use]
    pub const fn __weave_op(&'static self) -> &'static Self {
        self
    }

    /// Starts a call when anything is listening. `capture` may be skipped.
    #[inline(always)]
    pub fn __weave_start(&'static self, mut capture: impl FnMut(&mut Inputs)) -> Active {
        if global::is_listening() { start_listening(self, &mut capture) } else { Active::off() }
    }
}

#[inline(never)]
fn start_listening(op: &'static Op, capture: &mut dyn FnMut(&mut Inputs)) -> Active {
    let mut ambient = Ambient::default();
    if !fill(&mut ambient) {
        return Active::off();
    }
    let Some(mut lane) = lane_in(&ambient) else { return Active::off() };
    if op.kind.is_agent() {
        return agent::start(op, ambient, lane, capture);
    }
    match Role::find(&mut ambient, &mut lane, op.sample_rate) {
        role @ (Role::Recorded | Role::Steering) => {
            Active::on(begin_op(OpRef::Static(op), &mut ambient, lane, role, capture))
        }
        role @ Role::Unsampled => Active::on(begin_unsampled(OpRef::Static(op), &mut ambient, lane, role)),
        Role::Below => Active::off(),
    }
}

/// What surrounds a call that starts now; `None` when recording is held back here.
#[inline]
pub(super) fn ambient() -> Option<Ambient> {
    let mut ambient = Ambient::default();
    fill(&mut ambient).then_some(ambient)
}

/// Reads what surrounds a call that starts now; `false` when recording is held back here.
#[inline(always)]
fn fill(ambient: &mut Ambient) -> bool {
    if local::is_quiet() {
        return false;
    }
    ambient.fill();
    !ambient.is_held_back()
}

/// Where calls go: to the test that runs here, else to the recorder of the process.
#[inline]
pub(super) fn lane_in(ambient: &Ambient) -> Option<Arc<Lane>> {
    match ambient.surroundings.as_deref() {
        Some(surroundings) if surroundings.lane.is_some() => surroundings.lane.clone(),
        _ => local::lane(),
    }
}

#[inline(always)]
fn begin_op(
    op: OpRef,
    ambient: &mut Ambient,
    lane: Arc<Lane>,
    role: Role,
    capture: &mut dyn FnMut(&mut Inputs),
) -> Arc<LiveCall> {
    let (lane, captured) = captured(lane, capture);
    begin(op, ambient, lane, role, captured)
}

/// What the annotation writes.
#[inline(always)]
pub(super) fn captured(lane: Arc<Lane>, capture: &mut dyn FnMut(&mut Inputs)) -> (Arc<Lane>, Captured) {
    let mut text = local::take_buffer();
    text.push('{');
    let mut inputs = Inputs {
        lane,
        inputs: Members { text, sound: 1 },
        attributes: Members::default(),
        options: Members::default(),
    };
    {
        let _quiet = Quiet::enter();
        // Values contain their own panics; this is for the expressions that the user wrote into the annotation.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| capture(&mut inputs))) {
            // Its destructor is the user's too, and might panic again.
            std::mem::forget(payload);
            inputs.repair();
        }
    }
    let Inputs { lane, mut inputs, attributes, options } = inputs;
    inputs.text.push('}');
    (lane, Captured { inputs: inputs.text, attributes: attributes.text, options: options.text })
}

/// What a call starts with.
#[derive(Default)]
pub(super) struct Captured {
    /// A JSON object.
    pub(super) inputs: String,
    /// Members of one, as the next.
    pub(super) attributes: String,
    /// What the options say that only spans of agents have.
    pub(super) options: String,
}

/// Starts a call with what is written already.
#[inline(always)]
pub(super) fn begin(
    op: OpRef,
    ambient: &mut Ambient,
    lane: Arc<Lane>,
    role: Role,
    captured: Captured,
) -> Arc<LiveCall> {
    let Captured { inputs, attributes: op_attributes, options: _ } = captured;
    let mut extra = (!op_attributes.is_empty()).then(|| Box::new(Extra { op_attributes, ..Extra::default() }));
    if has_taken() {
        extra = lane.recorder.with_taken(extra);
    }
    let surroundings = ambient.surroundings.take();
    if let Some(surroundings) = &surroundings {
        extra = surround(surroundings, extra);
        if let Some(place) = &surroundings.agents {
            extra = place.veil(extra);
        }
    }
    let boundary = surroundings.as_deref().and_then(|surroundings| surroundings.boundary.as_ref());
    let call = LiveCall::begin(op, ambient, lane, role, boundary, inputs, extra);
    if let Some(surroundings) = &surroundings {
        if let Some(place) = &surroundings.agents {
            call.put_in(place);
        }
        surroundings.show(&call, call.parent);
    }
    call
}

/// What a call is given by what surrounds it.
#[inline(always)]
pub(super) fn surround(surroundings: &Surroundings, mut extra: Option<Box<Extra>>) -> Option<Box<Extra>> {
    if let Some(attributes) = &surroundings.attributes {
        extra.get_or_insert_default().scope_attributes = Some(Arc::clone(attributes));
    }
    let next = surroundings.take_next();
    if next.name.is_some() {
        extra.get_or_insert_default().display_name = next.name;
    }
    if !next.attributes.is_empty() {
        extra.get_or_insert_default().next_attributes = next.attributes;
    }
    extra
}

/// Starts a call that is not recorded. To the regions around it is a call nonetheless.
#[cold]
pub(super) fn begin_unsampled(op: OpRef, ambient: &mut Ambient, lane: Arc<Lane>, role: Role) -> Arc<LiveCall> {
    let surroundings = ambient.surroundings.take();
    let boundary = surroundings.as_deref().and_then(|surroundings| surroundings.boundary.as_ref());
    let call = LiveCall::unsampled(op, ambient, lane, role, boundary);
    if let Some(surroundings) = &surroundings {
        if let Some(place) = &surroundings.agents {
            call.put_in(place);
        }
        drop(surroundings.take_next());
        surroundings.show(&call, call.parent);
    }
    call
}

impl Inputs {
    /// The place of one input. `key` is as it stands in JSON, with its colon.
    #[inline]
    pub fn input(&mut self, key: &'static str) -> Slot<'_> {
        self.inputs.key(key);
        Slot::new(&mut self.inputs.text, &self.lane.recorder.bounds.value)
    }

    /// The place of one attribute; `key` as for inputs.
    pub fn attribute(&mut self, key: &'static str) -> Slot<'_> {
        self.attributes.key(key);
        Slot::new(&mut self.attributes.text, &self.lane.recorder.bounds.attribute)
    }

    /// The place of what an option of `turn`, `llm` or `tool` says; `key` as for inputs, with the option's name.
    pub fn option(&mut self, key: &'static str) -> Slot<'_> {
        self.options.key(key);
        Slot::new(&mut self.options.text, &self.lane.recorder.bounds.value)
    }

    /// Records the name of a type in place of a value.
    pub fn type_name<T: ?Sized>(&mut self, key: &'static str) {
        self.inputs.key(key);
        crate::value::write_type_name::<T>(&mut self.inputs.text);
    }

    fn repair(&mut self) {
        self.attributes.repair();
        self.options.repair();
        self.inputs.repair();
        self.inputs.key("\"weave.error\":");
        self.inputs.text.push_str("\"capturing the inputs panicked\"");
    }
}

/// The members of a JSON object, without the brace that ends it.
#[derive(Default)]
struct Members {
    text: String,
    /// How much of the text is whole.
    sound: usize,
}

impl Members {
    /// Takes back a key that has no value. An expression that panicked before its key was written has left none.
    fn repair(&mut self) {
        if self.text.ends_with(':') {
            self.text.truncate(self.sound);
        }
    }

    #[inline]
    fn key(&mut self, key: &str) {
        self.sound = self.text.len();
        self.text.reserve(key.len() + ROOM_FOR_VALUE);
        if self.sound > 1 {
            self.text.push(',');
        }
        self.text.push_str(key);
    }
}
