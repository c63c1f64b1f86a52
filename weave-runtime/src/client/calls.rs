//! A question about calls, built step by step.

use std::time::SystemTime;

use serde::Serialize;

use super::{BlockingClient, Client};
use crate::error::Error;
use crate::id::{CallId, TraceId};
use crate::query::{Filter, JsonMatch, OpCount, Sort, Totals};
use crate::record::{CallRecord, Kind, Status, Timestamp};

/// A question about calls: which ones, in which order, how many. Made by [`Client::calls`] or
/// [`BlockingClient::calls`]; the former's answers are futures.
///
/// A call has to satisfy every condition. [`op`](Self::op), [`op_identity`](Self::op_identity),
/// [`op_digest`](Self::op_digest), [`status`](Self::status), [`kind`](Self::kind), [`agent`](Self::agent) and
/// [`model`](Self::model) may be repeated and then mean "any of these"; the other conditions narrow further when repeated,
/// or, where a call has only one such value, the last one counts.
///
/// Unless [`sort`](Self::sort) says otherwise, the newest calls come first; within a [`trace`](Self::trace) or a
/// [`conversation`](Self::conversation), or below a [`parent`](Self::parent), the oldest.
///
/// ```no_run
/// # use std::time::{Duration, SystemTime};
/// let client = weave::Client::local(".weave").blocking();
///
/// let slowest = client
///     .calls()
///     .op("plan")
///     .status(weave::Status::Success)
///     .since(SystemTime::now() - Duration::from_secs(3600))
///     .input("city", "Rome")
///     .sort(weave::Sort::LongestFirst)
///     .first()?;
/// # Ok::<(), weave::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a question is asked by `list`, `first`, `count`, `count_by_op` or `totals`"]
pub struct Calls<C = Client> {
    client: C,
    filter: Filter,
}

impl<C> Calls<C> {
    pub(super) fn new(client: C) -> Self {
        Self { client, filter: Filter::default() }
    }

    /// Calls of the op with this name, see [`CallRecord::op_name`]. Repeated: of any of the ops.
    pub fn op(mut self, name: impl Into<String>) -> Self {
        self.filter.ops.push(name.into());
        self
    }

    /// Calls of the op with this [identity](crate::Op::identity), in all its versions. Repeated: of any of the ops.
    pub fn op_identity(mut self, identity: impl Into<String>) -> Self {
        self.filter.op_identities.push(identity.into());
        self
    }

    /// Calls of the version with this [digest](crate::Op::digest). Repeated: of any of the versions.
    ///
    /// Functions that are the same to the letter have the same digest: with
    /// [`op_identity`](Self::op_identity) it is one of them.
    pub fn op_digest(mut self, digest: impl Into<String>) -> Self {
        self.filter.op_digests.push(digest.into());
        self
    }

    /// Calls of one trace.
    pub fn trace(mut self, id: TraceId) -> Self {
        self.filter.trace = Some(id);
        self
    }

    /// The direct children of a call, or of a foreign span.
    pub fn parent(mut self, id: CallId) -> Self {
        self.filter.parent = Some(id);
        self
    }

    /// Calls without a parent.
    pub fn roots(mut self) -> Self {
        self.filter.roots = true;
        self
    }

    /// Calls that started at this time or later.
    pub fn since(mut self, time: SystemTime) -> Self {
        self.filter.since = Some(Timestamp::from_system_time(time));
        self
    }

    /// Calls that started before this time: with [`since`](Self::since), adjoining periods share no call.
    pub fn until(mut self, time: SystemTime) -> Self {
        self.filter.until = Some(Timestamp::from_system_time(time));
        self
    }

    /// Calls with this status. Repeated: with any of them.
    pub fn status(mut self, status: Status) -> Self {
        self.filter.statuses.push(status);
        self
    }

