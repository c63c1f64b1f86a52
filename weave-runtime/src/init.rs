//! The client of the process: started by `init`, flushed by its guard.

mod introduction;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use introduction::Introduction;

use crate::client::Client;
use crate::config::{self, Builder, Config, Environment, RemoteConfig, Resolved, names};
use crate::console::Console;
use crate::error::Error;
use crate::local_sink::{self, LocalSink};
use crate::otlp;
use crate::pipeline::{Finisher, FlushReport, Health, Mount, Pipeline};
use crate::recording::{self, Bounds, Recorder, Sampling};
use crate::sink::Sink;
use crate::value::Redactor;
use crate::wandb;

/// How long a guard that is dropped waits for the sinks.
const GUARD_PATIENCE: Duration = Duration::from_secs(5);

/// How long a query waits for this process's own calls to be in the store.
const READ_PATIENCE: Duration = Duration::from_secs(2);

static CLIENT: Mutex<Option<Arc<Core>>> = Mutex::new(None);

/// A running client. Without a pipeline it is disabled.
#[derive(Debug)]
struct Core {
    config: Config,
    /// Where the store is.
    dir: PathBuf,
    /// Whether sinks were given that cannot be compared.
    has_own_sinks: bool,
    pipeline: Option<Pipeline>,
}

/// Starts recording to `project`, which is `"project"` or `"entity/project"`.
///
/// Calls go to the local store, in `$WEAVE_DIR` or `./.weave`; one line on stderr says so. Keep the guard: dropped, at the
/// end of `main`, it flushes. `let _ = weave::init(..)` drops it at once, and the calls of the last second may be lost. The
/// same call again gives a guard of the same client. For everything else there is [`builder`].
///
/// ```no_run
/// # fn main() -> Result<(), weave::Error> {
/// let _weave = weave::init("my-project")?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`is_config`](Error::is_config) when the project or an environment variable is wrong, or when a client with another
/// configuration is running (see [`shutdown`]). A store that cannot be used is a warning, and shows in [`health`].
pub fn init(project: impl Into<String>) -> Result<Guard, Error> {
    builder(project).init()
}

/// Configures a client before it starts; [`init`] is `builder(project).init()`.
pub fn builder(project: impl Into<String>) -> Builder {
    Builder::new(project.into())
}

impl Builder {
    /// Starts recording. See [`init`](crate::init) for what happens when there is a client already.
    ///
    /// # Errors
    ///
    /// [`is_config`](Error::is_config) when a value is wrong, or a client with another configuration is running. A store
    /// that cannot be used is a warning instead.
    pub fn init(self) -> Result<Guard, Error> {
        start(self)
    }
}

/// Flushes the client when dropped: waits at most five seconds until the sinks have what was recorded so far. Recording
/// goes on; [`shutdown`](Self::shutdown) ends it.
#[derive(Debug)]
#[must_use = "dropped at once, the guard flushes nothing: bind it, `let _weave = weave::init(..)?`"]
pub struct Guard(Arc<Core>);

impl Guard {
    /// As [`flush`].
    #[must_use = "the report may say that calls were lost: see `into_result`"]
    pub fn flush(&self) -> FlushReport {
        self.0.flush(self.0.config.flush_timeout)
    }

    /// As [`shutdown`], for this guard's client.
    #[must_use = "the report may say that calls were lost: see `into_result`"]
    pub fn shutdown(self) -> FlushReport {
        let mut client = lock();
        if client.as_ref().is_some_and(|core| Arc::ptr_eq(core, &self.0)) {
            *client = None;
        }
        drop(client);
        self.0.shutdown()
    }

    /// As [`health`].
    #[must_use]
    pub fn health(&self) -> Health {
        self.0.health()
    }

    /// As [`client`].
    #[must_use]
    pub fn client(&self) -> Client {
        self.0.client()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // A shutdown has waited already: what it did not achieve is not waited for again.
        if self.0.pipeline.as_ref().is_some_and(Pipeline::is_running) {
            let _ = self.0.flush(GUARD_PATIENCE.min(self.0.config.flush_timeout));
        }
    }
}

/// Waits until the sinks have every call that has ended, for at most 30 seconds
/// ([`flush_timeout`](Builder::flush_timeout)). Works on any thread, inside or outside of a runtime; the report says what
/// was not delivered.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// let _weave = weave::builder("my-project").dir(dir.path()).init()?;
/// weave::start_call("work").finish(());
///
/// let report = weave::flush().into_result()?; // an error when anything was lost
/// assert_eq!((report.sinks[0].name.as_str(), report.sinks[0].sent), ("local", 1));
/// # weave::shutdown().into_result()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "the report may say that calls were lost: see `into_result`"]
pub fn flush() -> FlushReport {
    let core = lock().clone();
    core.map(|core| core.flush(core.config.flush_timeout)).unwrap_or_default()
}

/// Flushes, and ends recording: from then on every function and annotation does nothing, until the next [`init`]. Calls
/// that are open now and end later count as dropped.
#[must_use = "the report may say that calls were lost: see `into_result`"]
pub fn shutdown() -> FlushReport {
    let core = lock().take();
    core.map(|core| core.shutdown()).unwrap_or_default()
}

