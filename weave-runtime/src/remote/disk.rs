//! The store as the place for what a destination has not taken: opened when there is something to keep.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::config::RemoteConfig;
use crate::error::Error;
use crate::store::{Spill, SpillRow, Spilled};

/// How long a store that cannot be used is left alone.
const RETRY: Duration = Duration::from_secs(5);

/// As much is taken back into memory at once.
const CHUNK_BYTES: usize = 2 << 20;

/// Numbers of rows that were delivered and could not be removed yet, at most: of those past it the next process sends again.
const UNREMOVED: usize = 100_000;

/// Where one destination spills to.
#[derive(Debug)]
pub(super) struct Disk {
    dir: PathBuf,
    address: String,
    bytes: usize,
    age: Duration,
    began: Instant,
    spill: Option<Spill>,
    /// Not to be tried before, and why.
    unusable: Option<(Instant, Error)>,
    /// Rows to remove as soon as that is possible.
    delivered: Vec<i64>,
}

impl Disk {
    pub(super) fn new(config: &RemoteConfig, address: &str) -> Self {
        // Absolute: the program may change its working directory.
        let dir = std::path::absolute(&config.dir).unwrap_or_else(|_| config.dir.clone());
        Self {
            dir,
            address: address.to_owned(),
            bytes: config.spill_bytes,
            age: config.spill_age,
            began: Instant::now(),
            spill: None,
            unusable: None,
            delivered: Vec::new(),
        }
    }

    /// When it may be worth to try again; `None` for now.
    pub(super) fn wait_until(&self) -> Option<Instant> {
        self.unusable.as_ref().map(|(until, _)| *until)
    }

    /// Why it cannot be used now.
    pub(super) fn trouble(&self) -> Option<&Error> {
        self.unusable.as_ref().map(|(_, error)| error)
    }

    /// Whether it keeps anything at all.
    pub(super) fn is_wanted(&self) -> bool {
        self.bytes > 0
    }

    /// Where what waits is kept, if it is, as far as is known.
    pub(super) fn place(&self) -> Option<&Path> {
        (self.is_wanted() && Spill::IS_POSSIBLE && self.unusable.is_none()).then_some(&self.dir)
    }

    /// Whether the store was removed since it was opened: what was kept is gone, and the next is a new one.
    pub(super) fn is_removed(&mut self) -> bool {
        let removed = self.spill.as_ref().is_some_and(|spill| !spill.is_current());
        if removed {
            self.spill = None;
            self.delivered.clear();
        }
        removed
    }

    /// Keeps rows, as many of the first as there is room for; their numbers.
    pub(super) fn append<'a>(
        &mut self,
        rows: impl IntoIterator<Item = SpillRow<'a>>,
        now: Instant,
    ) -> Result<Vec<i64>, Error> {
        let bytes = self.bytes;
        self.using(now, |spill| spill.append(rows, bytes))
    }

    /// The next rows after a number, `None` standing for this process's own, and how many calls were too old.
    pub(super) fn next(&mut self, of: Option<i64>, after: i64, now: Instant) -> Result<(Vec<Spilled>, u64), Error> {
        let age = self.age;
        // A clock that is set right meanwhile, as when a network comes, makes nothing old that was kept since the beginning.
        let may_be_old = of.is_some() || now.saturating_duration_since(self.began) > age;
        self.using(now, |spill| {
            let of = of.unwrap_or_else(|| spill.own());
            let old = if may_be_old { spill.remove_older(of, after, age)? } else { 0 };
            Ok((spill.next(of, after, CHUNK_BYTES)?, old))
        })
    }

    /// Removes what was delivered, now or as soon as that is possible.
    pub(super) fn remove(&mut self, ids: impl Iterator<Item = i64>, now: Instant) {
        let room = UNREMOVED.saturating_sub(self.delivered.len());
        self.delivered.extend(ids.take(room));
        if self.delivered.is_empty() || self.spill.is_none() {
            return;
        }
        let delivered = std::mem::take(&mut self.delivered);
        if self.using(now, |spill| spill.remove(&delivered)).is_err() {
            self.delivered = delivered;
        }
    }

    /// How many calls for other addresses were found to be too old.
    pub(super) fn forgotten(&mut self) -> u64 {
        self.spill.as_mut().map_or(0, Spill::forgotten)
    }

    /// Takes over what processes that are gone kept; the numbers of their spills. Makes no store.
    pub(super) fn take_over(&mut self, now: Instant) -> Result<Vec<i64>, Error> {
        if self.spill.is_none() && !Spill::is_left(&self.dir, &self.address)? {
            return Ok(Vec::new());
        }
        self.using(now, Spill::take_over)
    }

    /// Forgets a spill that was taken over and has been delivered. One that stays is empty.
    pub(super) fn close(&mut self, spill: i64, now: Instant) {
        let _ = self.using(now, |open| open.close(spill));
    }

    /// Closes the store, so that others may take over what is kept.
    pub(super) fn leave(&mut self) {
        self.spill = None;
    }

    /// Does something with the store, which is opened if it was not. When that fails it is left alone for a while.
    fn using<T>(&mut self, now: Instant, work: impl FnOnce(&mut Spill) -> Result<T, Error>) -> Result<T, Error> {
        if let Some((until, error)) = &self.unusable
            && now < *until
        {
            return Err(error.clone());
        }
        let result = match &mut self.spill {
            Some(spill) => work(spill),
            None => Spill::open(&self.dir, &self.address, self.age).and_then(|spill| work(self.spill.insert(spill))),
        };
        // From when it is known: it may have taken a while.
        self.unusable = result.as_ref().err().map(|error| (Instant::now() + RETRY, error.clone()));
        result
    }
}
