//! Stands in for OTLP as JSON where the feature `otlp-json` is off.

use crate::config::OtlpConfig;
use crate::error::Error;
use crate::remote::Sender;

pub(super) fn sender(_config: &OtlpConfig) -> Result<Box<dyn Sender>, Error> {
    let advice = "this build of weave-rs has the feature `otlp-json` off: turn it on, or choose http/protobuf";
    Err(Error::feature(format!("the protocol of OTLP is http/json (OTEL_EXPORTER_OTLP_PROTOCOL), and {advice}")))
}
