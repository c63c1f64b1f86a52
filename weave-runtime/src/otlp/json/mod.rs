//! Spans as JSON, for backends that take no protobuf.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

use super::http;
use crate::config::OtlpConfig;
use crate::error::Error;
use crate::remote::Sender;

pub(super) fn sender(config: &OtlpConfig) -> Result<Box<dyn Sender>, Error> {
    let format = http::Format { content_type: "application/json", rewritten: Some(json) };
    Ok(Box::new(http::Sender::new(config, format)?))
}

/// The same request in the other words. What waits is protobuf whatever it is sent as, so the words may change meanwhile.
fn json(protobuf: &[u8]) -> Result<Vec<u8>, Error> {
    let failed =
        |error: &dyn std::fmt::Display| Error::delivery(format!("spans could not be written as JSON: {error}"));
    let request = ExportTraceServiceRequest::decode(protobuf).map_err(|error| failed(&error))?;
    serde_json::to_vec(&request).map_err(|error| failed(&error))
}
