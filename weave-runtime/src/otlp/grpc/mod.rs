//! Spans over gRPC.

mod raw;
mod status;

use std::time::Duration;

use http::uri::PathAndQuery;
use raw::Raw;
use tokio::runtime::Runtime;
use tonic::client::Grpc;
use tonic::codec::CompressionEncoding;
use tonic::metadata::{AsciiMetadataKey, AsciiMetadataValue, MetadataMap};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Extensions, Request};
use tracing::dispatcher::{Dispatch, with_default};

use super::{answer, encode, most, resource};
use crate::config::OtlpConfig;
use crate::error::Error;
use crate::net::mask;
use crate::remote::{self, Item, Most, Outcome, Route};

const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

pub(super) fn sender(config: &OtlpConfig) -> Result<Box<dyn remote::Sender>, Error> {
    let endpoint = endpoint(config)?;
    let metadata = metadata(config)?;
    Ok(Box::new(Sender { config: config.clone(), resource: resource(config), endpoint, metadata, connection: None }))
}

/// Calls one address.
struct Sender {
    config: OtlpConfig,
    resource: Vec<u8>,
    endpoint: Endpoint,
    metadata: MetadataMap,
    /// Made by the first request: what it is made of may not be dropped where a program is asynchronous.
    connection: Option<Connection>,
}

/// Runs only while it is asked something.
struct Connection {
    client: Grpc<Channel>,
    runtime: Option<Runtime>,
}

impl remote::Sender for Sender {
    fn most(&self, _route: Route) -> Most {
        most(&self.config)
    }

    fn send(&mut self, _route: Route, items: &[Item], timeout: Duration) -> Outcome {
        let connection = match self.connection.take().map_or_else(|| Connection::new(self), Ok) {
            Ok(connection) => self.connection.insert(connection),
            Err(reason) => return Outcome::Later { after: None, reason },
        };
        let body = encode::request(&self.resource, items.iter().map(|item| &*item.body));
        let request = Request::from_parts(self.metadata.clone(), Extensions::default(), body);
        let timeout = timeout.min(self.config.timeout);
        let place = &self.config.shown;
        // The connection is a span without a parent, which does not know that telemetry is suppressed here.
        match with_default(&Dispatch::none(), || connection.call(request, timeout)) {
            None => {
                let reason = Error::delivery(format!("no answer from {place} within {timeout:?}"));
                Outcome::Later { after: None, reason }
            }
            Some(Ok(mut answer)) => {
                mask(&mut answer, &self.config.headers, "");
                answer::accepted(&answer, items.len(), super::NAME, place)
            }
            Some(Err(status)) => status::outcome(&status, &self.config.headers, place),
        }
    }
}

impl Connection {
    fn new(sender: &Sender) -> Result<Self, Error> {
        let failed = |error| Error::delivery("no Tokio runtime could be started for gRPC").because(error);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let _entered = runtime.enter();
        let mut client = Grpc::new(sender.endpoint.connect_lazy()).accept_compressed(CompressionEncoding::Gzip);
        if sender.config.gzip {
            client = client.send_compressed(CompressionEncoding::Gzip);
        }
        drop(_entered);
        Ok(Self { client, runtime: Some(runtime) })
    }

    /// `None` when the time is over.
    fn call(&mut self, mut request: Request<Vec<u8>>, timeout: Duration) -> Option<Result<Vec<u8>, tonic::Status>> {
        request.set_timeout(timeout);
        let client = &mut self.client;
        let answer = async move {
            let ready = |error: tonic::transport::Error| tonic::Status::from_error(error.into());
            client.ready().await.map_err(ready)?;
            Ok(client.unary(request, PathAndQuery::from_static(EXPORT), Raw).await?.into_inner())
        };
        self.runtime.as_ref()?.block_on(async { tokio::time::timeout(timeout, answer).await }).ok()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Not to wait for a name that is being looked up.
            runtime.shutdown_background();
        }
    }
}

fn endpoint(config: &OtlpConfig) -> Result<Endpoint, Error> {
    let failed = |error: tonic::transport::Error| {
        Error::config(format!("no gRPC with {}: {}", config.shown, status::innermost(&error)))
    };
    let endpoint = Endpoint::from_shared(config.endpoint.expose().to_owned()).map_err(failed)?;
    let endpoint = endpoint.connect_timeout(CONNECT).user_agent(crate::net::USER_AGENT).map_err(failed)?;
    if config.endpoint.expose().get(..5).is_none_or(|scheme| !scheme.eq_ignore_ascii_case("https")) {
        return Ok(endpoint);
    }
    if config.net.insecure {
        return Err(Error::config(
            "WEAVE_INSECURE_DISABLE_SSL is set, and OTLP over gRPC always looks at certificates",
        ));
    }
    let mut tls = ClientTlsConfig::new();
    tls = match &config.net.authorities {
        Some(authorities) => tls.ca_certificate(Certificate::from_pem(authorities.text.expose())),
        None => tls.with_native_roots(),
    };
    if let Some(identity) = &config.net.identity {
        tls = tls.identity(Identity::from_pem(identity.certificate.text.expose(), identity.key.text.expose()));
    }
    endpoint.tls_config(tls).map_err(failed)
}

/// Headers, as gRPC has them.
fn metadata(config: &OtlpConfig) -> Result<MetadataMap, Error> {
    let mut metadata = MetadataMap::new();
    for (name, value) in &config.headers {
        let wrong = || Error::config(format!("the header {name} cannot be sent by gRPC"));
        let key = AsciiMetadataKey::from_bytes(name.to_ascii_lowercase().as_bytes()).map_err(|_| wrong())?;
        let mut value: AsciiMetadataValue = value.expose().parse().map_err(|_| wrong())?;
        // So that it is not kept in tables of compression, nor shown.
        value.set_sensitive(true);
        metadata.insert(key, value);
    }
    Ok(metadata)
}
