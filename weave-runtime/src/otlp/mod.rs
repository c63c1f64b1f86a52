//! Delivery to an OTLP backend.

mod answer;
pub(crate) mod encode;
#[cfg(feature = "otlp-grpc")]
mod grpc;
#[cfg(not(feature = "otlp-grpc"))]
#[path = "grpc/disabled.rs"]
mod grpc;
mod http;
mod instance;
#[cfg(feature = "otlp-json")]
mod json;
#[cfg(not(feature = "otlp-json"))]
#[path = "json/disabled.rs"]
mod json;
mod spans;

#[cfg_attr(not(feature = "wandb"), allow(unused_imports, reason = "only Weave has a use for them"))]
pub(crate) use self::{answer::outcome, instance::with_id};

use crate::config::{OtlpConfig, OtlpProtocol, RemoteConfig};
use crate::error::Error;
use crate::pipeline::Mount;
use crate::remote::{self, Destination, Most, Sender};

/// The sink's name in reports and warnings.
pub(crate) const NAME: &str = "otlp";

/// Below the 4 MiB that servers of gRPC take unless told otherwise, with room for what surrounds the spans.
const MOST_BYTES: usize = (4 << 20) - (64 << 10);

/// Delivers there.
///
/// # Errors
///
/// [`is_config`](Error::is_config) when the configuration cannot be used, [`is_feature`](Error::is_feature) when the protocol
/// needs a feature that is off.
pub(crate) fn mount(config: &OtlpConfig, remote: &RemoteConfig) -> Result<Mount, Error> {
    let sender: Box<dyn Sender> = match config.protocol {
        OtlpProtocol::HttpProtobuf => Box::new(http::Sender::new(config, http::Format::PROTOBUF)?),
        OtlpProtocol::HttpJson => json::sender(config)?,
        OtlpProtocol::Grpc => grpc::sender(config)?,
    };
    // What was encoded for one project is not to be sent as another's.
    let address = format!("{} at {}", config.project, config.shown);
    let encoder = Box::new(spans::Spans);
    Ok(remote::mount(Destination { name: NAME, address, encoder, sender }, remote))
}

/// The resource of all requests.
fn resource(config: &OtlpConfig) -> Vec<u8> {
    encode::resource(&instance::with_id(&config.resource))
}

fn most(config: &OtlpConfig) -> Most {
    Most { items: config.batch, bytes: MOST_BYTES }
}
