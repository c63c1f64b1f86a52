//! A region of code with settings of its own for the calls inside.

use std::future::Future;
use std::sync::{Arc, PoisonError};

use futures_core::Stream;
use serde::Serialize;
use serde_json::{Map, Value};

use super::context::{self, Ambient, Attached};
use super::global;
use super::in_context::InContext;
use super::json;
use super::propagate::Context;
use super::scope::{Next, Surroundings};
use super::turn::Boundary;
use crate::diagnostics;
use crate::record::Rate;
use crate::value::Limits;

/// Opens a scope: settings that every call inside inherits, also across the tasks and threads that carry the context.
///
/// ```
/// #[weave::op]
/// fn search(query: &str) -> usize {
///     query.len()
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     weave::scope().attribute("tenant", "acme").run(|| search("rust"));
///     weave::scope().disabled().run(|| search("not recorded"));
/// });
/// let calls = recorder.calls();
/// assert_eq!(calls.len(), 1);
/// assert_eq!(calls[0].attributes()["tenant"], "acme");
/// ```
pub fn scope() -> Scope {
    let surroundings = global::has_listeners().then(|| {
        let ambient = Ambient::read();
        let parent = ambient.parent();
        Surroundings::inside(ambient.surroundings, parent)
    });
    Scope(surroundings, None)
}

/// What [`scope`] is building. It has an effect only inside of what it runs or wraps.
#[derive(Debug)]
#[must_use = "a scope does nothing until it runs or wraps something"]
pub struct Scope(Option<Surroundings>, Option<Context>);

impl Scope {
    /// Gives every call inside an attribute, stronger than the op's and the client's, weaker than the call's own. One
    /// with the same key in a scope around is replaced.
    pub fn attribute(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        if let Some(surroundings) = &mut self.0 {
            let attributes = surroundings.attributes.get_or_insert_with(|| Arc::new(Map::new()));
            Arc::make_mut(attributes).insert(key.into(), attribute(&value));
        }
        self
    }