/// The figures of recording: what was delivered, waits, was dropped, and the last errors.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// assert!(!weave::health().recording); // nobody called `init`
///
/// let _weave = weave::builder("my-project").dir(dir.path()).init()?;
/// let health = weave::health();
/// assert!(health.recording && health.dropped == 0 && health.sinks[0].last_error.is_none());
/// # weave::shutdown().into_result()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn health() -> Health {
    let core = lock().clone();
    core.map(|core| core.health()).unwrap_or_default()
}

/// A client that reads the calls that were recorded: those of the running client's store, with this process's own calls
/// up to now; when none is running, those of the store in `$WEAVE_DIR` or `./.weave`.
#[must_use]
pub fn client() -> Client {
    let core = lock().clone();
    core.map_or_else(
        || Client::local(Environment::Process.path(names::DIR).unwrap_or_else(|| config::DEFAULT_DIR.into())),
        |core| core.client(),
    )
}

fn start(builder: Builder) -> Result<Guard, Error> {
    let resolved = config::resolve(builder)?;
    let mut client = lock();
    if let Some(running) = &*client {
        let same = running.config == resolved.config && !running.has_own_sinks && resolved.sinks.is_empty();
        return if same { Ok(Guard(Arc::clone(running))) } else { Err(differs(&running.config, &resolved.config)) };
    }
    let (core, introduction) = Core::start(resolved)?;
    let core = Arc::new(core);
    *client = Some(Arc::clone(&core));
    // Whoever is shown a warning may ask for `health`, which needs the lock.
    drop(client);
    introduction.speak();
    Ok(Guard(core))
}

fn differs(running: &Config, asked: &Config) -> Error {
    let what = if running.project == asked.project {
        // Sinks of their own are all that may differ beside the settings.
        let settings = running.differences(asked);
        let settings = if settings.is_empty() { "sink".to_owned() } else { settings.join(", ") };
        format!("{:?} is running with other settings ({settings})", running.project)
    } else {
        format!("{:?} is running, not {:?}", running.project, asked.project)
    };
    Error::config(format!("{what}: call weave::shutdown() first, or init with the same configuration"))
}

impl Core {
    fn start(resolved: Resolved) -> Result<(Self, Introduction), Error> {
        let Resolved { config, environment, sinks } = resolved;
        // Absolute: the program may change its working directory, its store stays where it is.
        let dir = std::path::absolute(&config.dir).unwrap_or_else(|_| config.dir.clone());
        let has_own_sinks = !sinks.is_empty();
        if config.disabled {
            return Ok((Self { config, dir, has_own_sinks, pipeline: None }, Introduction::default()));
        }
        let mut mounts: Vec<Mount> = sinks.into_iter().map(Mount::from).collect();
        let mut introduction = Introduction::of(&config);
        if config.local {
            let store = LocalSink::open(&dir)?;
            if let Some(error) = &store.trouble {
                introduction.warn(store.cause.clone(), error.clone());
            }
            mounts.push(store);
        }
        let remote = RemoteConfig { dir: dir.clone(), ..config.remote.clone() };
        if let Some(wandb) = &config.wandb {
            mounts.push(wandb::mount(wandb, &remote)?);
        }
        if let Some(otlp) = &config.otlp {
            mounts.push(otlp::mount(otlp, &remote)?);
        }
        if config.console {
            let console: Box<dyn Sink> = Box::new(Console::stderr(&|name| environment.text(name))?);
            mounts.push(console.into());
        }
        let pipeline = Pipeline::start(Recorder::new(config.bounds(), config.sampling()), config.finisher(), mounts)?;
        Ok((Self { config, dir, has_own_sinks, pipeline: Some(pipeline) }, introduction))
    }

    fn flush(&self, patience: Duration) -> FlushReport {
        self.pipeline.as_ref().map(|pipeline| pipeline.flush(patience)).unwrap_or_default()
    }

    fn shutdown(&self) -> FlushReport {
        self.pipeline.as_ref().map(|pipeline| pipeline.shutdown(self.config.flush_timeout)).unwrap_or_default()
    }

    fn health(&self) -> Health {
        let mut health = self.pipeline.as_ref().map(Pipeline::health).unwrap_or_default();
        health.recording &= recording::is_enabled();
        health
    }

    fn client(self: &Arc<Self>) -> Client {
        let core = Arc::downgrade(self);
        let before_read = move || {
            if let Some(pipeline) = core.upgrade().as_ref().and_then(|core| core.pipeline.as_ref()) {
                pipeline.flush_only(local_sink::NAME, READ_PATIENCE);
            }
        };
        Client::attached(&self.dir, Arc::new(before_read))
    }
}

impl Config {
    /// How much is captured and kept waiting.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            value: self.limits,
            attribute: self.limits.without_content(),
            queue_calls: self.queue_calls,
            queue_bytes: self.queue_bytes,
            flush_interval: self.flush_interval,
            patience: Some(self.flush_timeout),
        }
    }

    /// What is recorded of what could be.
    pub(crate) fn sampling(&self) -> Sampling {
        Sampling { rate: self.sample_rate, keep_errors: self.keep_errors, follow_parents: self.follow_parent_sampling }
    }

    /// What is done to each call on its way to the sinks.
    pub(crate) fn finisher(&self) -> Finisher {
        let redactor = Redactor::new(self.redact_keys.iter().cloned());
        Finisher::new(self.attributes.clone(), redactor, self.hooks.clone(), self.limits)
    }
}

fn lock() -> MutexGuard<'static, Option<Arc<Core>>> {
    CLIENT.lock().unwrap_or_else(PoisonError::into_inner)
}
