//! Which sinks there are, when nobody says it of each.

use super::{Environment, Given, names, otlp, wandb};
use crate::error::Error;

/// What is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sinks {
    pub(super) local: bool,
    pub(super) weave: bool,
    pub(super) otlp: bool,
    pub(super) console: bool,
}

impl Sinks {
    /// Where calls go: the first of these that says so. The builder; `WEAVE_SINKS`; a key of W&B; an endpoint of OTLP; else the
    /// local store.
    pub(super) fn resolve(given: &Given, env: &Environment) -> Result<Self, Error> {
        let console = match given.console {
            Some(console) => Some(console),
            None => env.flag(names::CONSOLE)?,
        };
        let listed = Listed::read(env)?;
        let chosen = given.local == Some(true) || given.weave() == Some(true) || given.otlp() == Some(true);
        let mut sinks = Self { local: false, weave: false, otlp: false, console: console.unwrap_or(listed.console) };
        if chosen {
        } else if listed.any {
            sinks = Self { local: listed.local, weave: listed.weave, otlp: listed.otlp, ..sinks };
        } else if cfg!(feature = "wandb") && given.weave() != Some(false) && wandb::is_named(env) {
            // Variables that are there for other programs, too, do not stop one that was built without.
            sinks.weave = true;
        } else if cfg!(feature = "otlp") && given.otlp() != Some(false) && otlp::is_named(env) {
            sinks.otlp = true;
        } else {
            sinks.local = cfg!(feature = "local");
        }
        sinks.local = given.local.unwrap_or(sinks.local);
        sinks.weave = given.weave().unwrap_or(sinks.weave);
        sinks.otlp = given.otlp().unwrap_or(sinks.otlp);
        Ok(sinks)
    }
}

/// The sinks that `WEAVE_SINKS` names: with it, those and no others.
#[derive(Default)]
struct Listed {
    any: bool,
    local: bool,
    weave: bool,
    otlp: bool,
    console: bool,
}

impl Listed {
    fn read(env: &Environment) -> Result<Self, Error> {
        let Some(sinks) = env.list(names::SINKS) else { return Ok(Self::default()) };
        let mut listed = Self { any: true, ..Self::default() };
        for sink in &sinks {
            match sink.as_str() {
                "local" => listed.local = true,
                "weave" => listed.weave = true,
                "otlp" => listed.otlp = true,
                "console" => listed.console = true,
                "none" => {}
                other => {
                    return Err(Error::config(format!(
                        "{} has {other:?}: expected local, weave, otlp, console or none, separated by commas",
                        names::SINKS
                    )));
                }
            }
        }
        Ok(listed)
    }
}
