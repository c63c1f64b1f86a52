//! What an answer comes to.

use std::time::{Duration, Instant};

use super::Outcome;
use super::outbox::Outbox;
use super::queue::{Origin, Parcel, Queue};
use crate::error::Error;

/// Failures in a row before they are worth a word: one alone is a server that starts again.
const WORTH_A_WORD: u32 = 2;

/// In a flush, attempts that fail before it is given up.
const ATTEMPTS: usize = 3;

impl Outbox {
    /// Takes note of what became of the parcel under way.
    pub(super) fn settle(&mut self, outcome: Outcome, now: Instant) {
        let Some(parcel) = self.flight.take() else { return };
        match outcome {
            Outcome::Taken => self.done(&parcel, 0, None, now),
            Outcome::Partly { rejected, reason } => self.done(&parcel, rejected, Some(&reason), now),
            Outcome::Refused(reason) => self.done(&parcel, parcel.len(), Some(&reason), now),
            Outcome::Smaller(reason) if parcel.len() == 1 => {
                self.limits.too_much(parcel.route, 1);
                self.done(&parcel, 1, Some(&reason), now);
            }
            Outcome::Smaller(_) => {
                self.limits.too_much(parcel.route, parcel.len());
                self.retry.worked();
                self.queue_of(&parcel).halve(parcel);
            }
            Outcome::Failing(reason) => match self.queue_of(&parcel).failed(parcel) {
                Some(parcel) => self.done(&parcel, 1, Some(&reason), now),
                None => self.later(None, &reason, now),
            },
            Outcome::Later { after, reason } => {
                self.queue_of(&parcel).put_back(parcel);
                self.later(after, &reason, now);
            }
            Outcome::Closed(reason) => {
                self.queue_of(&parcel).put_back(parcel);
                self.retry.closed(now);
                self.failed_in_flush(now, true);
                self.custody.update(|figures| figures.last_error = Some(reason.clone()));
                self.notes.closed(&reason, self.disk.place());
            }
        }
    }

    /// Another attempt is to be made.
    fn later(&mut self, after: Option<Duration>, reason: &Error, now: Instant) {
        self.retry.failed(now, after);
        self.failed_in_flush(now, false);
        self.custody.update(|figures| figures.last_error = Some(reason.clone()));
        if self.retry.failures() >= WORTH_A_WORD {
            self.notes.later(reason, self.disk.place());
        }
    }

    /// A flush ended before the destination said anything.
    pub(super) fn note_unanswered(&mut self) {
        let reason = Error::delivery("a flush could not wait any longer for an answer");
        self.notes.later(&reason, self.disk.place());
        self.custody.update(|figures| figures.last_error = Some(reason));
    }

    /// The parcel is there, but for so many items that never will be.
    fn done(&mut self, parcel: &Parcel, rejected: usize, reason: Option<&Error>, now: Instant) {
        self.retry.worked();
        self.queue_of(parcel).settled(parcel);
        if reason.is_none() {
            self.limits.taken(parcel.route, parcel.len());
        }
        let calls = parcel.items.iter().filter(|item| item.call.is_some()).count() as u64;
        let failed = calls.min(rejected as u64);
        let is_spilled =
            |(item, (_, row)): &(&super::Item, &(Instant, Option<i64>))| item.call.is_some() && row.is_some();
        let spilled = parcel.items.iter().zip(&parcel.tags).filter(is_spilled).count() as u64;
        self.custody.update(|figures| {
            match parcel.origin {
                Origin::Own => {
                    figures.sent += calls - failed;
                    figures.failed += failed;
                    figures.spilled -= spilled;
                }
                Origin::Left => figures.recovered += calls - failed,
            }
            if let Some(reason) = reason {
                figures.last_error = Some(reason.clone());
            }
        });
        if let Some(reason) = reason {
            self.notes.refused(failed, reason);
        }
        self.disk.remove(parcel.tags.iter().filter_map(|(_, row)| *row), now);
    }

    fn queue_of(&mut self, parcel: &Parcel) -> &mut Queue {
        match parcel.origin {
            Origin::Own => &mut self.own,
            Origin::Left => &mut self.left,
        }
    }

    /// Somebody may be waiting: a few attempts more, and no long waits, or none.
    fn failed_in_flush(&mut self, now: Instant, closed: bool) {
        let Some(flush) = &mut self.flush else { return };
        flush.failures += 1;
        flush.over |= closed || flush.failures >= ATTEMPTS;
        if !flush.over {
            self.retry.hurry(now, flush.failures);
            // What the server asks for may be longer than anybody waits.
            flush.over = self.retry.wait(now).is_some_and(|wait| now + wait > flush.until);
        }
    }
}
