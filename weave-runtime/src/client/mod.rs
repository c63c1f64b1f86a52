//! Reading back what was recorded.

mod blocking;
mod calls;
mod conversations;
mod ops;
mod reading;
#[cfg(feature = "local")]
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_channel::oneshot;

pub use blocking::BlockingClient;
pub use calls::Calls;
pub use conversations::Conversations;
pub use ops::Ops;

use crate::chat::Chat;
use crate::error::Error;
use crate::id::{CallId, TraceId};
use crate::query::{AgentSummary, ConversationSummary, OpHistory, ThreadSummary, TurnSummary};
use crate::record::{CallRecord, TraceRecord};
use crate::store::Reader;
use reading::Reading;

/// Reads recorded calls.
///
/// Cheap to clone and needs no async runtime: a thread of its own reads, from the first question until the last clone is
/// dropped. It sees what other processes write, while they write it. [`blocking`](Self::blocking) has the same questions
/// for code that is not async.
///
/// ```
/// # async fn example() -> Result<(), weave::Error> {
/// let client = weave::Client::local(".weave");
///
/// for call in client.calls().status(weave::Status::Error).limit(10).list().await? {
///     println!("{call}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    reading: Arc<Reading>,
}

impl Client {
    /// Reads the local store in a directory.
    ///
    /// Nothing is opened before the first question. When there is no store then, the question is answered by an error
    /// that [`is_not_found`](Error::is_not_found), and the next question looks again.
    ///
    /// ```
    /// let client = weave::Client::local("/no/such/directory").blocking();
    ///
    /// let error = client.calls().list().unwrap_err();
    /// assert!(error.is_not_found() || error.is_feature());
    /// assert!(error.to_string().contains("/no/such/directory"));
    /// ```
    #[must_use]
    pub fn local(dir: impl AsRef<Path>) -> Self {
        Self::reading(dir.as_ref().to_owned(), None)
    }

    /// As [`local`](Self::local), and runs `before_read` on the reading thread before each question is answered.
    #[allow(dead_code, reason = "for the client of a recording process")]
    pub(crate) fn attached(dir: impl AsRef<Path>, before_read: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self::reading(dir.as_ref().to_owned(), Some(before_read))
    }

    fn reading(dir: PathBuf, before_read: Option<Arc<dyn Fn() + Send + Sync>>) -> Self {
        Self { reading: Arc::new(Reading::new(dir, before_read)) }
    }

