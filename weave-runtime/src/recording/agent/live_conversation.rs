//! A conversation that goes on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::genai::{Agent, Around, Conversation};
use crate::recording::call::{Ending, LiveCall};
use crate::recording::context::{self, Attached};
use crate::recording::lane::Lane;
use crate::recording::recorder::Recorder;
use crate::recording::scope::Surroundings;
use crate::recording::{local, start};

/// What the turns of a conversation share, wherever they run.
pub(crate) struct LiveConversation {
    /// With its id.
    pub(super) about: Arc<Conversation>,
    model: Option<Arc<str>>,
    agent: Option<Arc<Agent>>,
    recorder: Arc<Recorder>,
    /// That of the test that it was started in.
    lane: Option<Arc<Lane>>,
    /// The turn that the next one ends.
    turn: Mutex<Weak<LiveCall>>,
}

impl LiveConversation {
    /// A conversation whose calls go to `lane`, unless that is only of the thread.
    pub(super) fn new(mut about: Conversation, lane: &Arc<Lane>, surroundings: Option<&Surroundings>) -> Arc<Self> {
        about.id = about.id.filter(|id| !id.is_empty());
        about.id.get_or_insert_with(|| format!("{:032x}", local::fresh_trace_id()));
        about.turns = Vec::new();
        let own_lane = surroundings.and_then(|surroundings| surroundings.lane.as_ref());
        Arc::new(Self {
            model: about.model.as_deref().map(Arc::from),
            agent: Some(&about.agent).filter(|agent| **agent != Agent::default()).cloned().map(Arc::new),
            about: Arc::new(about),
            recorder: Arc::clone(&lane.recorder),
            lane: own_lane.map(|lane| Arc::clone(lane.behind().unwrap_or(lane))),
            turn: Mutex::default(),
        })
    }

    pub(super) fn id(&self) -> &str {
        self.about.id.as_deref().unwrap_or_default()
    }

    /// What a span of it is in.
    pub(super) fn around(&self) -> Around {
        Around {
            conversation: Some(Arc::clone(&self.about)),
            model: self.model.clone(),
            agent: self.agent.clone(),
            invoker: None,
            invoking_op: None,
            without_content: !self.about.include_content,
        }
    }

    /// The turn that the next one ends, while it is open.
    pub(super) fn turn(&self) -> Option<Arc<LiveCall>> {
        self.lock().upgrade().filter(|turn| turn.is_open())
    }

    /// Ends the turn that is open.
    pub(super) fn end_turn(&self) {
        self.replace_turn(Weak::new());
    }

    /// Makes this the turn that the next one ends. Another that was started at the same time ends now.
    pub(super) fn set_turn(&self, turn: &Arc<LiveCall>) {
        self.replace_turn(Arc::downgrade(turn));
    }

    fn replace_turn(&self, turn: Weak<LiveCall>) {
        let before = std::mem::replace(&mut *self.lock(), turn).upgrade();
        if let Some(turn) = before {
            turn.close(|_| Ending::SUCCESS);
        }
    }

    /// Makes calls go where this conversation's go, until dropped, when here they would go elsewhere.
    pub(super) fn follow(&self) -> Option<Attached> {
        let own = self.lane.as_ref().filter(|lane| !lane.recorder.is_closed())?;
        let ambient = start::ambient()?;
        if start::lane_in(&ambient).is_some_and(|lane| Arc::ptr_eq(&lane.recorder, &own.recorder)) {
            return None;
        }
        let parent = ambient.parent();
        let surroundings =
            Surroundings { lane: Some(Arc::clone(own)), ..Surroundings::inside(ambient.surroundings, parent) };
        Some(Attached::new(context::with_surroundings(surroundings), None))
    }

    fn lock(&self) -> MutexGuard<'_, Weak<LiveCall>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LiveConversation {
    fn drop(&mut self) {
        self.recorder.conversations.forget(self.id());
    }
}

/// What is said stays out.
impl std::fmt::Debug for LiveConversation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveConversation").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// The conversations of a recorder that were started and are still held, so that a turn finds the one of its id.
#[derive(Default)]
pub(in crate::recording) struct Conversations(Mutex<Known>);

/// By their ids, each in the order of their start.
type Known = HashMap<String, Vec<Weak<LiveConversation>>>;

impl Conversations {
    pub(super) fn add(&self, conversation: &Arc<LiveConversation>) {
        self.lock().entry(conversation.id().to_owned()).or_default().push(Arc::downgrade(conversation));
    }

    /// The one of this id that was started last.
    pub(super) fn find(&self, id: &str) -> Option<Arc<LiveConversation>> {
        self.lock().get(id)?.iter().rev().find_map(Weak::upgrade)
    }

    /// Forgets those of this id that nobody holds.
    fn forget(&self, id: &str) {
        let mut known = self.lock();
        if let Some(conversations) = known.get_mut(id) {
            conversations.retain(|conversation| conversation.strong_count() > 0);
            if conversations.is_empty() {
                known.remove(id);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
