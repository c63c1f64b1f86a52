//! Delivery to W&B Weave.

mod about;
mod agents;
mod api;
mod call;
mod conversations;
mod digest;
mod encoder;
mod links;
mod media;
mod object;
mod older;
mod ops;
mod printed;
mod project;
mod references;
mod sender;
mod session;
#[cfg(test)]
mod tests;
mod values;

use self::conversations::Conversations;
use self::encoder::ForWeave;
use self::sender::ToWeave;
use crate::config::{RemoteConfig, WandbConfig};
use crate::error::Error;
use crate::pipeline::Mount;
use crate::remote::{self, Destination};

/// The sink's name in reports and warnings.
pub(crate) const NAME: &str = "weave";

/// Delivers there.
///
/// # Errors
///
/// [`is_config`](Error::is_config) when the configuration cannot be used.
pub(crate) fn mount(config: &WandbConfig, remote: &RemoteConfig) -> Result<Mount, Error> {
    let conversations = Conversations::default();
    let destination = Destination {
        name: NAME,
        address: address(config),
        encoder: Box::new(ForWeave::new(config, conversations.clone())),
        sender: Box::new(ToWeave::new(config, conversations)?),
    };
    Ok(remote::mount(destination, remote))
}

/// Where it is, as far as that is known before anybody was asked.
fn address(config: &WandbConfig) -> String {
    let WandbConfig { entity, project, trace_server_url, .. } = config;
    let slash = if entity.is_some() { "/" } else { "" };
    format!("{}{slash}{project} at {trace_server_url}", entity.as_deref().unwrap_or_default())
}
