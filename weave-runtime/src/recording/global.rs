//! The recorder of the process, and whether anybody listens at all.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::recorder::Recorder;

/// Recorders that take calls: that of the process, and those of tests. Zero is the one check of a program without any.
static LISTENERS: AtomicUsize = AtomicUsize::new(0);

/// Changes with each installation, so that threads notice that their lane is of yesterday.
static GENERATION: AtomicUsize = AtomicUsize::new(0);

static INSTALLED: RwLock<Option<Arc<Recorder>>> = RwLock::new(None);

/// Whether any recorder takes calls: one relaxed load. Constant `false` under `--cfg weave_off`.
#[inline(always)]
pub(crate) fn is_listening() -> bool {
    !cfg!(weave_off) && LISTENERS.load(Ordering::Relaxed) != 0
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
