//! The store of a build without the feature `local`: the same surface, on which nothing can be opened.

use std::path::Path;
use std::time::Duration;

use crate::error::Error;
use crate::id::{CallId, TraceId};
use crate::query::{
    AgentSummary, ConversationFilter, ConversationSummary, Filter, OpCount, OpFilter, OpHistory, ThreadSummary, Totals,
    TurnSummary,
};
use crate::record::CallRecord;
use crate::sink::Sink;

/// A writer that cannot exist.
#[derive(Debug)]
pub(crate) enum Writer {}

impl Writer {
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        Err(missing(dir))
    }
}

impl Sink for Writer {
    fn name(&self) -> &str {
        match *self {}
    }

    fn export(&mut self, _calls: &[CallRecord]) -> Result<(), Error> {
        match *self {}
    }
}

/// A reader that cannot exist.
#[derive(Debug)]
pub(crate) enum Reader {}

impl Reader {
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        Err(missing(dir))
    }

    pub(crate) fn is_current(&self) -> bool {
        match *self {}
    }

    pub(crate) fn call(&mut self, _id: CallId) -> Result<CallRecord, Error> {
        match *self {}
    }

    pub(crate) fn list(&mut self, _filter: &Filter) -> Result<Vec<CallRecord>, Error> {
        match *self {}
    }

    pub(crate) fn trace(&mut self, _id: TraceId) -> Result<Vec<CallRecord>, Error> {
        match *self {}
    }

    pub(crate) fn count(&mut self, _filter: &Filter) -> Result<u64, Error> {
        match *self {}
    }

    pub(crate) fn count_by_op(&mut self, _filter: &Filter) -> Result<Vec<OpCount>, Error> {
        match *self {}
    }

    pub(crate) fn threads(&mut self) -> Result<Vec<ThreadSummary>, Error> {
        match *self {}
    }

    pub(crate) fn conversations(&mut self, _filter: &ConversationFilter) -> Result<Vec<ConversationSummary>, Error> {
        match *self {}
    }

    pub(crate) fn conversation(&mut self, _id: &str) -> Result<ConversationSummary, Error> {
        match *self {}
    }

    pub(crate) fn turns(&mut self, _conversation: &str) -> Result<Vec<TurnSummary>, Error> {
        match *self {}
    }

    pub(crate) fn agents(&mut self) -> Result<Vec<AgentSummary>, Error> {
        match *self {}
    }

    pub(crate) fn ops(&mut self, _filter: &OpFilter) -> Result<Vec<OpHistory>, Error> {
        match *self {}
    }

    pub(crate) fn totals(&mut self, _filter: &Filter) -> Result<Totals, Error> {
        match *self {}
    }
}

/// A spill that cannot exist.
#[derive(Debug)]
#[allow(dead_code, reason = "only delivery to other machines spills")]
pub(crate) enum Spill {}

/// What would be kept.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "only delivery to other machines spills")]
pub(crate) struct SpillRow<'a> {
    pub(crate) route: &'a str,
    pub(crate) trace: Option<TraceId>,
    pub(crate) call: Option<CallId>,
    pub(crate) body: &'a [u8],
}

/// What was never kept.
#[derive(Debug)]
#[allow(dead_code, reason = "only delivery to other machines spills")]
pub(crate) struct Spilled {
    pub(crate) id: i64,
    pub(crate) route: String,
    pub(crate) trace: Option<TraceId>,
    pub(crate) call: Option<CallId>,
    pub(crate) body: Vec<u8>,
}

#[allow(dead_code, reason = "only delivery to other machines spills")]
impl Spill {
    pub(crate) const IS_POSSIBLE: bool = false;

    pub(crate) fn is_left(_dir: &Path, _address: &str) -> Result<bool, Error> {
        Ok(false)
    }

    pub(crate) fn open(dir: &Path, _address: &str, _age: Duration) -> Result<Self, Error> {
        Err(missing(dir))
    }

    pub(crate) fn forgotten(&mut self) -> u64 {
        match *self {}
    }

    pub(crate) fn is_current(&self) -> bool {
        match *self {}
    }

    pub(crate) fn own(&self) -> i64 {
        match *self {}
    }

    pub(crate) fn append<'a>(
        &mut self,
        _rows: impl IntoIterator<Item = SpillRow<'a>>,
        _most_bytes: usize,
    ) -> Result<Vec<i64>, Error> {
        match *self {}
    }

    pub(crate) fn next(&self, _spill: i64, _after: i64, _most_bytes: usize) -> Result<Vec<Spilled>, Error> {
        match *self {}
    }

    pub(crate) fn remove(&mut self, _ids: &[i64]) -> Result<(), Error> {
        match *self {}
    }

    pub(crate) fn remove_older(&mut self, _spill: i64, _after: i64, _age: Duration) -> Result<u64, Error> {
        match *self {}
    }

    pub(crate) fn take_over(&mut self) -> Result<Vec<i64>, Error> {
        match *self {}
    }

    pub(crate) fn close(&mut self, _spill: i64) -> Result<(), Error> {
        match *self {}
    }
}

fn missing(dir: &Path) -> Error {
    Error::feature(format!(
        "the local store at {} cannot be used: weave-rs was built without the feature \"local\"",
        dir.display()
    ))
}
