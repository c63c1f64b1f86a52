//! Carrying the current call to where the work goes: closures, futures, streams.

use super::context::{self, Attached};
use super::global;
use super::in_context::InContext;
use super::remote;

/// The context of this moment: the current call with its surroundings. Cheap to clone, and may be sent anywhere.
///
/// What runs inside nests under the call, also when that has ended meanwhile. For one closure there is [`bind`], for a
/// future or stream [`in_current_call`](InCurrentCall::in_current_call).
///
/// ```
/// #[weave::op]
/// fn child(n: u32) -> u32 {
///     n + 1
/// }
///
/// #[weave::op]
/// fn parent() -> u32 {
///     let context = weave::Context::current();
///     std::thread::scope(|threads| threads.spawn(|| context.run(|| child(1))).join()).unwrap()
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(parent);
/// assert_eq!(recorder.tree().outline(), "parent() -> 2\n└─ child(n: 1) -> 2");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Context(Option<opentelemetry::Context>);

impl Context {
    /// The context of this thread, now.
    #[must_use]
    pub fn current() -> Self {
        // Where nobody listens, what came from elsewhere is still carried on.
        Self(if global::has_listeners() || remote::is_on_the_way() { context::snapshot() } else { None })
    }

    pub(super) fn of(context: opentelemetry::Context) -> Self {
        Self(Some(context))
    }

    pub(super) fn otel(&self) -> Option<&opentelemetry::Context> {
        self.0.as_ref()
    }

    /// A context with these surroundings and nothing else of ours: no call, no outer scope.
    pub(crate) fn fresh(surroundings: super::scope::Surroundings) -> Self {
        Self(Some(context::detached(surroundings)))
    }

    /// Runs `body` in this context.
    pub fn run<R>(&self, body: impl FnOnce() -> R) -> R {
        let _attached = self.0.clone().map(|context| Attached::new(context, None));
        body()
    }

    /// Polls a future or stream in this context.
    pub fn wrap<T>(&self, inner: T) -> InContext<T> {
        InContext::new(self.0.clone(), inner)
    }
}

/// A closure that runs in the context of this moment, for threads and pools.
///
/// ```
/// #[weave::op]
/// fn child() -> u32 {
///     1
/// }
///
/// #[weave::op]
/// fn parent() -> u32 {
///     std::thread::spawn(weave::bind(child)).join().unwrap()
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(parent);
/// assert_eq!(recorder.tree().outline(), "parent() -> 1\n└─ child() -> 1");
/// ```
pub fn bind<R, F: FnOnce() -> R>(body: F) -> impl FnOnce() -> R + use<R, F> {
    let context = Context::current();
    move || context.run(body)
}

/// Futures and streams that stay in the current call wherever they are polled.
pub trait InCurrentCall: Sized {
    /// Polls this in the context of now, in which it is also dropped. Needed where a future or stream leaves the task that
    /// makes it; `weave::spawn` does it by itself.
    ///
    /// ```
    /// use weave::InCurrentCall;
    ///
    /// #[weave::op]
    /// async fn child() -> u32 {
    ///     1
    /// }
    ///
    /// #[weave::op]
    /// async fn parent() -> u32 {
    ///     tokio::spawn(child().in_current_call()).await.unwrap()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.wrap(parent()).await;
    /// assert_eq!(recorder.tree().outline(), "parent() -> 1\n└─ child() -> 1");
    /// # }
    /// ```
    fn in_current_call(self) -> InContext<Self> {
        Context::current().wrap(self)
    }
}

impl<T> InCurrentCall for T {}