    /// Gives every call inside several attributes, as [`attribute`](Self::attribute) does one.
    ///
    /// ```
    /// #[weave::op]
    /// fn search() {}
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| weave::scope().attributes([("tenant", "acme"), ("region", "eu")]).run(search));
    /// assert_eq!(recorder.calls()[0].attributes()["region"], "eu");
    /// ```
    pub fn attributes(self, attributes: impl IntoIterator<Item = (impl Into<String>, impl Serialize)>) -> Self {
        attributes.into_iter().fold(self, |scope, (key, value)| scope.attribute(key, value))
    }

    /// Names the next call that starts inside, and only that one.
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        if let Some(surroundings) = &mut self.0 {
            next(surroundings).name = Some(name.into());
        }
        self
    }

    /// Gives the next call that starts inside an attribute, and only that one: those below it do not inherit it. It is
    /// stronger than those of scopes.
    ///
    /// ```
    /// #[weave::op]
    /// fn search() {}
    ///
    /// #[weave::op]
    /// fn answer() {
    ///     search();
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| weave::scope().call_attribute("attempt", 2).run(answer));
    /// let calls = recorder.calls();
    /// assert_eq!(calls[0].attributes()["attempt"], 2);
    /// assert!(calls[1].attributes().is_empty());
    /// ```
    pub fn call_attribute(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        if let Some(surroundings) = &mut self.0 {
            next(surroundings).attributes.insert(key.into(), attribute(&value));
        }
        self
    }

    /// Has the calls inside be part of the thread of conversation with this id.
    ///
    /// A call directly inside begins a turn, and those below it are part of that; several calls directly inside are several
    /// turns. See [`CallRecord::thread_id`](crate::CallRecord::thread_id) and
    /// [`CallRecord::turn_id`](crate::CallRecord::turn_id).
    ///
    /// ```
    /// #[weave::op]
    /// fn think() {}
    ///
    /// #[weave::op]
    /// fn answer(question: &str) {
    ///     think();
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| {
    ///     weave::scope().thread("chat-7").run(|| {
    ///         answer("who?");
    ///         answer("why?");
    ///     });
    /// });
    /// let calls = recorder.calls();
    /// let turns: Vec<_> = calls.iter().filter(|call| call.is_turn()).collect();
    /// assert_eq!(turns.len(), 2);
    /// assert!(calls.iter().all(|call| call.thread_id() == Some("chat-7")));
    /// assert_eq!(calls[1].turn_id(), Some(turns[0].id()));
    /// ```
    pub fn thread(self, id: impl Into<String>) -> Self {
        self.bounded(|| Some(id.into().into()))
    }

    /// As [`thread`](Self::thread), with an id that is made for it: [`thread_id`](Self::thread_id) tells which.
    pub fn new_thread(self) -> Self {
        self.bounded(|| Some(Boundary::fresh_id()))
    }

    /// Has the calls inside be part of no thread of conversation, whatever the scopes around say.
    pub fn no_thread(self) -> Self {
        self.bounded(|| None)
    }

    /// The thread of conversation that the calls inside are part of; `None` also where nothing is recorded.
    ///
    /// ```
    /// # let recorder = weave::testing::Recorder::new();
    /// # recorder.run(|| {
    /// let scope = weave::scope().new_thread();
    /// let id = scope.thread_id().unwrap().to_owned();
    /// assert_eq!(weave::scope().thread(&id).thread_id(), Some(id.as_str()));
    /// # });
    /// ```
    #[must_use]
    pub fn thread_id(&self) -> Option<&str> {
        self.0.as_ref()?.boundary.as_ref()?.thread.as_deref()
    }

    fn bounded(mut self, thread: impl FnOnce() -> Option<Arc<str>>) -> Self {
        if let Some(surroundings) = &mut self.0 {
            surroundings.boundary = Some(Boundary::new(thread()));
        }
        self
    }

    /// Records this share of the traces that begin inside, from 0 to 1: stronger than the op's own rate and the client's.
    /// A trace that has begun goes on as it did. What is no share changes nothing, and is warned of.
    ///
    /// ```
    /// #[weave::op]
    /// fn search() {}
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| (weave::scope().sample_rate(0.0).run(search), weave::scope().sample_rate(1.0).run(search)));
    /// assert_eq!(recorder.calls().len(), 1);
    /// ```
    pub fn sample_rate(mut self, share: f64) -> Self {
        if let Some(surroundings) = &mut self.0 {
            match Rate::new(share) {
                Some(rate) => surroundings.rate = Some(rate),
                None => diagnostics::warn(
                    "scope sample_rate",
                    &format!("the sample_rate of a scope is {share}: expected a number from 0 to 1"),
                ),
            }
        }
        self
    }

    /// Records all of the traces that begin inside, or none of them: [`sample_rate`](Self::sample_rate) with 1 or 0.
    pub fn sampled(mut self, sampled: bool) -> Self {
        if let Some(surroundings) = &mut self.0 {
            surroundings.rate = Some(if sampled { Rate::ALL } else { Rate::NONE });
        }
        self
    }

    /// Records nothing inside.
    pub fn disabled(mut self) -> Self {
        if let Some(surroundings) = &mut self.0 {
            surroundings.disabled = true;
        }
        self
    }

    /// Puts the scope into a context that is not the current one.
    pub(super) fn within(mut self, context: Context) -> Self {
        self.1 = Some(context);
        self
    }

    /// Runs `body` inside the scope.
    pub fn run<R>(self, body: impl FnOnce() -> R) -> R {
        let _attached = self.into_context().map(|context| Attached::new(context, None));
        body()
    }

    /// Polls `future` inside the scope.
    ///
    /// ```
    /// #[weave::op]
    /// async fn search(query: &str) -> usize {
    ///     query.len()
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.wrap(weave::scope().display_name("first").wrap(search("rust"))).await;
    /// # });
    /// ```
    pub fn wrap<F: Future>(self, future: F) -> InContext<F> {
        InContext::new(self.into_context(), future)
    }

    /// Polls `stream` inside the scope.
    pub fn wrap_stream<S: Stream>(self, stream: S) -> InContext<S> {
        InContext::new(self.into_context(), stream)
    }

    fn into_context(self) -> Option<opentelemetry::Context> {
        let outer = self.1.as_ref().and_then(Context::otel).cloned();
        let _attached = outer.clone().map(|context| Attached::new(context, None));
        self.0.map(context::with_surroundings).or(outer)
    }
}

fn attribute(value: &impl Serialize) -> Value {
    json::bounded(value, &Limits::default().without_content())
}

fn next(surroundings: &mut Surroundings) -> &mut Next {
    surroundings.next.get_mut().unwrap_or_else(PoisonError::into_inner)
}
