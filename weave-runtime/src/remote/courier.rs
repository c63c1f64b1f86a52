//! The thread that sends: it may wait for a server as long as it takes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::notes::Note;
use super::outbox::Outbox;
use super::{Outcome, Sender};
use crate::error::Error;
use crate::pipeline::{Nudge, mark_ours};
use crate::recording::unseen;

/// For one request, unless the sender wants less.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How often to look again at what may have become possible.
const LOOK: Duration = Duration::from_secs(1);

/// What the thread of the sink and that of the courier share. The lock is held while the disk is read or written, never while
/// something is sent or said.
#[derive(Debug)]
pub(super) struct Shared {
    outbox: Mutex<Outbox>,
    wake: Condvar,
}

impl Shared {
    pub(super) fn new(outbox: Outbox) -> Self {
        Self { outbox: Mutex::new(outbox), wake: Condvar::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of the outbox, has the courier look at it, and says what was noted.
    pub(super) fn release(&self, mut outbox: MutexGuard<'_, Outbox>) {
        let notes = outbox.notes.take();
        drop(outbox);
        self.wake.notify_one();
        notes.into_iter().for_each(Note::say);
    }
}

/// Sends what is in an outbox.
pub(super) struct Courier {
    pub(super) shared: Arc<Shared>,
    pub(super) sender: Box<dyn Sender>,
    pub(super) nudge: Nudge,
}

impl Courier {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When the system has no more threads.
    pub(super) fn start(self, name: &str) -> Result<(), Error> {
        std::thread::Builder::new()
            .name(format!("weave-{name}-io"))
            .spawn(move || unseen(|| self.run()))
            .map(drop)
            .map_err(|error| {
                Error::delivery(format!("no thread could be started to send for the sink {name}")).because(error)
            })
    }

    fn run(mut self) {
        mark_ours();
        while let Some(sent) = self.send_next() {
            let mut outbox = self.shared.lock();
            outbox.settle(sent, Instant::now());
            let flushes = outbox.flush.is_some();
            self.shared.release(outbox);
            if flushes {
                self.nudge.nudge();
            }
        }
    }

    /// Waits for something to send, and sends it. `None` at the end.
    fn send_next(&mut self) -> Option<Outcome> {
        let mut outbox = self.shared.lock();
        let (route, items) = loop {
            if outbox.ends {
                return None;
            }
            let now = Instant::now();
            let was_idle = outbox.is_idle();
            outbox.look(now);
            let wait = outbox.retry.wait(now);
            if wait.is_none()
                && let Some(parcel) = outbox.next(|route| self.sender.most(route), now)
            {
                break (parcel.route, Arc::clone(&parcel.items));
            }
            if !was_idle && outbox.is_idle() {
                self.nudge.nudge();
            }
            let notes = outbox.notes.take();
            if !notes.is_empty() {
                drop(outbox);
                notes.into_iter().for_each(Note::say);
                outbox = self.shared.lock();
                continue;
            }
            // Nothing wakes it when a process that shares the store goes away.
            let patience = if outbox.has_more() { wait.unwrap_or(LOOK).min(LOOK) } else { super::next::LOOK };
            outbox = self.shared.wake.wait_timeout(outbox, patience).unwrap_or_else(PoisonError::into_inner).0;
        };
        drop(outbox);
        let sender = &mut self.sender;
        let sent = catch_unwind(AssertUnwindSafe(|| sender.send(route, &items, TIMEOUT)));
        // Should it ever panic, that is for something in one of the items.
        Some(sent.unwrap_or_else(|_| Outcome::Smaller(Error::delivery("sending it panicked: please report this"))))
    }
}
