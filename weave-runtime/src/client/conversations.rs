//! A question about conversations, built step by step.

use std::path::Path;
use std::time::SystemTime;

use super::{BlockingClient, Client};
use crate::chat::Chat;
use crate::error::Error;
use crate::id::TraceId;
use crate::query::{ConversationFilter, ConversationSummary};
use crate::record::{CallRecord, Timestamp};

/// A question about conversations. Made by [`Client::conversations`] or [`BlockingClient::conversations`]; the former's
/// answers are futures.
///
/// A conversation has to satisfy every condition.
///
/// ```no_run
/// let client = weave::Client::local(".weave").blocking();
///
/// for conversation in client.conversations().agent("helper").limit(20).list()? {
///     println!("{conversation}"); // chat-7 "Weather" 2 turns, 9 calls, 1,240 tokens
/// }
/// # Ok::<(), weave::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a question is asked by `list`"]
pub struct Conversations<C = Client> {
    client: C,
    filter: ConversationFilter,
}

impl<C> Conversations<C> {
    pub(super) fn new(client: C) -> Self {
        Self { client, filter: ConversationFilter::default() }
    }

    /// Conversations in which this agent had a part. Repeated: any of the agents.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.filter.agents.push(name.into());
        self
    }

    /// Conversations in which something happened at this time or later.
    pub fn since(mut self, time: SystemTime) -> Self {
        self.filter.since = Some(Timestamp::from_system_time(time));
        self
    }

    /// Conversations in which the last that happened was before this time.
    pub fn until(mut self, time: SystemTime) -> Self {
        self.filter.until = Some(Timestamp::from_system_time(time));
        self
    }

    /// At most so many conversations.
    pub fn limit(mut self, conversations: usize) -> Self {
        self.filter.limit = Some(conversations);
        self
    }

    /// Without the first so many conversations.
    pub fn offset(mut self, conversations: usize) -> Self {
        self.filter.offset = conversations;
        self
    }
}

impl Conversations<Client> {
    /// The conversations, those in which something happened last first.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no store, [`is_store`](Error::is_store) when it cannot be
    /// read, [`is_feature`](Error::is_feature) without the feature `local`. No matching conversation is no error.
    pub async fn list(self) -> Result<Vec<ConversationSummary>, Error> {
        let Self { client, filter } = self;
        client.ask(move |reader| reader.conversations(&filter)).await
    }
}

/// The same answer for code that is not async.
impl Conversations<BlockingClient> {
    /// The conversations, those in which something happened last first.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no store, [`is_store`](Error::is_store) when it cannot be
    /// read, [`is_feature`](Error::is_feature) without the feature `local`. No matching conversation is no error.
    pub fn list(self) -> Result<Vec<ConversationSummary>, Error> {
        let Self { client, filter } = self;
        client.ask(move |reader| reader.conversations(&filter))
    }
}

/// The turns of one conversation, out of the traces that have any of it.
pub(super) fn chat(id: &str, calls: Vec<CallRecord>) -> Chat {
    let mut chat = Chat::new(calls);
    chat.turns.retain(|turn| turn.conversation_id.as_deref().is_none_or(|other| other == id));
    chat
}

/// There is a store, and nothing of an agent in this trace of it.
pub(super) fn silent(trace: TraceId, dir: &Path) -> Error {
    Error::not_found(format!(
        "trace {trace} has no calls of agents in the store {}: `turns(..)` lists the traces of a conversation",
        dir.display()
    ))
}
