//! Spans in requests of HTTP.

use std::time::Duration;

use super::{answer, encode, most, resource};
use crate::config::OtlpConfig;
use crate::error::Error;
use crate::net::{Failure, Http, Request};
use crate::remote::{self, Item, Most, Outcome, Route};

/// What a request is written in.
pub(super) struct Format {
    pub(super) content_type: &'static str,
    /// From protobuf, where it is something else.
    pub(super) rewritten: Option<Rewrite>,
}

impl Format {
    pub(super) const PROTOBUF: Self = Self { content_type: "application/x-protobuf", rewritten: None };
}

type Rewrite = fn(&[u8]) -> Result<Vec<u8>, Error>;

/// Posts them to one address.
pub(super) struct Sender {
    config: OtlpConfig,
    format: Format,
    http: Http,
    resource: Vec<u8>,
}

impl Sender {
    pub(super) fn new(config: &OtlpConfig, format: Format) -> Result<Self, Error> {
        let http = Http::new(&config.net)?;
        Ok(Self { resource: resource(config), config: config.clone(), format, http })
    }
}

impl remote::Sender for Sender {
    fn most(&self, _route: Route) -> Most {
        most(&self.config)
    }

    fn send(&mut self, _route: Route, items: &[Item], timeout: Duration) -> Outcome {
        let body = encode::request(&self.resource, items.iter().map(|item| &*item.body));
        let body = match self.format.rewritten.map(|rewritten| rewritten(&body)) {
            None => body,
            Some(Ok(body)) => body,
            Some(Err(error)) => return Outcome::Smaller(error),
        };
        let request = Request {
            method: "POST",
            url: self.config.endpoint.expose(),
            headers: &self.config.headers,
            content_type: self.format.content_type,
            body: &body,
            gzip: self.config.gzip,
            timeout: timeout.min(self.config.timeout),
        };
        let answer = self.http.send(&request).map_err(|failure| self.with_hint(failure));
        answer::outcome(answer, items.len(), super::NAME, &self.config.shown)
    }
}

impl Sender {
    /// Servers of gRPC answer nothing that could be read, and their port is the one that many know.
    fn with_hint(&self, failure: Failure) -> Failure {
        if !self.config.shown.contains(":4317/") {
            return failure;
        }
        let hint = "4317 is the port of gRPC, 4318 that of HTTP";
        Failure { error: Error::delivery(format!("{}; {hint}", failure.error)), ..failure }
    }
}
