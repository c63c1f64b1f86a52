//! The store of a build without the feature `local`: the same surface, on which nothing can be opened.

use std::path::Path;

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

fn missing(dir: &Path) -> Error {
    Error::feature(format!(
        "the local store at {} cannot be used: weave-rs was built without the feature \"local\"",
        dir.display()
    ))
}
