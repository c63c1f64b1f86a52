//! Servers that speak TLS: who is trusted, and who we say that we are.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, Stream};

use crate::turn::{Turn, double, turn};

pub(crate) type Issuer = CertifiedIssuer<'static, KeyPair>;

pub(crate) fn authority() -> Issuer {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate of the authority for this host, and its key.
pub(crate) fn certificate(authority: &Issuer, name: &str) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    (params.signed_by(&key, authority).unwrap(), key)
}

/// Answers one request, and gives what it was sent.
fn serve(authority: &Issuer, asks_for_client: bool) -> (SocketAddr, JoinHandle<String>) {
    let (certificate, key) = certificate(authority, "127.0.0.1");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().unwrap();
    let config = if asks_for_client {
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        config.with_client_cert_verifier(verifier)
    } else {
        config.with_no_client_auth()
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        // A client may come again after it has turned away.
        loop {
            let (mut socket, _) = listener.accept().unwrap();
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = Stream::new(&mut connection, &mut socket);
            let mut bytes = vec![0; 1 << 20];
            let Ok(length) = stream.read(&mut bytes) else { continue };
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}").unwrap();
            return String::from_utf8_lossy(&bytes[..length]).into_owned();
        }
    });
    (address, thread)
}

/// Sends a call there, and says what was wrong.
fn sent(turn: &Turn, address: SocketAddr, environment: &[(&str, &str)]) -> Result<(), String> {
    let weave =
        turn.with(environment).otlp_endpoint(format!("https://{address}")).init().map_err(|error| error.to_string())?;
    double(1);
    let report = weave.flush();
    match &report.sinks[0].last_error {
        Some(error) => Err(error.to_string()),
        None => Ok(()),
    }
}

const CA: &str = "OTEL_EXPORTER_OTLP_CERTIFICATE";

pub(crate) fn file(turn: &Turn, name: &str, text: &str) -> String {
    let path = turn.path(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn an_authority_that_the_environment_names_is_trusted() {
    let (turn, authority) = (turn(), authority());
    let (address, server) = serve(&authority, false);
    let ca = file(&turn, "ca.pem", &authority.pem());
    sent(&turn, address, &[(CA, &ca)]).unwrap();
    assert!(server.join().unwrap().starts_with("POST /v1/traces HTTP/1.1"));
}

#[test]
fn one_that_nobody_trusts_is_told_by_name() {
    let (turn, authority) = (turn(), authority());
    let (address, _server) = serve(&authority, false);
    let error = sent(&turn, address, &[]).unwrap_err();
    assert!(
        error.starts_with(&format!("the certificate of {address} is of an authority that is not trusted")),
        "{error}"
    );
}

#[test]
fn verification_can_be_turned_off() {
    let (turn, authority) = (turn(), authority());
    let (address, server) = serve(&authority, false);
    sent(&turn, address, &[("WEAVE_INSECURE_DISABLE_SSL", "true")]).unwrap();
    server.join().unwrap();
}

#[test]
fn a_server_that_asks_who_we_are_is_shown_our_certificate() {
    let (turn, authority) = (turn(), authority());
    let (address, server) = serve(&authority, true);
    let (certificate, key) = certificate(&authority, "client");
    let ca = file(&turn, "ca.pem", &authority.pem());
    let (certificate, key) = (file(&turn, "c.pem", &certificate.pem()), file(&turn, "k.pem", &key.serialize_pem()));
    let environment = [
        (CA, ca.as_str()),
        ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &certificate),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &key),
    ];
    sent(&turn, address, &environment).unwrap();
    server.join().unwrap();
}

#[test]
fn a_key_of_another_certificate_is_an_error_at_once() {
    let (turn, authority) = (turn(), authority());
    let address = "127.0.0.1:1".parse().unwrap();
    let (certificate, _) = certificate(&authority, "client");
    let (certificate, key) =
        (file(&turn, "c.pem", &certificate.pem()), file(&turn, "k.pem", &KeyPair::generate().unwrap().serialize_pem()));
    let (client, its_key) = ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_KEY");
    let error = sent(&turn, address, &[(client, &certificate), (its_key, &key)]).unwrap_err();
    assert!(error.starts_with(&format!("the files of {client} and {its_key} do not go together")), "{error}");
    let error = sent(&turn, address, &[(client, &certificate)]).unwrap_err();
    assert!(error.starts_with(&format!("{client} is set, and its other half is not")), "{error}");
    let error = sent(&turn, address, &[(CA, &key)]).unwrap_err();
    assert_eq!(error, format!("the file that {CA} names has no certificate in it: expected PEM text"));
    let error = sent(&turn, address, &[(CA, "/nowhere/ca.pem")]).unwrap_err();
    assert!(error.starts_with(&format!(r#"{CA} is "/nowhere/ca.pem": "#)), "{error}");
}

#[test]
fn where_the_system_trusts_nobody_there_are_authorities_nonetheless() {
    // The same as above in a process whose system has no certificates: the words are not that there are none.
    let test = "tls::one_that_nobody_trusts_is_told_by_name";
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test]).env("SSL_CERT_FILE", "/dev/null").env_remove("SSL_CERT_DIR");
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
