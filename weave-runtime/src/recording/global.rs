//! The recorder of the process, and whether anybody listens at all.

use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::recorder::Recorder;

/// Recorders that take calls: that of the process, and those of tests. Zero is the one check of a program without any.
/// With [`SWITCHED_OFF`] it is negative, so that the same check finds nobody.
static LISTENERS: AtomicIsize = AtomicIsize::new(0);

const SWITCHED_OFF: isize = isize::MIN;

/// Changes with each installation, so that threads notice that their lane is of yesterday.
static GENERATION: AtomicUsize = AtomicUsize::new(0);

static INSTALLED: RwLock<Option<Arc<Recorder>>> = RwLock::new(None);

/// Whether any recorder takes calls that start now: one relaxed load. Constant `false` under `--cfg weave_off`.
#[inline(always)]
pub(crate) fn is_listening() -> bool {
    !cfg!(weave_off) && LISTENERS.load(Ordering::Relaxed) > 0
}

/// Whether there are recorders, even if calls that start now are not recorded: those that are open go on, and so does
/// what surrounds them.
pub(super) fn has_listeners() -> bool {
    !cfg!(weave_off) && LISTENERS.load(Ordering::Relaxed) & !SWITCHED_OFF != 0
}

/// Switches recording off or on again, for the whole process and from now on.
///
/// While it is off an annotated function is the plain function behind one test of an atomic. Calls that are open then go
/// on and are recorded when they end; calls that start below them are not. For a part of the program there is
/// [`scope().disabled()`](crate::Scope::disabled), for all of its life [`Builder::disabled`](crate::Builder::disabled).
///
/// ```
/// #[weave::op]
/// fn work(n: u32) {}
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     work(1);
///     weave::set_enabled(false);
///     work(2);
///     weave::set_enabled(true);
///     work(3);
/// });
/// assert_eq!(recorder.tree().outline(), "work(n: 1)\nwork(n: 3)");
/// ```
pub fn set_enabled(enabled: bool) {
    if enabled {
        LISTENERS.fetch_and(!SWITCHED_OFF, Ordering::Relaxed);
    } else {
        LISTENERS.fetch_or(SWITCHED_OFF, Ordering::Relaxed);
    }
}

/// What [`set_enabled`] said last; `true` before it said anything. Whether a client runs is another question, which
/// [`health`](crate::health) answers.
///
/// ```
/// assert!(weave::is_enabled());
/// ```
#[must_use]
pub fn is_enabled() -> bool {
    LISTENERS.load(Ordering::Relaxed) & SWITCHED_OFF == 0
}

pub(super) fn generation() -> usize {
    GENERATION.load(Ordering::Acquire)
}

/// The recorder of the process.
pub(super) fn installed() -> Option<Arc<Recorder>> {
    INSTALLED.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Makes `recorder` that of the process.
pub(crate) fn install(recorder: Arc<Recorder>) {
    let mut installed = INSTALLED.write().unwrap_or_else(PoisonError::into_inner);
    *installed = Some(recorder);
    GENERATION.fetch_add(1, Ordering::Release);
    drop(installed);
    listen();
}

/// Takes a recorder away again. One that was installed after it stays.
pub(crate) fn uninstall(recorder: &Arc<Recorder>) {
    let mut installed = INSTALLED.write().unwrap_or_else(PoisonError::into_inner);
    if installed.as_ref().is_some_and(|installed| Arc::ptr_eq(installed, recorder)) {
        *installed = None;
        GENERATION.fetch_add(1, Ordering::Release);
    }
    drop(installed);
    unlisten();
}

/// One listener more.
pub(crate) fn listen() {
    LISTENERS.fetch_add(1, Ordering::Relaxed);
}

/// One listener less.
pub(crate) fn unlisten() {
    LISTENERS.fetch_sub(1, Ordering::Relaxed);
}