    /// Where the store is that this reads, as it was given: the path of the directory.
    ///
    /// ```
    /// let client = weave::Client::local(".weave");
    /// assert_eq!(client.dir(), std::path::Path::new(".weave"));
    /// ```
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.reading.dir()
    }

    /// The same client for code that is not async.
    #[must_use]
    pub fn blocking(&self) -> BlockingClient {
        BlockingClient::new(Arc::clone(&self.reading))
    }

    /// Starts a question about calls.
    pub fn calls(&self) -> Calls<Self> {
        Calls::new(self.clone())
    }

    /// Starts a question about ops: the functions that were recorded, with their versions.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), weave::Error> {
    /// for op in weave::client().ops().list().await? {
    ///     println!("{op}"); // shop.buy 2 versions, 18 calls
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn ops(&self) -> Ops<Self> {
        Ops::new(self.clone())
    }

    /// The op with an [identity](crate::Op::identity), which is more than its name; [`Ops::name`] finds those of a name.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), weave::Error> {
    /// let op = weave::client().op("shop.buy").await?;
    /// println!("{} calls of {} versions", op.calls, op.versions.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such op, else as for [`Ops::list`].
    pub async fn op(&self, identity: &str) -> Result<OpHistory, Error> {
        match self.ops().identity(identity).list().await?.pop() {
            Some(found) => Ok(found),
            None => Err(ops::missing(identity, self.dir(), &self.ops().name(identity).list().await?)),
        }
    }

    /// The call with an id.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such call, or no store;
    /// [`is_store`](Error::is_store) when the store cannot be read; [`is_feature`](Error::is_feature) without the
    /// feature `local`.
    pub async fn call(&self, id: CallId) -> Result<CallRecord, Error> {
        self.ask(move |reader| reader.call(id)).await
    }

    /// A trace: its calls in the order in which they started, and the name, tags and metadata that they gave it. Without
    /// calls when there is no such trace. Turns that were started in it, which have traces of their own, come with it.
    ///
    /// ```no_run
    /// # async fn example(id: weave::TraceId) -> Result<(), weave::Error> {
    /// let trace = weave::client().trace(id).await?;
    /// println!("{:?} {:?}", trace.name(), trace.tags());
    /// println!("{}", weave::CallTree::new(trace));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Calls::list`].
    pub async fn trace(&self, id: TraceId) -> Result<TraceRecord, Error> {
        Ok(TraceRecord::new(id, self.ask(move |reader| reader.trace(id)).await?))
    }

    /// The threads of conversation, those in which something happened last first. Their calls are found by
    /// [`Calls::thread`].
    ///
    /// # Errors
    ///
    /// As for [`Calls::list`].
    pub async fn threads(&self) -> Result<Vec<ThreadSummary>, Error> {
        self.ask(Reader::threads).await
    }

    /// Starts a question about conversations: with whom, how long, at what price in tokens.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), weave::Error> {
    /// for conversation in weave::client().conversations().limit(20).list().await? {
    ///     println!("{conversation}"); // chat-7 "Weather" 2 turns, 9 calls, 1,240 tokens
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn conversations(&self) -> Conversations<Self> {
        Conversations::new(self.clone())
    }

    /// The conversation with an id.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such conversation: it names those that may be meant. Else as
    /// for [`Conversations::list`].
    pub async fn conversation(&self, id: &str) -> Result<ConversationSummary, Error> {
        let id = id.to_owned();
        self.ask(move |reader| reader.conversation(&id)).await
    }

    /// The turns of a conversation, in order.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), weave::Error> {
    /// for turn in weave::client().turns("chat-7").await? {
    ///     println!("{turn}"); // helper: "Weather in Paris?" -> "It is 21 °C." 5 calls, 35 tokens
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`conversation`](Self::conversation).
    pub async fn turns(&self, conversation: &str) -> Result<Vec<TurnSummary>, Error> {
        let id = conversation.to_owned();
        self.ask(move |reader| reader.turns(&id)).await
    }

    /// A trace as a chat: what was said in its turn, with the tools that were called.
    ///
    /// ```no_run
    /// # async fn example(id: weave::TraceId) -> Result<(), weave::Error> {
    /// println!("{}", weave::client().chat(id).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such trace, or none of its calls is one of an agent. Else as for
    /// [`Calls::list`].
    pub async fn chat(&self, trace: TraceId) -> Result<Chat, Error> {
        let chat = Chat::new(self.calls().trace(trace).list().await?);
        if chat.turns.is_empty() { Err(conversations::silent(trace, self.dir())) } else { Ok(chat) }
    }

    /// A conversation as a chat, all its turns in order.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), weave::Error> {
    /// println!("{}", weave::client().conversation_chat("chat-7").await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`conversation`](Self::conversation).
    pub async fn conversation_chat(&self, id: &str) -> Result<Chat, Error> {
        self.conversation(id).await?;
        Ok(conversations::chat(id, self.calls().conversation(id).list().await?))
    }

    /// The agents, those that were asked last first.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), weave::Error> {
    /// for agent in weave::client().agents().await? {
    ///     println!("{agent}, {:?} each", agent.durations.mean);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Calls::list`].
    pub async fn agents(&self) -> Result<Vec<AgentSummary>, Error> {
        self.ask(Reader::agents).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Reader) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        self.reading.ask(question, move |result| {
            // Nobody waits any more: the future was dropped.
            let _ = answer.send(result);
        })?;
        answered.await.unwrap_or_else(|_| Err(self.reading.lost()))
    }
}
