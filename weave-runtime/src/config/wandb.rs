//! W&B Weave, as the builder, its variables and its files say.

use super::{Environment, Given};
use crate::error::Error;
use crate::secret::Secret;

/// Where Weave is, and who we are there.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(dead_code, reason = "only the destination reads it")]
pub(crate) struct WandbConfig {
    /// `project`, or `entity/project`.
    pub(crate) project: String,
    pub(crate) api_key: Secret,
}

/// Whether the environment says that calls are to go there.
pub(super) fn is_named(env: &Environment) -> bool {
    env.text("WANDB_API_KEY").is_some()
}

pub(super) fn resolve(project: &str, given: &Given, env: &Environment) -> Result<WandbConfig, Error> {
    let key = given.api_key.clone().or_else(|| env.text("WANDB_API_KEY").map(Secret::new));
    let Some(api_key) = key else {
        return Err(Error::config("calls are to go to W&B Weave, and there is no key: set WANDB_API_KEY"));
    };
    Ok(WandbConfig { project: project.to_owned(), api_key })
}
