//! A client that keeps its connections.

use std::io::{Read, Write};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use ureq::tls::TlsConfig;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::{Agent, Body, Error as Cause, Proxy, http};

use super::proxy::Route;
use super::wire::{self, Head, Wires};
use super::{Failure, Request, Response, USER_AGENT, mask, retry_after, tls};
use crate::config::{NetConfig, Proxies, Url};
use crate::error::Error;

/// As much of an answer is read: more than any that is understood.
const LONGEST_ANSWER: u64 = 8 << 20;

/// How long a connection may take, names and TLS included.
pub(super) const CONNECT: Duration = Duration::from_secs(10);

/// Headers that the client has a say in.
const TOLD: [&str; 6] = ["accept", "accept-encoding", "connection", "expect", "host", "user-agent"];

/// Sends requests, one after the other or several at a time.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    agent: Agent,
    /// Trusts what Mozilla does: for systems that come without any certificates, as small containers do.
    bundled: Option<Agent>,
    proxies: Proxies,
}

impl Http {
    /// Opens no connection.
    ///
    /// # Errors
    ///
    /// [`is_config`](Error::is_config) when a certificate or a key cannot be used.
    pub(crate) fn new(config: &NetConfig) -> Result<Self, Error> {
        let bundled = tls::bundled(config)?.map(agent);
        Ok(Self { agent: agent(tls::config(config)?), bundled, proxies: config.proxies.clone() })
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    ///
    /// When there was no answer, or not all of it: the server may have done what was asked all the same.
    pub(crate) fn send(&self, request: &Request<'_>) -> Result<Response, Failure> {
        let Some(url) = Url::parse(request.url).filter(Url::is_http) else { return Err(Failure::no_url()) };
        let route = Route::of(&self.proxies, &url);
        let failed = |error| Failure::of(error, &url, route.via.as_deref(), request.timeout);

        let compressed = if request.gzip { compressed(request.body) } else { None };
        let mut answer = run(&self.agent, request, compressed.as_deref(), &url, &route);
        if let (Err(Cause::Rustls(rustls::Error::General(_))), Some(bundled)) = (&answer, &self.bundled) {
            answer = run(bundled, request, compressed.as_deref(), &url, &route);
        }
        let mut answer = answer.map_err(failed)?;
        let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = answer.status().as_u16();
        let retry_after = header("retry-after").and_then(|text| retry_after::parse(&text));
        let location = header("location").map(|location| {
            Url::parse(&location).map_or(location.split('?').next().unwrap_or_default().to_owned(), |url| url.shown())
        });
        let mut body = read(answer.body_mut()).map_err(failed)?;
        mask::mask(&mut body, request.headers, url.query);
        Ok(Response { status, retry_after, location, body })
    }
}

fn agent(tls: TlsConfig) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(USER_AGENT)
        .timeout_connect(Some(CONNECT))
        // Those of the process would be read otherwise.
        .proxy(None)
        .tls_config(tls);
    Agent::with_parts(config.build(), Wires::default(), DefaultResolver::default())
}

fn run(
    agent: &Agent,
    request: &Request<'_>,
    compressed: Option<&[u8]>,
    url: &Url<'_>,
    route: &Route,
) -> Result<http::Response<Body>, Cause> {
    // It is hidden from the client, which looks whether it can be written.
    http::Uri::try_from(request.url).map_err(http::Error::from)?;
    let proxy = route.tunnel.as_ref().map(|tunnel| Proxy::new(tunnel.expose())).transpose()?;
    let uri = format!("{}{}", route.base, wire::PATH);
    let mut head = Head::new(route.target(url));
    let mut told = http::Request::builder().method(request.method).uri(uri).header(wire::HEADER.0, wire::HEADER.1);
    if route.is_asked() {
        told = told.header("host", url.place());
    }
    if let Some(credential) = &route.credential {
        head.put("proxy-authorization", credential.expose());
    }
    for (name, value) in request.headers {
        let (key, value) = (http::HeaderName::try_from(name), http::HeaderValue::try_from(value.expose()));
        let (key, value) = (key.map_err(http::Error::from)?, value.map_err(http::Error::from)?);
        let Ok(text) = value.to_str() else { return Err(Cause::BadUri(String::new())) };
        match TOLD.contains(&key.as_str()) {
            true => told = told.header(key, value),
            false => head.put(key.as_str(), text),
        }
    }
    let timeout = Some(request.timeout);
    if request.method == "GET" {
        let told = agent.configure_request(told.body(())?).timeout_global(timeout).proxy(proxy).build();
        return wire::with_head(head, || agent.run(told));
    }
    told = told.header("content-type", request.content_type);
    if compressed.is_some() {
        told = told.header("content-encoding", "gzip");
    }
    let told = told.body(compressed.unwrap_or(request.body))?;
    let told = agent.configure_request(told).timeout_global(timeout).proxy(proxy).build();
    wire::with_head(head, || agent.run(told))
}

/// The body as it was before it was compressed: it is that which has a bound.
fn read(body: &mut Body) -> Result<Vec<u8>, Cause> {
    let mut bytes = Vec::new();
    body.as_reader().take(LONGEST_ANSWER + 1).read_to_end(&mut bytes)?;
    let is_all = u64::try_from(bytes.len()).is_ok_and(|length| length <= LONGEST_ANSWER);
    if is_all { Ok(bytes) } else { Err(Cause::BodyExceedsLimit(LONGEST_ANSWER)) }
}

/// `None` when that goes wrong, which it does not in memory.
fn compressed(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}
