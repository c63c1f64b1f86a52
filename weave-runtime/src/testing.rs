//! Recording for tests: in memory, scoped, so that tests run in parallel.
//!
//! A [`Recorder`] takes the calls of the code that it runs, and of the tasks and threads that
//! carry that code's context; nothing else. It needs no [`init`](crate::init) and touches no file.
//!
//! ```
//! #[weave::op]
//! fn shout(text: &str) -> String {
//!     text.to_uppercase()
//! }
//!
//! // in a #[test]
//! let recorder = weave::testing::Recorder::new();
//! recorder.run(|| shout("hi"));
//! assert_eq!(recorder.tree().outline(), "shout(text: \"hi\") -> \"HI\"");
//! ```
//!
//! What runs side by side starts in another order in each run. Sort such a tree before you compare it:
//!
//! ```
//! #[weave::op]
//! fn fetch(page: u32) {}
//!
//! let recorder = weave::testing::Recorder::new();
//! recorder.run(|| {
//!     std::thread::scope(|scope| {
//!         for page in [2, 1] {
//!             scope.spawn(weave::bind(move || fetch(page)));
//!         }
//!     });
//! });
//! assert_eq!(recorder.tree().sorted().outline(), "fetch(page: 1)\nfetch(page: 2)");
//! ```

mod stable;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::config::{Builder, Config, resolve};
use crate::error::Error;
use crate::id::{CallId, TraceId};
use crate::pipeline::{Anchor, Finisher};
use crate::record::{CallRecord, Status, TraceRecord};
use crate::recording::{self, Bounds, InContext, Lane, Surroundings};
use crate::tree::CallTree;

/// Records what it runs, in memory. See the [module](self).
#[derive(Debug)]
pub struct Recorder {
    lane: Arc<Lane>,
    finisher: Finisher,
    /// One for all calls, so that their order is that of the clock that cannot be set.
    anchor: Anchor,
    calls: Mutex<Known>,
}

/// The calls so far, and the place of each.
#[derive(Debug, Default)]
struct Known {
    calls: Vec<CallRecord>,
    places: HashMap<CallId, usize>,
}

impl Recorder {
    /// A recorder with the default configuration, whatever the environment says.
    #[must_use]
    pub fn new() -> Self {
        // The defaults are sound, so the fallback is never asked.
        Self::with(Builder::new("test".to_owned()))
            .unwrap_or_else(|_| unreachable!("the default configuration is wrong"))
    }

    /// A recorder with the attributes, limits, secret keys and hooks of a builder. Its sinks are not used.
    ///
    /// ```
    /// #[weave::op]
    /// fn login(pin: &str) -> bool {
    ///     true
    /// }
    ///
    /// let recorder = weave::testing::Recorder::with(weave::builder("test").redact_keys(["pin"]))?;
    /// recorder.run(|| login("1234"));
    /// assert_eq!(recorder.tree().outline(), "login(pin: \"REDACTED\") -> true");
    /// # Ok::<(), weave::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_config`](Error::is_config) when a value is wrong.
    pub fn with(builder: Builder) -> Result<Self, Error> {
        let config: Config = resolve(builder.environment(std::iter::empty::<(String, String)>()))?.config;
        // Nobody takes anything before the test asks, so what is logged is not to wait for that.
        let bounds = Bounds { patience: None, ..config.bounds() };
        let recorder = recording::Recorder::new(bounds, config.sampling());
        recording::listen();
        Ok(Self {
            lane: recorder.add_lane(),
            finisher: config.finisher(),
            anchor: Anchor::now(),
            calls: Mutex::default(),
        })
    }

    /// Runs `body`, recording its calls here: they are roots, whatever is current outside.
    pub fn run<R>(&self, body: impl FnOnce() -> R) -> R {
        self.context().run(body)
    }

