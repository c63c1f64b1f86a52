//! The engine with a destination that does what it is told: what is delivered, counted and kept.

mod keeping;
mod random;
mod sending;
mod suspects;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::outlet::Remote;
use super::{Destination, Encoder, Item, Most, Outcome, Route, Sender};
use crate::config::RemoteConfig;
use crate::error::Error;
use crate::pipeline::{Figures, Nudge, Outlet};
use crate::record::{CallRecord, Status};
use crate::store::tests::call;

/// Writes each call that ended as its number.
struct Numbers;

impl Encoder for Numbers {
    fn encode(&mut self, calls: &[CallRecord], items: &mut Vec<Item>) {
        items.extend(calls.iter().filter(|call| call.status != Status::Running).map(|call| Item {
            route: Route::Calls,
            trace: Some(call.trace_id),
            call: Some(call.id),
            body: call.id.to_int().to_be_bytes().to_vec(),
        }));
    }
}

/// The numbers of the calls of each request that was taken, in order.
#[derive(Clone, Default)]
struct Taken(Arc<Mutex<Vec<Vec<u64>>>>);

impl Taken {
    fn requests(&self) -> Vec<Vec<u64>> {
        self.0.lock().unwrap().clone()
    }

    fn all(&self) -> Vec<u64> {
        self.requests().concat()
    }
}

struct Server<F> {
    taken: Taken,
    /// What to answer to these calls.
    answer: F,
}

impl<F: FnMut(&[u64]) -> Outcome + Send> Sender for Server<F> {
    fn most(&self, _route: Route) -> Most {
        Most { items: 10, bytes: 1 << 20 }
    }

    fn send(&mut self, _route: Route, items: &[Item], _timeout: Duration) -> Outcome {
        let calls: Vec<u64> = items.iter().map(|item| item.call.unwrap().to_int()).collect();
        let outcome = (self.answer)(&calls);
        if matches!(outcome, Outcome::Taken | Outcome::Partly { .. }) {
            self.taken.0.lock().unwrap().push(calls);
        }
        outcome
    }
}

fn config(dir: &Path) -> RemoteConfig {
    RemoteConfig {
        dir: dir.join("store"),
        spill_bytes: 64 << 20,
        spill_age: Duration::from_secs(3_600),
        flush_interval: Duration::from_millis(100),
        queue_bytes: 1 << 20,
    }
}

/// An outlet that is driven by the test, as a worker would.
struct Driven {
    remote: Remote,
    taken: Taken,
}

impl Driven {
    fn new(config: &RemoteConfig, answer: impl FnMut(&[u64]) -> Outcome + Send + 'static) -> Self {
        Self::to("http://127.0.0.1:1/v1/traces", config, answer)
    }

    fn to(address: &str, config: &RemoteConfig, answer: impl FnMut(&[u64]) -> Outcome + Send + 'static) -> Self {
        let taken = Taken::default();
        let sender = Box::new(Server { taken: taken.clone(), answer });
        let address = address.to_owned();
        let destination = Destination { name: "fake", address, encoder: Box::new(Numbers), sender };
        let mut remote = Remote::new(destination, config);
        remote.begin(Nudge::default()).unwrap();
        Self { remote, taken }
    }

    fn export(&mut self, calls: impl IntoIterator<Item = u64>) {
        let calls: Vec<CallRecord> = calls.into_iter().map(call).collect();
        self.remote.export(&calls).unwrap();
        self.remote.tick();
    }

    /// Flushes, for at most so long, and ticks as often as it is asked to.
    fn flush(&mut self, patience: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + patience;
        if let Some(result) = self.remote.flush(deadline) {
            return result;
        }
        loop {
            if let Some(result) = self.remote.tick().flushed {
                assert!(Instant::now() < deadline, "a flush ends before its deadline");
                return result;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ticks until it is so.
    fn await_until(&mut self, what: &str, mut is_so: impl FnMut(&Figures) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !is_so(&self.figures()) {
            assert!(Instant::now() < deadline, "{what}: {:?}", self.figures());
            self.remote.tick();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn figures(&self) -> Figures {
        self.remote.custody().unwrap().figures()
    }

    /// Sent, failed, dropped, spilled, recovered.
    fn counts(&self) -> [u64; 5] {
        let Figures { sent, failed, dropped, spilled, recovered, .. } = self.figures();
        [sent, failed, dropped, spilled, recovered]
    }
}

const LONG: Duration = Duration::from_secs(10);

fn later() -> Outcome {
    Outcome::Later { after: None, reason: Error::delivery("the server is away") }
}

fn taken(_calls: &[u64]) -> Outcome {
    Outcome::Taken
}
