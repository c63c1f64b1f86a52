//! Tokio tasks that stay in the current call.

use std::future::Future;

use tokio::task::{AbortHandle, JoinError, JoinHandle};

use super::propagate::{InCurrentCall, bind};

/// Spawns a Tokio task whose calls nest under the current one, also when that ends before the task does.
///
/// ```
/// #[weave::op]
/// async fn child(n: u32) -> u32 {
///     n + 1
/// }
///
/// #[weave::op]
/// async fn parent() -> u32 {
///     weave::spawn(child(1)).await.unwrap()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let recorder = weave::testing::Recorder::new();
/// recorder.wrap(parent()).await;
/// assert_eq!(recorder.tree().outline(), "parent() -> 2\n└─ child(n: 1) -> 2");
/// # }
/// ```
///
/// # Panics
///
/// Outside of a Tokio runtime, as [`tokio::spawn`] does.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(future.in_current_call())
}

/// Runs `body` on Tokio's pool for blocking work, its calls nested under the current one.
///
/// # Panics
///
/// Outside of a Tokio runtime, as [`tokio::task::spawn_blocking`] does.
#[track_caller]
pub fn spawn_blocking<F, R>(body: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    tokio::task::spawn_blocking(bind(body))
}

/// Spawns a task that stays on this thread, which its future need not be `Send` for; its calls nest under the current one.
///
/// ```
/// #[weave::op(skip_all)]
/// async fn child(shared: std::rc::Rc<u32>) -> u32 {
///     *shared + 1
/// }
///
/// #[weave::op]
/// async fn parent() -> u32 {
///     weave::spawn_local(child(std::rc::Rc::new(1))).await.unwrap()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let recorder = weave::testing::Recorder::new();
/// tokio::task::LocalSet::new().run_until(recorder.wrap(parent())).await;
/// assert_eq!(recorder.tree().outline(), "parent() -> 2\n└─ child() -> 2");
/// # }
/// ```
///
/// # Panics
///
/// Outside of a [`LocalSet`](tokio::task::LocalSet), as [`tokio::task::spawn_local`] does.
#[track_caller]
pub fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: 'static> + 'static,
{
    tokio::task::spawn_local(future.in_current_call())
}

/// A [`tokio::task::JoinSet`] whose tasks nest under the call that is current when each is spawned.
///
/// ```
/// #[weave::op]
/// async fn square(n: u32) -> u32 {
///     n * n
/// }
///
/// #[weave::op]
/// async fn sum() -> u32 {
///     let mut set = weave::JoinSet::new();
///     for n in 1..=3 {
///         set.spawn(square(n));
///     }
///     set.join_all().await.into_iter().sum()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let recorder = weave::testing::Recorder::new();
/// assert_eq!(recorder.wrap(sum()).await, 14);
/// assert_eq!(recorder.calls().len(), 4);
/// # }
/// ```
#[derive(Debug, Default)]
pub struct JoinSet<T>(tokio::task::JoinSet<T>);

impl<T: 'static> JoinSet<T> {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self(tokio::task::JoinSet::new())
    }

    /// The number of tasks that have not been joined.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether every task has been joined.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Spawns a task that stays on this thread, its calls nested under the current one.
    ///
    /// # Panics
    ///
    /// Outside of a [`LocalSet`](tokio::task::LocalSet).
    #[track_caller]
    pub fn spawn_local(&mut self, future: impl Future<Output = T> + 'static) -> AbortHandle {
        self.0.spawn_local(future.in_current_call())
    }

    /// Waits for the next task to end; `None` when there are no more.
    ///
    /// # Errors
    ///
    /// Inside the `Some`: that the task panicked or was aborted.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.0.join_next().await
    }

    /// The next task that has ended already; `None` when there is none now.
    pub fn try_join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.0.try_join_next()
    }

    /// Waits for all tasks and returns their results in the order in which they ended.
    ///
    /// # Panics
    ///
    /// When a task panicked, with its panic.
    pub async fn join_all(self) -> Vec<T> {
        self.0.join_all().await
    }

    /// Aborts all tasks and waits for them.
    pub async fn shutdown(&mut self) {
        self.0.shutdown().await;
    }

    /// Aborts all tasks.
    pub fn abort_all(&mut self) {
        self.0.abort_all();
    }

    /// Lets all tasks run on without being joined.
    pub fn detach_all(&mut self) {
        self.0.detach_all();
    }

    /// The Tokio set inside, for what this type does not offer. Its `spawn` does not carry the current call.
    #[must_use]
    pub fn into_inner(self) -> tokio::task::JoinSet<T> {
        self.0
    }
}

impl<T: Send + 'static> JoinSet<T> {
    /// Spawns a task whose calls nest under the current one.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    #[track_caller]
    pub fn spawn(&mut self, future: impl Future<Output = T> + Send + 'static) -> AbortHandle {
        self.0.spawn(future.in_current_call())
    }

    /// As [`spawn`](Self::spawn), for blocking work.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    #[track_caller]
    pub fn spawn_blocking(&mut self, body: impl FnOnce() -> T + Send + 'static) -> AbortHandle {
        self.0.spawn_blocking(bind(body))
    }
}