    /// Calls of this kind. Repeated: of any of them.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.filter.kinds.push(kind);
        self
    }

    /// Calls that have an attribute with this value, among those they started with or those set on the span.
    ///
    /// A dot in the key leads one level down or is part of a key, whichever the call has: `"http.method"` finds both
    /// `{"http.method": "GET"}` and `{"http": {"method": "GET"}}`. A number leads to an element of an array. The value is
    /// compared as JSON, `1` equals `1.0`; null has to be there to be equal to null.
    pub fn attribute(mut self, key: &str, value: impl Serialize) -> Self {
        match JsonMatch::new(key, &value) {
            Ok(wanted) => self.filter.attributes.push(wanted),
            Err(error) => self.filter.invalid = Some(error),
        }
        self
    }

    /// Calls that have an input with this value, by the name of the argument, or by a path into it as for
    /// [`attribute`](Self::attribute): `"messages.0.role"`.
    pub fn input(mut self, name: &str, value: impl Serialize) -> Self {
        match JsonMatch::new(name, &value) {
            Ok(wanted) => self.filter.inputs.push(wanted),
            Err(error) => self.filter.invalid = Some(error),
        }
        self
    }

    /// Calls of one thread of conversation.
    pub fn thread(mut self, id: impl Into<String>) -> Self {
        self.filter.thread = Some(id.into());
        self
    }

    /// Calls of one conversation: of all traces that have a call with its id, the ops in its turns included.
    ///
    /// ```no_run
    /// let client = weave::client().blocking();
    /// let tools = client.calls().conversation("chat-7").kind(weave::Kind::Tool).list()?;
    /// # Ok::<(), weave::Error>(())
    /// ```
    pub fn conversation(mut self, id: impl Into<String>) -> Self {
        self.filter.conversation = Some(id.into());
        self
    }

    /// Calls of an agent: its turns, its work for others, and the calls of models and tools in them. Repeated: of any of
    /// the agents.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.filter.agents.push(name.into());
        self
    }

    /// Calls that this model was asked for or answered, and turns that are to use it. Repeated: any of the models.
    pub fn model(mut self, name: impl Into<String>) -> Self {
        self.filter.models.push(name.into());
        self
    }

    /// Calls that began a turn of their thread of conversation.
    pub fn turns_only(mut self) -> Self {
        self.filter.turns = true;
        self
    }

    /// Calls of traces with this tag, see [`current_trace`](crate::current_trace). Repeated: with all of them.
    ///
    /// ```no_run
    /// let client = weave::client().blocking();
    /// let roots = client.calls().tag("beta").trace_metadata("user.id", "u1").roots().list()?;
    /// # Ok::<(), weave::Error>(())
    /// ```
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.filter.of_traces.tags.push(tag.into());
        self
    }

    /// Calls of traces whose metadata has this value, by a path as for [`attribute`](Self::attribute).
    pub fn trace_metadata(mut self, key: &str, value: impl Serialize) -> Self {
        match JsonMatch::new(key, &value) {
            Ok(wanted) => self.filter.of_traces.metadata.push(wanted),
            Err(error) => self.filter.invalid = Some(error),
        }
        self
    }

    /// Calls of traces with this name.
    pub fn trace_name(mut self, name: impl Into<String>) -> Self {
        self.filter.of_traces.name = Some(name.into());
        self
    }

    /// The order of the calls.
    pub fn sort(mut self, sort: Sort) -> Self {
        self.filter.sort = Some(sort);
        self
    }

    /// At most so many calls. Counts leave it out of account.
    pub fn limit(mut self, calls: usize) -> Self {
        self.filter.limit = Some(calls);
        self
    }

    /// Without the first so many calls. Counts leave it out of account.
    pub fn offset(mut self, calls: usize) -> Self {
        self.filter.offset = calls;
        self
    }

    fn checked(self) -> Result<(C, Filter), Error> {
        match self.filter.invalid {
            Some(error) => Err(error),
            None => Ok((self.client, self.filter)),
        }
    }
}

impl Calls<Client> {
    /// The calls with everything that was recorded of them.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no store, [`is_store`](Error::is_store) when it cannot be
    /// read, [`is_invalid`](Error::is_invalid) when a value to compare with is not JSON,
    /// [`is_feature`](Error::is_feature) without the feature `local`. No matching call is no error.
    pub async fn list(self) -> Result<Vec<CallRecord>, Error> {
        let (client, filter) = self.checked()?;
        client.ask(move |reader| reader.list(&filter)).await
    }

    /// The first call, by the order of this question.
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list).
    pub async fn first(self) -> Result<Option<CallRecord>, Error> {
        Ok(self.limit(1).list().await?.pop())
    }

    /// How many calls there are, whatever the limit and offset.
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list).
    pub async fn count(self) -> Result<u64, Error> {
        let (client, filter) = self.checked()?;
        client.ask(move |reader| reader.count(&filter)).await
    }

    /// How many calls of each op ended in each way, with their tokens; by name, whatever the order, limit and offset.
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list).
    pub async fn count_by_op(self) -> Result<Vec<OpCount>, Error> {
        let (client, filter) = self.checked()?;
        client.ask(move |reader| reader.count_by_op(&filter)).await
    }

    /// How many calls there are, how many of them failed, and their tokens, whatever the limit and offset.
    ///
    /// ```no_run
    /// # async fn example(trace: weave::TraceId) -> Result<(), weave::Error> {
    /// let totals = weave::client().calls().trace(trace).totals().await?;
    /// println!("{totals}"); // 18 calls, 2 errors, 1,240 tokens
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list).
    pub async fn totals(self) -> Result<Totals, Error> {
        let (client, filter) = self.checked()?;
        client.ask(move |reader| reader.totals(&filter)).await
    }
}

/// The same answers for code that is not async.
impl Calls<BlockingClient> {
    /// The calls with everything that was recorded of them.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no store, [`is_store`](Error::is_store) when it cannot be
    /// read, [`is_invalid`](Error::is_invalid) when a value to compare with is not JSON,
    /// [`is_feature`](Error::is_feature) without the feature `local`. No matching call is no error.
    pub fn list(self) -> Result<Vec<CallRecord>, Error> {
        let (client, filter) = self.checked()?;
        client.ask(move |reader| reader.list(&filter))
    }

    /// The first call, by the order of this question.
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list).
    pub fn first(self) -> Result<Option<CallRecord>, Error> {
        Ok(self.limit(1).list()?.pop())
    }

    /// How many calls there are, whatever the limit and offset.
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list).
    pub fn count(self) -> Result<u64, Error> {
        let (client, filter) = self.checked()?;
        client.ask(move |reader| reader.count(&filter))
    }

    /// How many calls of each op ended in each way, with their tokens; by name, whatever the order, limit and offset.
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list).
    pub fn count_by_op(self) -> Result<Vec<OpCount>, Error> {
        let (client, filter) = self.checked()?;
        client.ask(move |reader| reader.count_by_op(&filter))
    }

    /// How many calls there are, how many of them failed, and their tokens, whatever the limit and offset.
    ///
    /// # Errors
    ///
    /// As for [`list`](Self::list).
    pub fn totals(self) -> Result<Totals, Error> {
        let (client, filter) = self.checked()?;
        client.ask(move |reader| reader.totals(&filter))
    }
}
