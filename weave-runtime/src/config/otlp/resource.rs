//! What is true of all spans of the process.

use serde_json::Value;

use crate::config::Environment;
use crate::config::url::percent_decoded;
use crate::error::Error;

const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";
const SERVICE_NAME: &str = "service.name";

/// Phoenix files spans under the project that is named so.
const PHOENIX_PROJECT: &str = "openinference.project.name";

/// The resource, as conventions have it. `OTEL_SERVICE_NAME` wins over `OTEL_RESOURCE_ATTRIBUTES`, which win over what is said
/// of itself.
pub(in crate::config) fn resolve(project: &str, env: &Environment) -> Result<Vec<(String, Value)>, Error> {
    let name = project.rsplit('/').next().unwrap_or(project);
    let mut attributes: Vec<(String, Value)> = Vec::new();
    let mut put = |key: &str, value: String| match attributes.iter_mut().find(|(other, _)| other == key) {
        Some((_, old)) => *old = value.into(),
        None => attributes.push((key.to_owned(), value.into())),
    };
    put(SERVICE_NAME, unknown_service());
    put("telemetry.sdk.name", "weave-rs".to_owned());
    put("telemetry.sdk.language", "rust".to_owned());
    put("telemetry.sdk.version", env!("CARGO_PKG_VERSION").to_owned());
    put("weave.project", project.to_owned());
    put(PHOENIX_PROJECT, name.to_owned());
    for entry in env.list(ATTRIBUTES).unwrap_or_default() {
        let pair = entry.split_once('=').map(|pair| (percent_decoded(pair.0.trim()), percent_decoded(pair.1.trim())));
        match pair {
            Some((Some(key), Some(value))) if !key.is_empty() => put(&key, value),
            _ => {
                return Err(Error::config(format!(
                    "{ATTRIBUTES} has {entry:?}: expected key=value, separated by commas"
                )));
            }
        }
    }
    if let Some(service) = env.text("OTEL_SERVICE_NAME") {
        put(SERVICE_NAME, service.trim().to_owned());
    }
    Ok(attributes)
}

/// What conventions call a service that nobody named.
fn unknown_service() -> String {
    let program = std::env::current_exe().ok();
    let name = program.as_deref().and_then(|path| path.file_name()).and_then(|name| name.to_str());
    name.map_or_else(|| "unknown_service".to_owned(), |name| format!("unknown_service:{name}"))
}
