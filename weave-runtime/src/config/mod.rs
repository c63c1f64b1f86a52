//! Configuration: plain data, resolved as explicit, else environment, else default.

mod builder;
mod env;
mod net;
mod otlp;
mod remote;
mod sinks;
#[cfg(test)]
mod tests;
mod url;
mod wandb;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

pub use builder::Builder;
use builder::Given;
pub(crate) use env::Environment;
#[allow(unused_imports, reason = "only destinations that are built in name them")]
pub(crate) use net::{Identity, NetConfig, Pem, Proxies};
pub(crate) use otlp::OtlpConfig;
pub use otlp::OtlpProtocol;
pub(crate) use remote::RemoteConfig;
use remote::Spill;
use sinks::Sinks;
#[allow(unused_imports, reason = "only destinations that are built in name it")]
pub(crate) use url::{Url, percent_decoded};
pub(crate) use wandb::WandbConfig;

use crate::error::Error;
use crate::record::Rate;
use crate::sink::Sink;
use crate::value::{Hooks, Limits};

/// The environment variables that are read.
pub(crate) mod names {
    pub(crate) const DISABLED: &str = "WEAVE_DISABLED";
    pub(crate) const DIR: &str = "WEAVE_DIR";
    pub(crate) const SINKS: &str = "WEAVE_SINKS";
    pub(crate) const CONSOLE: &str = "WEAVE_CONSOLE";
    pub(crate) const PRINT_CALL_LINK: &str = "WEAVE_PRINT_CALL_LINK";
    pub(crate) const MAX_VALUE_BYTES: &str = "WEAVE_MAX_VALUE_BYTES";
    pub(crate) const MAX_CONTENT_BYTES: &str = "WEAVE_MAX_CONTENT_BYTES";
    pub(crate) const MAX_CALLS_QUEUE_SIZE: &str = "WEAVE_MAX_CALLS_QUEUE_SIZE";
    pub(crate) const MAX_QUEUE_BYTES: &str = "WEAVE_MAX_QUEUE_BYTES";
    pub(crate) const FLUSH_INTERVAL_MS: &str = "WEAVE_FLUSH_INTERVAL_MS";
    pub(crate) const FLUSH_TIMEOUT_MS: &str = "WEAVE_FLUSH_TIMEOUT_MS";
    pub(crate) const REDACT_KEYS: &str = "WEAVE_REDACT_KEYS";
    pub(crate) const SAMPLE_RATE: &str = "WEAVE_SAMPLE_RATE";
    pub(crate) const KEEP_ERRORS: &str = "WEAVE_KEEP_ERRORS";
    pub(crate) const MAX_SPILL_BYTES: &str = "WEAVE_MAX_SPILL_BYTES";
    pub(crate) const MAX_SPILL_AGE_S: &str = "WEAVE_MAX_SPILL_AGE_S";
}

/// Where the store is when nobody says: below the working directory.
pub(crate) const DEFAULT_DIR: &str = ".weave";

/// Longer times, such as `Duration::MAX`, are as good as this one, which can be added to a clock.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Everything that was decided about a client. Two that are equal are one client.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Config {
    /// `project`, or `entity/project`.
    pub(crate) project: String,
    pub(crate) disabled: bool,
    pub(crate) dir: PathBuf,
    pub(crate) local: bool,
    pub(crate) console: bool,
    /// Whether to say on stderr where calls go.
    pub(crate) announce: bool,
    pub(crate) limits: Limits,
    pub(crate) queue_calls: usize,
    pub(crate) queue_bytes: usize,
    pub(crate) flush_interval: Duration,
    pub(crate) flush_timeout: Duration,
    pub(crate) attributes: Map<String, Value>,
    pub(crate) redact_keys: Vec<String>,
    pub(crate) hooks: Hooks,
    pub(crate) sample_rate: Rate,
    pub(crate) keep_errors: bool,
    pub(crate) follow_parent_sampling: bool,
    /// What holds for the destinations below.
    pub(crate) remote: RemoteConfig,
    pub(crate) wandb: Option<WandbConfig>,
    pub(crate) otlp: Option<OtlpConfig>,
}

impl Config {
    /// The settings that another client has otherwise, by the names of the builder.
    pub(crate) fn differences(&self, other: &Self) -> Vec<&'static str> {
        let settings = [
            ("disabled", self.disabled == other.disabled),
            ("dir", self.dir == other.dir),
            ("local", self.local == other.local),
            ("console", self.console == other.console),
            ("print_call_link", self.announce == other.announce),
            ("value_bytes", self.limits.bytes == other.limits.bytes),
            ("content_bytes", self.limits.content == other.limits.content),
            ("queue_calls", self.queue_calls == other.queue_calls),
            ("queue_bytes", self.queue_bytes == other.queue_bytes),
            ("flush_interval", self.flush_interval == other.flush_interval),
            ("flush_timeout", self.flush_timeout == other.flush_timeout),
            ("attributes", self.attributes == other.attributes),
            ("redact_keys", self.redact_keys == other.redact_keys),
            ("inputs", self.hooks.inputs == other.hooks.inputs),
            ("output", self.hooks.output == other.hooks.output),
            ("redact", self.hooks.redact == other.hooks.redact),
            ("sample_rate", self.sample_rate == other.sample_rate),
            ("keep_errors", self.keep_errors == other.keep_errors),
            ("follow_parent_sampling", self.follow_parent_sampling == other.follow_parent_sampling),
            ("spill_bytes", self.remote.spill_bytes == other.remote.spill_bytes),
            ("spill_age", self.remote.spill_age == other.remote.spill_age),
            ("weave", self.wandb == other.wandb),
            ("otlp", self.otlp == other.otlp),
        ];
        settings.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
    }
}

