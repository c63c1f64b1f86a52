//! Why there was no answer, in words for people.

use std::io::{self, ErrorKind};
use std::time::Duration;

use rustls::CertificateError;
use ureq::{Error as Cause, Timeout};

use crate::config::Url;
use crate::error::Error;

/// No answer, or not all of it.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Whether it will be no better until somebody changes something: a certificate that is not trusted.
    pub(crate) lasting: bool,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl Failure {
    fn passing(message: String) -> Self {
        Self { error: Error::delivery(message), lasting: false }
    }

    fn lasting(message: String) -> Self {
        Self { error: Error::delivery(message), lasting: true }
    }

    /// Something else was given where a URL must be. It is not shown: it may have anything in it.
    pub(super) fn no_url() -> Self {
        Self::lasting("the address is no URL of HTTP".to_owned())
    }

    /// `via` is the place of the proxy.
    pub(super) fn of(cause: Cause, url: &Url<'_>, via: Option<&str>, time: Duration) -> Self {
        let to = url.place();
        // Whoever is connected to.
        let next = via.map_or_else(|| to.clone(), |via| format!("the proxy {via}"));
        match cause {
            Cause::Timeout(Timeout::Resolve | Timeout::Connect) => {
                Self::passing(format!("no connection to {next} within {:?}", time.min(super::client::CONNECT)))
            }
            Cause::Timeout(_) => Self::passing(format!("no answer from {to} within {time:?}")),
            Cause::HostNotFound => Self::passing(format!("cannot find {next}: its name has no address")),
            Cause::ConnectProxyFailed(reason) => Self::passing(format!("{next} does not connect to {to}: {reason}")),
            Cause::InvalidProxyUrl => Self::lasting("the address of the proxy cannot be used".to_owned()),
            Cause::Rustls(error) => Self::tls(&error, &to),
            Cause::Io(error) => Self::io(error, &to, &next),
            Cause::Protocol(_) | Cause::LargeResponseHeader(..) | Cause::Decompress(..) => {
                Self::passing(format!("what {to} answered is no HTTP: does it speak another protocol, or TLS?"))
            }
            Cause::BodyExceedsLimit(_) => Self::passing(format!("the answer of {to} is too long")),
            // Their words may have a header or a URL in them.
            Cause::Http(_) | Cause::BadUri(_) => Self::lasting(format!(
                "the request to {to} cannot be written: a header or the path has a character that is not allowed"
            )),
            Cause::Tls(reason) => Self::lasting(format!("no TLS with {to}: {reason}")),
            _ => Self::passing(format!("the request to {to} failed")),
        }
    }

    fn io(error: io::Error, to: &str, next: &str) -> Self {
        if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Self::tls(error, to);
        }
        let message = match error.kind() {
            ErrorKind::ConnectionRefused => format!("cannot connect to {next}: connection refused"),
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof => format!("{to} closed the connection before its answer was complete"),
            ErrorKind::TimedOut | ErrorKind::WouldBlock => format!("no connection to {next} in time"),
            _ => format!("cannot reach {next}: {error}"),
        };
        Self { error: Error::delivery(message).because(error), lasting: false }
    }

    fn tls(error: &rustls::Error, to: &str) -> Self {
        match error {
            rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => Self::lasting(format!(
                "the certificate of {to} is of an authority that is not trusted here: trust it in the system, or name its \
                 file (SSL_CERT_FILE, OTEL_EXPORTER_OTLP_CERTIFICATE)"
            )),
            rustls::Error::InvalidCertificate(_) => {
                Self::lasting(format!("the certificate of {to} is not valid: {error}"))
            }
            rustls::Error::InvalidMessage(_) => {
                Self::lasting(format!("{to} does not speak TLS: is its address http:// in place of https://?"))
            }
            _ => Self::lasting(format!("no TLS with {to}: {error}")),
        }
    }
}
