//! What every call says of the client and the machine, under the attribute that is Weave's own.

use serde_json::{Map, Value};

use crate::config::WandbConfig;

/// The key of the attribute.
pub(super) const RESERVED: &str = "weave";

/// The name of this client.
const SOURCE: &str = "rust-sdk";

/// What the configuration lets be told.
pub(super) fn about(config: &WandbConfig) -> Map<String, Value> {
    let mut about = Map::new();
    if config.capture_client_info {
        about.insert("client_version".to_owned(), env!("CARGO_PKG_VERSION").into());
        about.insert("source".to_owned(), SOURCE.into());
    }
    if config.capture_system_info {
        about.insert("os_name".to_owned(), system().into());
        for (key, file) in [("os_version", "version"), ("os_release", "osrelease")] {
            let text = std::fs::read_to_string(format!("/proc/sys/kernel/{file}"));
            if let Some(text) = text.ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) {
                about.insert(key.to_owned(), text.into());
            }
        }
    }
    about
}

/// The name of the system as Python says it.
fn system() -> &'static str {
    match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "Darwin",
        "windows" => "Windows",
        other => other,
    }
}
