//! Requests over HTTP, each within its time, never followed by anything of ours being recorded.

mod client;
mod failure;
mod fields;
mod mask;
mod proxy;
mod reason;
mod retry_after;
#[cfg(test)]
mod tests;
mod tls;
mod varint;
mod wire;

use std::time::Duration;

pub(crate) use client::Http;
pub(crate) use failure::Failure;
pub(crate) use fields::{Field, fields};
#[cfg_attr(not(feature = "otlp-grpc"), allow(unused_imports, reason = "only gRPC reads answers itself"))]
pub(crate) use mask::mask;
pub(crate) use reason::plain;
pub(crate) use varint::{put_varint, read_varint};

use crate::secret::Secret;

/// Who we say that we are.
pub(crate) const USER_AGENT: &str = concat!("weave-rs/", env!("CARGO_PKG_VERSION"));

/// One request.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'static str,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(String, Secret)],
    pub(crate) content_type: &'a str,
    /// Not sent with `GET`.
    pub(crate) body: &'a [u8],
    /// Whether the body is sent as gzip.
    pub(crate) gzip: bool,
    /// For all of it, names and connections included.
    pub(crate) timeout: Duration,
}

/// What came back, whatever the status. Redirects are not followed: a key would go to wherever they point.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// How long the server asks to be left alone.
    pub(crate) retry_after: Option<Duration>,
    /// Where it says that it is instead.
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What a status says about the request, and about the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// 2xx.
    Taken,
    /// 408, 429, 503, and any 5xx that says for how long: the same may be taken later.
    Busy,
    /// Other 5xx: the server is broken, or something in the request breaks it.
    Failing,
    /// 413.
    TooLarge,
    /// 401, 403, 407 of a proxy: nobody of our name is let in.
    Unwelcome,
    /// 3xx, 404, 405, or a page for people: what was asked is not there.
    Elsewhere,
    /// Any other.
    Refused,
}

impl Response {
    pub(crate) fn standing(&self) -> Standing {
        match self.status {
            // Of a network that wants a login first, or of a server that shows its page wherever one asks.
            200..300 if reason::is_page(&self.body) => Standing::Elsewhere,
            200..300 => Standing::Taken,
            408 | 429 | 503 => Standing::Busy,
            500.. if self.retry_after.is_some() => Standing::Busy,
            500.. => Standing::Failing,
            413 => Standing::TooLarge,
            401 | 403 | 407 => Standing::Unwelcome,
            300..=399 | 404 | 405 => Standing::Elsewhere,
            _ => Standing::Refused,
        }
    }

    /// What is wrong, for people: the status and what the server says about it.
    pub(crate) fn reason(&self) -> String {
        let Self { status, .. } = self;
        match (&self.location, reason::found(&self.body)) {
            (Some(location), _) if (300..=399).contains(status) => format!("{status}, see {location}"),
            (_, Some(reason)) => format!("{status} {reason}"),
            (_, None) => match reason::phrase(*status) {
                Some(phrase) => format!("{status} {phrase}"),
                None => status.to_string(),
            },
        }
    }
}
