//! Requests over HTTP, each within its time, never followed by anything of ours being recorded.

use std::time::Duration;

use crate::error::Error;
use crate::secret::Secret;

/// As much of an answer is read: more than any that is understood.
const LONGEST_ANSWER: u64 = 8 << 20;

/// One request.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'static str,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(String, Secret)],
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a [u8],
    /// For all of it, names and connections included.
    pub(crate) timeout: Duration,
}

/// What came back, whatever the status.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    /// How long the server asks to be left alone.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// A client that keeps its connections.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    agent: ureq::Agent,
}

impl Http {
    pub(crate) fn new() -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self { agent: config.into() }
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    ///
    /// When there was no answer, or not all of it: the server may have done what was asked all the same.
    pub(crate) fn send(&self, request: &Request<'_>) -> Result<Response, Error> {
        let failed = |error: ureq::Error| Error::delivery(format!("{}: {error}", request.url)).because(error);
        let mut builder = ureq::http::Request::builder().method(request.method).uri(request.url);
        builder = builder.header("content-type", request.content_type);
        for (name, value) in request.headers {
            builder = builder.header(name, value.expose());
        }
        let whole = builder.body(request.body).map_err(|error| failed(error.into()))?;
        let whole = self.agent.configure_request(whole).timeout_global(Some(request.timeout)).build();
        let mut response = self.agent.run(whole).map_err(failed)?;
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let content_type = header("content-type").unwrap_or_default();
        let retry_after = header("retry-after").and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec().map_err(failed)?;
        Ok(Response { status, content_type, retry_after, body })
    }
}
