//! What holds for every destination that is another machine.

use std::path::PathBuf;
use std::time::Duration;

use super::names;
use super::{Environment, Given, LONGEST, or_else};
use crate::error::Error;

/// As much is kept on disk for one destination, unless more or less is asked for.
const SPILL_BYTES: usize = 256 << 20;

/// As long is tried to deliver it.
const SPILL_AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How delivery to other machines behaves.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(dead_code, reason = "only destinations that are built in read it")]
pub(crate) struct RemoteConfig {
    /// The folder of the store, which keeps what could not be delivered.
    pub(crate) dir: PathBuf,
    /// 0 keeps nothing.
    pub(crate) spill_bytes: usize,
    pub(crate) spill_age: Duration,
    pub(crate) flush_interval: Duration,
    /// What may wait in memory.
    pub(crate) queue_bytes: usize,
}

/// What of it is not shared with others.
pub(super) struct Spill {
    pub(super) bytes: usize,
    pub(super) age: Duration,
}

impl Spill {
    pub(super) fn resolve(given: &Given, env: &Environment) -> Result<Self, Error> {
        let bytes = or_else(given.spill_bytes, || env.count_or_zero(names::MAX_SPILL_BYTES))?.unwrap_or(SPILL_BYTES);
        let age = or_else(given.spill_age, || env.seconds(names::MAX_SPILL_AGE_S))?.unwrap_or(SPILL_AGE);
        Ok(Self { bytes, age: age.min(LONGEST) })
    }
}
