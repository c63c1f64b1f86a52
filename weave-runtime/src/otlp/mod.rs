//! Delivery to an OTLP backend.

#[allow(dead_code, reason = "the destination is under way")]
pub(crate) mod encode;

use crate::config::{OtlpConfig, RemoteConfig};
use crate::error::Error;
use crate::pipeline::Mount;

/// The sink's name in reports and warnings.
pub(crate) const NAME: &str = "otlp";

/// Delivers there.
///
/// # Errors
///
/// [`is_config`](Error::is_config) when the configuration cannot be used.
pub(crate) fn mount(config: &OtlpConfig, remote: &RemoteConfig) -> Result<Mount, Error> {
    let _ = (config, remote);
    Err(Error::feature("under way"))
}
