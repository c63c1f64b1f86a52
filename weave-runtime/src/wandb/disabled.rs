//! Stands in for delivery to W&B Weave where the feature `wandb` is off.

use crate::config::{RemoteConfig, WandbConfig};
use crate::error::Error;
use crate::pipeline::Mount;

/// Would deliver there.
///
/// # Errors
///
/// Always [`is_feature`](Error::is_feature): this build has the feature `wandb` off.
pub(crate) fn mount(_config: &WandbConfig, _remote: &RemoteConfig) -> Result<Mount, Error> {
    Err(Error::feature("calls cannot be sent to W&B Weave: this build of weave-rs has the feature `wandb` off"))
}
