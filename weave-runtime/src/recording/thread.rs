//! Threads that stay in the current call, as `std::thread` starts them.
//!
//! A thread that `std::thread::spawn` starts knows nothing of the call that started it: its calls are roots. Those of this
//! module nest below that call, also when it has ended before the thread does. For threads that somebody else starts, such
//! as those of a pool, there are [`bind`](crate::bind) and [`Context`](crate::Context).
//!
//! ```
//! #[weave::op]
//! fn part(n: u32) -> u32 {
//!     n * 10
//! }
//!
//! #[weave::op]
//! fn whole(numbers: &[u32]) -> u32 {
//!     weave::thread::scope(|threads| {
//!         let parts: Vec<_> = numbers.iter().map(|n| threads.spawn(|| part(*n))).collect();
//!         parts.into_iter().map(|part| part.join().unwrap()).sum()
//!     })
//! }
//!
//! let recorder = weave::testing::Recorder::new();
//! assert_eq!(recorder.run(|| whole(&[1, 2])), 30);
//! assert_eq!(
//!     recorder.tree().sorted().outline(),
//!     "whole(numbers: [1,2]) -> 30\n├─ part(n: 1) -> 10\n└─ part(n: 2) -> 20"
//! );
//! ```

use std::io;
use std::thread::{JoinHandle, ScopedJoinHandle};

use super::propagate::bind;

/// Starts a thread whose calls nest under the current one. As [`std::thread::spawn`] otherwise.
///
/// ```
/// #[weave::op]
/// fn child() -> u32 {
///     1
/// }
///
/// #[weave::op]
/// fn parent() -> u32 {
///     weave::thread::spawn(child).join().unwrap()
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(parent);
/// assert_eq!(recorder.tree().outline(), "parent() -> 1\n└─ child() -> 1");
/// ```
///
/// # Panics
///
/// When the system has no more threads, as [`std::thread::spawn`] does; [`Builder`] gives an error instead.
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    std::thread::spawn(bind(body))
}

/// Runs `body`, which may start threads that borrow what is around it, and waits for all of them. As
/// [`std::thread::scope`], with calls that nest under the one that is current where each thread is started.
///
/// What `body` is given is a copy and no reference: a thread that starts others takes it with `move`.
///
/// ```
/// #[weave::op]
/// fn leaf(n: u32) {}
///
/// #[weave::op]
/// fn tree() {
///     weave::thread::scope(|threads| {
///         threads.spawn(move || {
///             leaf(1);
///             threads.spawn(|| leaf(2));
///         });
///     });
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(tree);
/// assert_eq!(recorder.tree().outline(), "tree()\n├─ leaf(n: 1)\n└─ leaf(n: 2)");
/// ```
///
/// # Panics
///
/// When a thread panicked that was not joined, as [`std::thread::scope`] does.
#[track_caller]
pub fn scope<'env, F, T>(body: F) -> T
where
    F: for<'scope> FnOnce(Scope<'scope, 'env>) -> T,
{
    std::thread::scope(|scope| body(Scope(scope)))
}

/// Starts threads that end with the [`scope`] they belong to.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'scope, 'env: 'scope>(&'scope std::thread::Scope<'scope, 'env>);

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread in the scope, its calls nested under the current one. See [`scope`] for an example.
    ///
    /// # Panics
    ///
    /// When the system has no more threads; [`Builder::spawn_scoped`] gives an error instead.
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.0.spawn(bind(body))
    }
}

/// A thread with a name or a stack of its own, as [`std::thread::Builder`] makes it.
///
/// ```
/// #[weave::op]
/// fn index() -> Option<String> {
///     std::thread::current().name().map(str::to_owned)
/// }
///
/// #[weave::op]
/// fn parent() -> std::io::Result<()> {
///     let indexer = weave::thread::Builder::new().name("indexer").stack_size(256 << 10).spawn(index)?;
///     assert_eq!(indexer.join().unwrap().as_deref(), Some("indexer"));
///     Ok(())
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(parent)?;
/// assert!(recorder.tree().outline().ends_with("\n└─ index() -> \"indexer\""));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder starts no thread until `spawn`"]
pub struct Builder(std::thread::Builder);

impl Builder {
    /// A thread as [`spawn`] starts it.
    #[expect(clippy::new_without_default, reason = "std's has none either")]
    pub fn new() -> Self {
        Self(std::thread::Builder::new())
    }

    /// Names the thread, which panics and debuggers show.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self(self.0.name(name.into()))
    }

    /// The size of its stack, in bytes.
    pub fn stack_size(self, bytes: usize) -> Self {
        Self(self.0.stack_size(bytes))
    }

    /// Starts the thread, its calls nested under the current one.
    ///
    /// # Errors
    ///
    /// When the system has no more threads.
    ///
    /// # Panics
    ///
    /// When the name has a null character.
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.0.spawn(bind(body))
    }

    /// Starts the thread in a [`scope`].
    ///
    /// # Errors
    ///
    /// When the system has no more threads.
    ///
    /// # Panics
    ///
    /// When the name has a null character.
    #[track_caller]
    pub fn spawn_scoped<'scope, F, T>(
        self,
        scope: Scope<'scope, '_>,
        body: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.0.spawn_scoped(scope.0, bind(body))
    }
}
