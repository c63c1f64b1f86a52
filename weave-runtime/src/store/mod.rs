//! The embedded store: calls in a SQLite database inside one directory.
//!
//! Any number of processes may write to it and read from it at once. [`Writer`] is a [`Sink`](crate::Sink), [`Reader`]
//! answers what the client asks.

mod agent_spans;
mod agents;
mod contents;
mod conversations;
mod database;
mod folder;
mod history;
mod insert;
mod near;
mod ops;
mod preview;
mod reader;
mod rows;
mod select;
mod spans;
#[allow(dead_code, reason = "only delivery to other machines spills")]
mod spill;
#[cfg(test)]
pub(crate) mod tests;
mod threads;
mod traces;
mod turns;
mod writer;
mod writers;

pub(crate) use reader::Reader;
#[allow(unused_imports, reason = "only delivery to other machines spills")]
pub(crate) use spill::{Spill, SpillRow, Spilled};
pub(crate) use writer::Writer;
