//! A region of code with settings of its own for the calls inside.

use std::future::Future;
use std::sync::{Arc, Mutex};

use futures_core::Stream;
use serde::Serialize;
use serde_json::Map;

use super::context::{self, Ambient, Attached};
use super::global;
use super::in_context::InContext;
use super::local::Quiet;
use super::propagate::Context;
use super::scope::Surroundings;
use crate::value::{self, Limits};

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
    let surroundings = global::is_listening().then(|| {
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
            let _quiet = Quiet::enter();
            let mut text = String::new();
            value::write(&mut text, &value, &Limits::default().without_content());
            let attributes = surroundings.attributes.get_or_insert_with(|| Arc::new(Map::new()));
            Arc::make_mut(attributes).insert(key.into(), serde_json::from_str(&text).unwrap_or_default());
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
            surroundings.next_name = Mutex::new(Some(name.into()));
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
