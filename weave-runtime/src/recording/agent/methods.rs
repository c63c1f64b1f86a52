//! What every handle on a span can do.

/// Writes the methods of a handle whose field is an [`OpenSpan`](super::open_span::OpenSpan), for what is said of it.
macro_rules! span_handle {
    ($handle:ident, $said:ident) => {
        impl $handle {
            /// The span's id; `None` where nothing is recorded.
            #[must_use]
            pub fn id(&self) -> Option<crate::id::CallId> {
                self.0.handle().id()
            }

            /// The id of the trace that the span is part of.
            #[must_use]
            pub fn trace_id(&self) -> Option<crate::id::TraceId> {
                self.0.handle().trace_id()
            }

            /// Whether the span is open, so that what it is told is recorded.
            #[must_use]
            pub fn is_recording(&self) -> bool {
                self.0.handle().is_recording()
            }

            /// The span as a call: for its summary, and for manual calls below it.
            #[must_use]
            pub fn handle(&self) -> crate::recording::Call {
                self.0.handle()
            }

            /// Adds all that `more` says. What was said before of the same is replaced, lists too; what `more` leaves
            /// out stays.
            pub fn record(&self, more: impl Into<crate::genai::$said>) -> &Self {
                self.0.record(more.into());
                self
            }

            /// Sets an attribute of the span, replacing one with this key. At most 1,024 per span.
            pub fn set_attribute(&self, key: impl Into<String>, value: impl serde::Serialize) -> &Self {
                self.0.set_attribute(key.into(), &value);
                self
            }

            /// Notes that something happened now. `attributes` becomes an object; anything else is kept under `value`. At
            /// most 1,024 per span.
            pub fn add_event(&self, name: impl Into<String>, attributes: impl serde::Serialize) -> &Self {
                self.0.add_event(name.into(), &attributes, std::time::SystemTime::now());
                self
            }

            /// Notes that something happened at a time that is given.
            pub fn add_event_at(
                &self,
                name: impl Into<String>,
                attributes: impl serde::Serialize,
                at: std::time::SystemTime,
            ) -> &Self {
                self.0.add_event(name.into(), &attributes, at);
                self
            }

            /// Notes a failure, with an event `exception`. The span goes on, and counts as failed when it ends.
            pub fn error<E: std::fmt::Display + ?Sized>(&self, error: &E) -> &Self {
                self.0.error(error);
                self
            }

            /// Ends the span as failed. One that has ended stays as it is.
            pub fn fail<E: std::fmt::Display + ?Sized>(&self, error: &E) {
                self.0.fail(error);
            }

            /// Ends the span, for all clones of the handle. One that has ended stays as it is.
            pub fn end(&self) {
                self.0.end(None);
            }

            /// Ends the span at a time that is given. One before its start counts as the start.
            pub fn end_at(&self, time: std::time::SystemTime) {
                self.0.end(Some(time));
            }

            /// Makes the span current on this thread until the guard is dropped, which does not end it.
            pub fn enter(&self) -> crate::recording::Entered {
                self.0.enter()
            }

            /// Runs `body` with the span as the current one, which goes on after that.
            pub fn in_scope<R>(&self, body: impl FnOnce() -> R) -> R {
                let _entered = self.enter();
                body()
            }

            /// Polls `future` with the span as the current one, which goes on after that.
            pub fn wrap<F: std::future::Future>(&self, future: F) -> crate::recording::InContext<F> {
                self.0.wrap(future)
            }

            /// Polls `stream` with the span as the current one, which goes on after that.
            pub fn wrap_stream<S: futures_core::Stream>(&self, stream: S) -> crate::recording::InContext<S> {
                self.0.wrap(stream)
            }

            /// Runs `body` with the span as the current one, and ends it: as a success with what comes back, as failed
            /// when `body` panics, and as cancelled when the future is dropped before. The handle that `body` is given
            /// does not end the span when it is dropped.
            pub fn run<R>(self, body: impl AsyncFnOnce(Self) -> R) -> impl std::future::Future<Output = R> {
                let span = Self(self.0.unheld());
                self.0.run(async move { body(span).await }, |_, _| None)
            }

            /// As [`run`](Self::run); an `Err` ends the span as failed.
            ///
            /// # Errors
            ///
            /// Those of `body`.
            pub fn try_run<T, E: std::fmt::Display>(
                self,
                body: impl AsyncFnOnce(Self) -> Result<T, E>,
            ) -> impl std::future::Future<Output = Result<T, E>> {
                let span = Self(self.0.unheld());
                self.0.run(async move { body(span).await }, |result, limits| {
                    result.as_ref().err().map(|error| crate::value::describe_error(error, limits))
                })
            }
        }
    };
}

pub(super) use span_handle;
