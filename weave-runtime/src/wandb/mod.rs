//! Delivery to W&B Weave.

mod links;

use crate::config::{RemoteConfig, WandbConfig};
use crate::error::Error;
use crate::pipeline::Mount;

/// The sink's name in reports and warnings.
pub(crate) const NAME: &str = "weave";

/// Delivers there.
///
/// # Errors
///
/// [`is_config`](Error::is_config) when the configuration cannot be used.
pub(crate) fn mount(config: &WandbConfig, remote: &RemoteConfig) -> Result<Mount, Error> {
    let _ = (config, remote);
    Err(Error::feature("under way"))
}
