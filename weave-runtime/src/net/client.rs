//! A client that keeps its connections.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use ureq::tls::TlsConfig;
use ureq::{Agent, Body, Error as Cause, Proxy, http};

use super::{Failure, Request, Response, USER_AGENT, mask, proxy, retry_after, tls};
use crate::config::{NetConfig, Proxies, Url};
use crate::error::Error;

/// As much of an answer is read: more than any that is understood.
const LONGEST_ANSWER: u64 = 8 << 20;

/// How long a connection may take, names and TLS included.
pub(super) const CONNECT: Duration = Duration::from_secs(10);

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
        let proxy = match proxy::of(&self.proxies, &url).map(|proxy| Proxy::new(proxy.expose())) {
            Some(Ok(proxy)) => Some(proxy),
            Some(Err(error)) => return Err(Failure::of(error, &url, None, request.timeout)),
            None => None,
        };
        let via = proxy.as_ref().map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        let failed = |error| Failure::of(error, &url, via.as_deref(), request.timeout);

        let compressed = if request.gzip { compressed(request.body) } else { None };
        let mut answer = run(&self.agent, request, compressed.as_deref(), proxy.as_ref());
        if let (Err(Cause::Rustls(rustls::Error::General(_))), Some(bundled)) = (&answer, &self.bundled) {
            answer = run(bundled, request, compressed.as_deref(), proxy.as_ref());
        }
        let mut answer = answer.map_err(failed)?;
        let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = answer.status().as_u16();
        let retry_after = header("retry-after").and_then(|text| retry_after::parse(&text));
        let location = header("location").map(|location| {
            Url::parse(&location).map_or(location.split('?').next().unwrap_or_default().to_owned(), |url| url.shown())
        });
        let mut body = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec().map_err(failed)?;
        mask::mask(&mut body, request.headers);
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
    config.build().into()
}

fn run(
    agent: &Agent,
    request: &Request<'_>,
    compressed: Option<&[u8]>,
    proxy: Option<&Proxy>,
) -> Result<http::Response<Body>, Cause> {
    let mut whole = http::Request::builder().method(request.method).uri(request.url);
    for (name, value) in request.headers {
        whole = whole.header(name, value.expose());
    }
    let (timeout, proxy) = (Some(request.timeout), proxy.cloned());
    if request.method == "GET" {
        let whole = agent.configure_request(whole.body(())?).timeout_global(timeout).proxy(proxy);
        return agent.run(whole.build());
    }
    whole = whole.header("content-type", request.content_type);
    if compressed.is_some() {
        whole = whole.header("content-encoding", "gzip");
    }
    let whole = whole.body(compressed.unwrap_or(request.body))?;
    agent.run(agent.configure_request(whole).timeout_global(timeout).proxy(proxy).build())
}

/// `None` when that goes wrong, which it does not in memory.
fn compressed(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}