/// What a builder was told, with the sinks that were given to it.
pub(crate) struct Resolved {
    pub(crate) config: Config,
    pub(crate) environment: Environment,
    pub(crate) sinks: Vec<Box<dyn Sink>>,
}

/// Resolves what a builder was told against its environment.
pub(crate) fn resolve(builder: Builder) -> Result<Resolved, Error> {
    let Builder { project, given, environment, attributes, sinks, mut redact_keys, hooks } = builder;
    let env = &environment;
    let project = checked_project(project)?;
    let disabled = or_else(given.disabled, || env.flag(names::DISABLED))?.unwrap_or(false);
    let on = Sinks::resolve(&given, env)?;
    // What is off need not be sound.
    let announce = or_else(given.print_call_link, || env.flag(names::PRINT_CALL_LINK))?.unwrap_or(true);
    let wandb = (on.weave && !disabled).then(|| wandb::resolve(&project, &given, env, announce)).transpose()?;
    let otlp = (on.otlp && !disabled).then(|| otlp::resolve(&project, &given, env)).transpose()?;
    let spill = Spill::resolve(&given, env)?;
    let dir = given.dir.or_else(|| env.path(names::DIR)).unwrap_or_else(|| DEFAULT_DIR.into());
    let dir = checked_dir(dir)?;
    let defaults = Limits::default();
    let bytes = or_else(given.value_bytes, || env.count(names::MAX_VALUE_BYTES))?.unwrap_or(defaults.bytes);
    let content = or_else(given.content_bytes, || env.count(names::MAX_CONTENT_BYTES))?.unwrap_or(defaults.content);
    let queue_calls = or_else(given.queue_calls, || env.count(names::MAX_CALLS_QUEUE_SIZE))?.unwrap_or(100_000);
    let queue_bytes = or_else(given.queue_bytes, || env.count(names::MAX_QUEUE_BYTES))?.unwrap_or(64 << 20);
    let flush_interval = or_else(given.flush_interval, || env.millis(names::FLUSH_INTERVAL_MS))?;
    let flush_interval = or_else(flush_interval, || if on.otlp { otlp::schedule_delay(env) } else { Ok(None) })?;
    let flush_timeout = or_else(given.flush_timeout, || env.millis(names::FLUSH_TIMEOUT_MS))?;
    let sample_rate = or_else(given.sample_rate, || env.share(names::SAMPLE_RATE))?.unwrap_or(1.0);
    let keep_errors = or_else(given.keep_errors, || env.flag(names::KEEP_ERRORS))?.unwrap_or(false);
    redact_keys.extend(env.list(names::REDACT_KEYS).unwrap_or_default());
    let queue_bytes = above_zero("queue_bytes", queue_bytes)?;
    let flush_interval = some_time("flush_interval", flush_interval.unwrap_or(Duration::from_secs(1)))?;
    let remote =
        RemoteConfig { dir: dir.clone(), spill_bytes: spill.bytes, spill_age: spill.age, flush_interval, queue_bytes };
    let config = Config {
        project,
        disabled,
        dir,
        local: on.local,
        console: on.console,
        announce,
        limits: Limits {
            bytes: above_zero("value_bytes", bytes)?,
            content: above_zero("content_bytes", content)?,
            ..defaults
        },
        queue_calls: above_zero("queue_calls", queue_calls)?,
        queue_bytes,
        flush_interval,
        flush_timeout: flush_timeout.unwrap_or(Duration::from_secs(30)).min(LONGEST),
        attributes,
        redact_keys,
        hooks,
        sample_rate: some_share("sample_rate", sample_rate)?,
        keep_errors,
        follow_parent_sampling: given.follow_parent_sampling.unwrap_or(true),
        remote,
        wandb,
        otlp,
    };
    Ok(Resolved { config, environment, sinks })
}

/// Explicit, else what `fallback` finds in the environment. What is given explicitly is not looked up.
fn or_else<T>(given: Option<T>, fallback: impl FnOnce() -> Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    given.map_or_else(fallback, |given| Ok(Some(given)))
}

fn above_zero(name: &str, value: usize) -> Result<usize, Error> {
    if value > 0 { Ok(value) } else { Err(Error::config(format!("{name} is 0: expected a number above zero"))) }
}

fn some_time(name: &str, time: Duration) -> Result<Duration, Error> {
    if time.is_zero() {
        return Err(Error::config(format!("{name} is 0: expected a time above zero")));
    }
    Ok(time.min(LONGEST))
}

fn some_share(name: &str, share: f64) -> Result<Rate, Error> {
    Rate::new(share).ok_or_else(|| Error::config(format!("{name} is {share}: expected a number from 0 to 1")))
}

fn checked_dir(dir: PathBuf) -> Result<PathBuf, Error> {
    if dir.as_os_str().is_empty() {
        Err(Error::config("dir is \"\": expected the path of a directory"))
    } else {
        Ok(dir)
    }
}

fn checked_project(project: String) -> Result<String, Error> {
    let mut parts = project.split('/');
    let sound = |part: &str| !part.trim().is_empty();
    let well_formed = match (parts.next(), parts.next(), parts.next()) {
        (Some(project), None, None) => sound(project),
        (Some(entity), Some(project), None) => sound(entity) && sound(project),
        _ => false,
    };
    if well_formed {
        Ok(project)
    } else {
        Err(Error::config(format!("the project is {project:?}: expected \"project\" or \"entity/project\"")))
    }
}
