//! Delivery to another machine: what is encoded stays in our custody until it was taken there.

mod courier;
mod disk;
mod item;
mod next;
mod notes;
mod outbox;
mod outlet;
mod queue;
mod retry;
mod settle;
mod suspicion;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub(crate) use item::{Item, Route};
use outlet::Remote;

use crate::config::RemoteConfig;
use crate::error::Error;
use crate::pipeline::Mount;
use crate::record::CallRecord;

/// Where calls go, and in which words.
pub(crate) struct Destination {
    /// The sink's name in reports and warnings.
    pub(crate) name: &'static str,
    /// Which place it is, without any credential: what could not be delivered waits under this name, for whoever next delivers
    /// to the same.
    pub(crate) address: String,
    pub(crate) encoder: Box<dyn Encoder>,
    pub(crate) sender: Box<dyn Sender>,
}

/// Writes calls as items. On the sink's thread.
pub(crate) trait Encoder: Send {
    /// Appends the items of calls, in the order in which they are to arrive. Every call that ended is the `call` of exactly
    /// one item, so that its delivery can be counted.
    fn encode(&mut self, calls: &[CallRecord], items: &mut Vec<Item>);
}

/// Sends items. On a thread of its own, so that it may wait for a server.
pub(crate) trait Sender: Send {
    /// How much of a route goes into one request.
    fn most(&self, route: Route) -> Most;

    /// Sends items of one route, at least one, within the time.
    fn send(&mut self, route: Route, items: &[Item], timeout: Duration) -> Outcome;
}

/// The largest request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    pub(crate) items: usize,
    /// Of the bodies together. One that is longer goes alone.
    pub(crate) bytes: usize,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// The items are there.
    Taken,
    /// The request was understood; so many of the items, or these, it is not known which, were not accepted, for good.
    Partly { rejected: usize, reason: Error },
    /// It may go well later: nothing was answered, or that the server is busy.
    Later { after: Option<Duration>, reason: Error },
    /// The server failed at it: it is broken, or something in these items breaks it, which is found out.
    Failing(Error),
    /// Too much, or something in it is wrong: halves may go. One item alone is given up.
    Smaller(Error),
    /// These items will never be taken.
    Refused(Error),
    /// Nothing will be taken as things are, a key or a project being wrong: what there is waits until that is mended.
    Closed(Error),
}

/// Delivers to a destination, within these bounds.
pub(crate) fn mount(destination: Destination, config: &RemoteConfig) -> Mount {
    Mount::new(Remote::new(destination, config))
}
