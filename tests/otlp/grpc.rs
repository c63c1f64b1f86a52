//! Spans over gRPC, against a server of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tokio::runtime::Runtime;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};
use weave::OtlpProtocol;

use crate::tls::{authority, certificate, file};
use crate::turn::{double, turn};

pub(crate) type Answer = Result<ExportTraceServiceResponse, Status>;

/// What came, and what is answered once.
#[derive(Clone, Default)]
pub(crate) struct Service {
    pub(crate) received: Arc<Mutex<Vec<(MetadataMap, ExportTraceServiceRequest)>>>,
    pub(crate) answer: Arc<Mutex<Option<Answer>>>,
}

#[tonic::async_trait]
impl TraceService for Service {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.received.lock().unwrap().push((metadata, request));
        let answer = self.answer.lock().unwrap().take();
        answer.unwrap_or_else(|| Ok(ExportTraceServiceResponse::default())).map(Response::new)
    }
}

/// A server on loopback, which ends with its runtime.
pub(crate) fn serve(service: &Service) -> (Runtime, SocketAddr) {
    serve_with(service, Server::builder())
}

fn serve_with(service: &Service, mut server: Server) -> (Runtime, SocketAddr) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let entered = runtime.enter();
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = incoming.local_addr().unwrap();
    let service = TraceServiceServer::new(service.clone()).accept_compressed(CompressionEncoding::Gzip);
    runtime.spawn(server.add_service(service).serve_with_incoming(incoming));
    drop(entered);
    (runtime, address)
}

#[test]
fn calls_arrive_with_their_headers_compressed_or_not() {
    for compression in ["none", "gzip"] {
        let (turn, service) = (turn(), Service::default());
        let (_runtime, address) = serve(&service);
        let endpoint = format!("http://{address}");
        let environment = [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_HEADERS", "X-Key=hidden"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", compression),
        ];
        let weave = turn.with(&environment).init().unwrap();
        double(21);
        weave.flush().into_result().unwrap();
        double(22);
        weave.flush().into_result().unwrap();
        let received = service.received.lock().unwrap();
        let (metadata, request) = &received[0];
        assert_eq!(metadata.get("x-key").unwrap(), "hidden");
        assert!(metadata.get("user-agent").unwrap().to_str().unwrap().starts_with("weave-rs/"));
        assert_eq!(
            metadata.get("grpc-encoding").map(|value| value.to_str().unwrap()),
            Some("gzip").filter(|it| *it == compression)
        );
        assert_eq!(request.resource_spans[0].scope_spans[0].spans[0].name, "double");
        assert_eq!(received.len(), 2);
    }
}

#[test]
fn an_address_without_a_scheme_is_one_without_tls_where_that_is_said() {
    let (turn, service) = (turn(), Service::default());
    let (_runtime, address) = serve(&service);
    let environment = [("OTEL_EXPORTER_OTLP_INSECURE", "true")];
    let builder = turn.with(&environment).otlp_protocol(OtlpProtocol::Grpc).otlp_endpoint(address.to_string());
    let weave = builder.init().unwrap();
    double(1);
    weave.flush().into_result().unwrap();
    assert_eq!(service.received.lock().unwrap().len(), 1);
}

#[test]
fn an_authority_that_the_environment_names_is_trusted_and_no_other_is() {
    let authority = authority();
    let (certificate, key) = certificate(&authority, "127.0.0.1");
    let identity = Identity::from_pem(certificate.pem(), key.serialize_pem());
    for is_named in [true, false] {
        let (turn, service) = (turn(), Service::default());
        let tls = ServerTlsConfig::new().identity(identity.clone());
        let (_runtime, address) = serve_with(&service, Server::builder().tls_config(tls).unwrap());
        let ca = file(&turn, "ca.pem", &authority.pem());
        let name = if is_named { "OTEL_EXPORTER_OTLP_CERTIFICATE" } else { "OTHER" };
        let builder = turn.with(&[(name, ca.as_str())]).otlp_protocol(OtlpProtocol::Grpc);
        let weave = builder.otlp_endpoint(address.to_string()).init().unwrap();
        double(1);
        let report = weave.flush();
        let error = report.sinks[0].last_error.as_ref().map(ToString::to_string);
        assert_eq!(error.is_none(), is_named, "{error:?}");
        assert!(error.is_none_or(|error| error.contains("UnknownIssuer")));
        assert_eq!(service.received.lock().unwrap().len(), usize::from(is_named));
    }
}

#[test]
fn a_part_that_was_not_taken_and_a_key_that_is_wrong_are_told() {
    let partial = ExportTracePartialSuccess { rejected_spans: 1, error_message: "too old".to_owned() };
    let partial = ExportTraceServiceResponse { partial_success: Some(partial) };
    for (answer, expected) in [
        (Ok(partial), "took 1 of 2 spans: too old"),
        (Err(Status::unauthenticated("who is that?")), "answered Unauthenticated: who is that?"),
        (Err(Status::invalid_argument("no")), "answered InvalidArgument: no"),
    ] {
        let (turn, service) = (turn(), Service::default());
        let (_runtime, address) = serve(&service);
        *service.answer.lock().unwrap() = Some(answer);
        let builder = turn.builder().otlp_protocol(OtlpProtocol::Grpc).otlp_endpoint(format!("http://{address}"));
        let weave = builder.flush_interval(std::time::Duration::from_secs(10)).init().unwrap();
        double(1);
        double(2);
        let report = weave.flush();
        let error = report.sinks[0].last_error.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_client_inside_of_a_runtime_starts_and_ends_without_trouble() {
    let (turn, service) = (turn(), Service::default());
    let (_runtime, address) = std::thread::scope(|scope| scope.spawn(|| serve(&service)).join().unwrap());
    let builder = turn.builder().otlp_protocol(OtlpProtocol::Grpc).otlp_endpoint(format!("http://{address}"));
    let weave = builder.init().unwrap();
    double(1);
    weave.shutdown().into_result().unwrap();
    assert_eq!(service.received.lock().unwrap().len(), 1);
    _runtime.shutdown_background();
}
