//! The outlet of a destination: encodes calls, keeps them, and has a courier send them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::courier::{Courier, Shared};
use super::notes::Notes;
use super::outbox::{Flush, Outbox};
use super::{Destination, Encoder, Item, Sender};
use crate::config::RemoteConfig;
use crate::error::Error;
use crate::pipeline::{Custody, Nudge, Outlet, Tick};
use crate::record::{CallRecord, Status};

/// Before the deadline of a flush, time to put on disk what is left.
const LONGEST_MARGIN: Duration = Duration::from_millis(500);

/// What earlier processes left may be much: such a part of a flush's time is for it.
const PART_FOR_LEFT: u32 = 3;

/// Of calls that got no item, the reason.
const NOT_ENCODED: &str = "no way was found to write it for this destination: please report this";

/// Delivers to a destination.
pub(super) struct Remote {
    name: &'static str,
    encoder: Box<dyn Encoder>,
    /// Until there is a courier.
    sender: Option<Box<dyn Sender>>,
    custody: Arc<Custody>,
    shared: Arc<Shared>,
    /// What has waited for so long is put on disk.
    grace: Duration,
}

impl Remote {
    pub(super) fn new(destination: Destination, config: &RemoteConfig) -> Self {
        let Destination { name, address, encoder, sender } = destination;
        let custody = Arc::<Custody>::default();
        let outbox = Outbox::new(Notes::new(name, address), Arc::clone(&custody), config);
        // A call waits for up to a flush interval before it comes here: after a second one it is to be durable.
        let grace = config.flush_interval.mul_f64(0.75);
        Self { name, encoder, sender: Some(sender), custody, shared: Arc::new(Shared::new(outbox)), grace }
    }
}

#[cfg(test)]
impl Remote {
    /// What is in memory.
    pub(super) fn bytes(&self) -> usize {
        self.shared.lock().bytes()
    }
}

impl Outlet for Remote {
    fn name(&self) -> &str {
        self.name
    }

    fn begin(&mut self, nudge: Nudge) -> Result<(), Error> {
        let Some(sender) = self.sender.take() else { return Ok(()) };
        Courier { shared: Arc::clone(&self.shared), sender, nudge }.start(self.name)
    }

    fn export(&mut self, calls: &[CallRecord]) -> Result<(), Error> {
        let mut items: Vec<Item> = Vec::new();
        self.encoder.encode(calls, &mut items);
        let ended = calls.iter().filter(|call| call.status != Status::Running).count() as u64;
        let encoded = items.iter().filter(|item| item.call.is_some()).count() as u64;
        let mut outbox = self.shared.lock();
        outbox.push(items, Instant::now());
        if encoded < ended {
            let error = Error::delivery(NOT_ENCODED);
            outbox.notes.refused(ended - encoded, &error);
            self.custody.update(|figures| {
                figures.failed += ended - encoded;
                figures.last_error = Some(error);
            });
        }
        self.shared.release(outbox);
        Ok(())
    }

    fn flush(&mut self, deadline: Instant) -> Option<Result<(), Error>> {
        let now = Instant::now();
        let left = deadline.saturating_duration_since(now);
        let until = now + left - (left / 10).min(LONGEST_MARGIN);
        let mut outbox = self.shared.lock();
        let until = outbox.flush.as_ref().map_or(until, |flush| flush.until.min(until));
        outbox.flush = Some(Flush { until, left_until: now + left / PART_FOR_LEFT, failures: 0, over: false });
        outbox.look(now);
        if outbox.is_idle() {
            outbox.flush = None;
            self.shared.release(outbox);
            return Some(Ok(()));
        }
        outbox.retry.hurry(now, 0);
        // What the server asked for may be longer than anybody waits.
        let asked = outbox.retry.wait(now).is_some_and(|wait| now + wait > until);
        if let Some(flush) = &mut outbox.flush {
            flush.over = asked;
        }
        self.shared.release(outbox);
        None
    }

    fn tick(&mut self) -> Tick {
        let now = Instant::now();
        let mut outbox = self.shared.lock();
        let mut flushed = None;
        let flushed_all = outbox.is_flushed(now);
        let over = outbox.flush.as_ref().is_some_and(|flush| flushed_all || flush.over || flush.until <= now);
        let waits_long = outbox.unspilled_since().is_some_and(|since| since + self.grace <= now);
        if over || waits_long {
            outbox.spill(now);
        }
        if over {
            let unanswered =
                outbox.flush.take().is_some_and(|flush| !flushed_all && !flush.over && flush.failures == 0);
            if unanswered {
                outbox.note_unanswered();
            }
            flushed = Some(outbox.check_durable());
        }
        // What could not be put on disk is not tried all the time.
        let retry = Some(now + self.grace).max(outbox.disk.wait_until());
        let spill = outbox.unspilled_since().map(|since| since + self.grace);
        let spill = if waits_long || over { spill.max(spill.and(retry)) } else { spill };
        let until = outbox
            .flush
            .as_ref()
            .map(|flush| if now < flush.left_until { flush.until.min(flush.left_until) } else { flush.until });
        let due = [spill, until].into_iter().flatten().min();
        self.shared.release(outbox);
        Tick { flushed, due }
    }

    fn custody(&self) -> Option<Arc<Custody>> {
        Some(Arc::clone(&self.custody))
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        let mut outbox = self.shared.lock();
        outbox.spill(Instant::now());
        outbox.ends = true;
        // What waits for an answer is told of it on disk.
        if outbox.flight.is_none() {
            outbox.disk.leave();
        }
        self.shared.release(outbox);
    }
}
