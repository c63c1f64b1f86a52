//! Stands in for delivery to an OTLP backend where the feature `otlp` is off.

use crate::config::{OtlpConfig, RemoteConfig};
use crate::error::Error;
use crate::pipeline::Mount;

/// Would deliver there.
///
/// # Errors
///
/// Always [`is_feature`](Error::is_feature): this build has the feature `otlp` off.
pub(crate) fn mount(_config: &OtlpConfig, _remote: &RemoteConfig) -> Result<Mount, Error> {
    Err(Error::feature("calls cannot be sent to an OTLP backend: this build of weave-rs has the feature `otlp` off"))
}
