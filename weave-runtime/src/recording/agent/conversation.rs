//! A handle on a conversation that goes on.

use std::future::Future;
use std::sync::Arc;

use futures_core::Stream;
use serde::{Serialize, Serializer};

use super::OpenTurn;
use super::begin::place_in;
use super::entered::Entered;
use super::live_conversation::LiveConversation;
use super::open_span::OpenSpan;
use super::place::Place;
use super::turn;
use crate::genai::{Conversation, Turn};
use crate::recording::context::{self, Ambient, Attached};
use crate::recording::in_context::InContext;
use crate::recording::propagate::Context;
use crate::recording::scope::Surroundings;
use crate::recording::{global, start};

/// Starts a conversation, given by its id or in full: what its turns have in common. It is no span itself.
///
/// Where no id is given one is made, of 32 hexadecimal digits. For as long as there is a handle on it, turns that name its
/// id are turns of it.
///
/// ```
/// use weave::Conversation;
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let chat = weave::start_conversation(Conversation::new().id("chat-7").agent("helper").model("gpt-4o"));
///     let turn = chat.start_turn("Weather in Paris?");
///     turn.start_llm("").output("It is 21 °C.");
///     turn.end();
///     chat.start_turn("And in Oslo?").output("I do not know.");
/// });
/// assert_eq!(recorder.traces().len(), 2);
/// assert!(recorder.calls().iter().all(|call| call.conversation_id() == Some("chat-7")));
/// assert!(recorder.calls().iter().all(|call| call.model() == Some("gpt-4o")));
/// ```
pub fn start_conversation(conversation: impl Into<Conversation>) -> OpenConversation {
    OpenConversation(started(conversation.into()))
}

/// [`start_conversation`], by the older word.
#[doc(alias = "session")]
pub fn start_session(conversation: impl Into<Conversation>) -> OpenConversation {
    start_conversation(conversation)
}

fn started(about: Conversation) -> Option<Arc<LiveConversation>> {
    if !global::is_listening() {
        return None;
    }
    let ambient = start::ambient()?;
    let lane = start::lane_in(&ambient)?;
    let conversation = LiveConversation::new(about, &lane, ambient.surroundings.as_deref());
    lane.recorder.conversations.add(&conversation);
    Some(conversation)
}

/// A conversation that goes on, from [`start_conversation`] or [`current_conversation`](crate::current_conversation). Cheap
/// to clone, and may be sent anywhere. Dropping it ends nothing: its turns end by their own handles, or by
/// [`end`](Self::end).
///
/// It serialises as its id.
#[doc(alias = "Session")]
#[derive(Clone, Debug)]
pub struct OpenConversation(pub(super) Option<Arc<LiveConversation>>);

impl OpenConversation {
    /// The id; `None` where nothing is recorded.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.0.as_ref().map(|conversation| conversation.id())
    }

    /// Starts a turn, given by the message of the user or in full. It ends the one that is open, unless it is
    /// [concurrent](Turn::concurrent).
    ///
    /// It is the first span of a trace of its own, unless the conversation
    /// [continues](Conversation::continue_parent_trace) that of where it is started.
    pub fn start_turn(&self, turn: impl Into<Turn>) -> OpenTurn {
        match &self.0 {
            Some(conversation) => turn::start_turn(turn.into(), Some(Arc::clone(conversation))),
            None => OpenTurn(OpenSpan::default()),
        }
    }

    /// The turn that is open, if one is that is not concurrent. The handle does not end it by being dropped.
    #[must_use]
    pub fn current_turn(&self) -> Option<OpenTurn> {
        self.0.as_ref()?.turn().map(|turn| OpenTurn(OpenSpan::looking_at(turn)))
    }

    /// Ends the turn that is open. Others may be started after that.
    pub fn end(&self) {
        if let Some(conversation) = &self.0 {
            conversation.end_turn();
        }
    }

    /// Makes the conversation current on this thread until the guard is dropped: turns that start are turns of it.
    pub fn enter(&self) -> Entered {
        Entered::new(self.context().otel().cloned().map(|context| Attached::new(context, None)))
    }

    /// Runs `body` with the conversation as the current one.
    pub fn in_scope<R>(&self, body: impl FnOnce() -> R) -> R {
        let _entered = self.enter();
        body()
    }

    /// Polls `future` with the conversation as the current one.
    pub fn wrap<F: Future>(&self, future: F) -> InContext<F> {
        self.context().wrap(future)
    }

    /// Polls `stream` with the conversation as the current one.
    pub fn wrap_stream<S: Stream>(&self, stream: S) -> InContext<S> {
        self.context().wrap(stream)
    }

    /// Runs `body` with the conversation as the current one, and ends its open turn after that, however that goes.
    ///
    /// ```
    /// # futures::executor::block_on(async {
    /// let recorder = weave::testing::Recorder::new();
    /// let chat = recorder.run(|| weave::start_conversation("chat-7"));
    /// chat.run(async |_| {
    ///     weave::start_turn("Hello").run(async |turn| _ = turn.output("Hi!")).await;
    /// })
    /// .await;
    /// assert_eq!(recorder.calls()[0].conversation_id(), Some("chat-7"));
    /// # });
    /// ```
    pub fn run<R>(self, body: impl AsyncFnOnce(Self) -> R) -> impl Future<Output = R> {
        let inside = self.context();
        async move {
            let ends = EndsTurn(self.clone());
            let result = inside.wrap(async move { body(self).await }).await;
            drop(ends);
            result
        }
    }

    /// The context of now, with the conversation in it.
    fn context(&self) -> Context {
        let Some(conversation) = self.0.as_ref().filter(|_| global::has_listeners()) else { return Context::current() };
        let _followed = conversation.follow();
        let ambient = Ambient::read();
        let (parent, outer) = (ambient.parent(), place_in(&ambient));
        // Spans that start below an agent's are in what that is in.
        let place = match outer.filter(|_| ambient.ancestry.has_agent()) {
            Some(outer) => outer.with_conversation(Arc::clone(conversation)),
            None => Place::in_conversation(Arc::clone(conversation)),
        };
        let agents = Some(Arc::new(place));
        let surroundings = Surroundings { agents, ..Surroundings::inside(ambient.surroundings, parent) };
        Context::of(context::with_surroundings(surroundings))
    }
}

impl Serialize for OpenConversation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.id().serialize(serializer)
    }
}

struct EndsTurn(OpenConversation);

impl Drop for EndsTurn {
    fn drop(&mut self) {
        self.0.end();
    }
}
