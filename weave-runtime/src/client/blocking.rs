//! The client for code that is not async.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;

use super::calls::Calls;
use super::conversations::{self, Conversations};
use super::ops::{self, Ops};
use super::reading::Reading;
use crate::chat::Chat;
use crate::error::Error;
use crate::id::{CallId, TraceId};
use crate::query::{AgentSummary, ConversationSummary, OpHistory, ThreadSummary, TurnSummary};
use crate::record::{CallRecord, TraceRecord};
use crate::store::Reader;

/// A [`Client`](crate::Client) whose questions wait for their answer. Made by
/// [`Client::blocking`](crate::Client::blocking).
///
/// Works anywhere, also on a thread of an async runtime, which then waits, too.
///
/// ```no_run
/// let client = weave::Client::local(".weave").blocking();
///
/// let failed = client.calls().status(weave::Status::Error).count()?;
/// println!("{failed} calls failed");
/// # Ok::<(), weave::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BlockingClient {
    reading: Arc<Reading>,
}

impl BlockingClient {
    pub(super) fn new(reading: Arc<Reading>) -> Self {
        Self { reading }
    }

    /// Where the store is that this reads, as for [`Client::dir`](crate::Client::dir).
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.reading.dir()
    }

    /// Starts a question about calls.
    pub fn calls(&self) -> Calls<Self> {
        Calls::new(self.clone())
    }

    /// Starts a question about ops, as [`Client::ops`](crate::Client::ops).
    pub fn ops(&self) -> Ops<Self> {
        Ops::new(self.clone())
    }

    /// The op with an [identity](crate::Op::identity).
    ///
    /// # Errors
    ///
    /// As for [`Client::op`](crate::Client::op).
    pub fn op(&self, identity: &str) -> Result<OpHistory, Error> {
        match self.ops().identity(identity).list()?.pop() {
            Some(found) => Ok(found),
            None => Err(ops::missing(identity, self.dir(), &self.ops().name(identity).list()?)),
        }
    }

    /// The call with an id.
    ///
    /// # Errors
    ///
    /// As for [`Client::call`](crate::Client::call).
    pub fn call(&self, id: CallId) -> Result<CallRecord, Error> {
        self.ask(move |reader| reader.call(id))
    }

    /// A trace: its calls in the order in which they started, and the name, tags and metadata that they gave it. Without
    /// calls when there is no such trace. Turns that were started in it come with it.
    ///
    /// # Errors
    ///
    /// As for [`Calls::list`].
    pub fn trace(&self, id: TraceId) -> Result<TraceRecord, Error> {
        Ok(TraceRecord::new(id, self.ask(move |reader| reader.trace(id))?))
    }

    /// The threads of conversation, as for [`Client::threads`](crate::Client::threads).
    ///
    /// # Errors
    ///
    /// As for [`Calls::list`].
    pub fn threads(&self) -> Result<Vec<ThreadSummary>, Error> {
        self.ask(Reader::threads)
    }

    /// Starts a question about conversations, as [`Client::conversations`](crate::Client::conversations).
    pub fn conversations(&self) -> Conversations<Self> {
        Conversations::new(self.clone())
    }

    /// The conversation with an id.
    ///
    /// # Errors
    ///
    /// As for [`Client::conversation`](crate::Client::conversation).
    pub fn conversation(&self, id: &str) -> Result<ConversationSummary, Error> {
        let id = id.to_owned();
        self.ask(move |reader| reader.conversation(&id))
    }

    /// The turns of a conversation, in order.
    ///
    /// # Errors
    ///
    /// As for [`Client::conversation`](crate::Client::conversation).
    pub fn turns(&self, conversation: &str) -> Result<Vec<TurnSummary>, Error> {
        let id = conversation.to_owned();
        self.ask(move |reader| reader.turns(&id))
    }

    /// A trace as a chat, as for [`Client::chat`](crate::Client::chat).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn chat(&self, trace: TraceId) -> Result<Chat, Error> {
        let chat = Chat::new(self.calls().trace(trace).list()?);
        if chat.turns.is_empty() { Err(conversations::silent(trace, self.dir())) } else { Ok(chat) }
    }

    /// A conversation as a chat, all its turns in order.
    ///
    /// # Errors
    ///
    /// As for [`Client::conversation`](crate::Client::conversation).
    pub fn conversation_chat(&self, id: &str) -> Result<Chat, Error> {
        self.conversation(id)?;
        Ok(conversations::chat(id, self.calls().conversation(id).list()?))
    }

    /// The agents, as for [`Client::agents`](crate::Client::agents).
    ///
    /// # Errors
    ///
    /// As for [`Calls::list`].
    pub fn agents(&self) -> Result<Vec<AgentSummary>, Error> {
        self.ask(Reader::agents)
    }

    pub(super) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Reader) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = mpsc::sync_channel(1);
        self.reading.ask(question, move |result| {
            // The receiver below is there until it has the answer.
            let _ = answer.send(result);
        })?;
        answered.recv().unwrap_or_else(|_| Err(self.reading.lost()))
    }
}