    /// Polls a future or stream, recording its calls here.
    ///
    /// ```
    /// #[weave::op]
    /// async fn answer() -> u32 {
    ///     42
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let recorder = weave::testing::Recorder::new();
    /// assert_eq!(recorder.wrap(answer()).await, 42);
    /// assert_eq!(recorder.tree().outline(), "answer() -> 42");
    /// # });
    /// ```
    pub fn wrap<T>(&self, inner: T) -> InContext<T> {
        self.context().wrap(inner)
    }

    /// The calls so far, in the order in which they started. Those that are open are there too, as running.
    #[must_use]
    pub fn calls(&self) -> Vec<CallRecord> {
        let mut known = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        for draft in self.lane.recorder.drain_due(Duration::ZERO) {
            known.take(self.finisher.finish(draft, self.anchor));
        }
        let mut calls = known.calls.clone();
        drop(known);
        // Calls of one moment, as those that are logged without times, by their ids, which count up.
        calls.sort_by_key(|call| (call.started_at, call.id));
        calls
    }

    /// The calls so far with ids and times that are the same in each run, for snapshots: calls and traces are numbered
    /// from one in the order in which they started, and each start and end is a millisecond after the one before, from the
    /// Unix epoch. Events are put at the start of their call.
    ///
    /// ```
    /// #[weave::op]
    /// fn inner() {}
    ///
    /// #[weave::op]
    /// fn outer() {
    ///     inner();
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(outer);
    /// let calls = serde_json::to_value(recorder.stable_calls())?;
    /// assert_eq!(calls[1]["id"], "0000000000000002");
    /// assert_eq!(calls[1]["parent_id"], "0000000000000001");
    /// assert_eq!(calls[1]["started_at"], "1970-01-01T00:00:00.002000Z");
    /// assert_eq!(calls[0]["ended_at"], "1970-01-01T00:00:00.004000Z");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn stable_calls(&self) -> Vec<CallRecord> {
        let mut calls = self.calls();
        stable::stabilise(&mut calls);
        calls
    }

    /// The calls so far as a tree, whose [`outline`](CallTree::outline) is the same in each run, if it is
    /// [sorted](CallTree::sorted) where calls run side by side.
    #[must_use]
    pub fn tree(&self) -> CallTree {
        CallTree::new(self.calls())
    }

    /// One trace of the calls so far, with the name, tags and metadata that they gave it, and with the turns that were
    /// started in it.
    ///
    /// ```
    /// #[weave::op]
    /// fn answer() -> weave::TraceId {
    ///     weave::current_trace().name("support").id().unwrap()
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// let id = recorder.run(answer);
    /// assert_eq!(recorder.trace(id).name(), Some("support"));
    /// ```
    #[must_use]
    pub fn trace(&self, id: TraceId) -> TraceRecord {
        TraceRecord::of(id, self.calls())
    }

    /// All traces of the calls so far, in the order in which they began, each with the calls that have its id.
    #[must_use]
    pub fn traces(&self) -> Vec<TraceRecord> {
        let (mut order, mut traces) = (Vec::new(), HashMap::<TraceId, Vec<CallRecord>>::new());
        for call in self.calls() {
            let calls = traces.entry(call.trace_id).or_default();
            if calls.is_empty() {
                order.push(call.trace_id);
            }
            calls.push(call);
        }
        order.into_iter().map(|id| TraceRecord::new(id, traces.remove(&id).unwrap_or_default())).collect()
    }

    fn context(&self) -> recording::Context {
        let surroundings = Surroundings { lane: Some(Arc::clone(&self.lane)), ..Surroundings::default() };
        recording::Context::fresh(surroundings)
    }
}

impl Known {
    /// A call that was seen running is replaced when it is seen to have ended.
    fn take(&mut self, call: CallRecord) {
        match self.places.entry(call.id) {
            Entry::Vacant(place) => {
                place.insert(self.calls.len());
                self.calls.push(call);
            }
            Entry::Occupied(place) if call.status != Status::Running => {
                if let Some(known) = self.calls.get_mut(*place.get()) {
                    *known = call;
                }
            }
            Entry::Occupied(_) => {}
        }
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        recording::unlisten();
        self.lane.recorder.close();
        self.lane.recorder.dissolve();
    }
}
