//! Requests to W&B and to Weave, and what the answers mean for what was to be delivered.

use std::cell::Cell;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::older;
use crate::config::WandbConfig;
use crate::diagnostics;
use crate::error::Error;
use crate::net::{Failure, Http, Request, Response, Standing};
use crate::remote::Outcome;
use crate::secret::Secret;

/// What of the server's offers we can do: ends say which trace they are of.
const CAPABILITIES: &str = "trace_id_on_end";

/// Both servers, with our key.
pub(super) struct Api {
    http: Http,
    authorization: Secret,
    key: Secret,
    custom: Vec<(String, Secret)>,
    base_url: String,
    trace_server_url: String,
    timeout: Duration,
    /// Whether the server has taken calls by its old route alone.
    is_older: Cell<bool>,
}

/// What is sent to Weave.
#[derive(Clone, Copy)]
pub(super) struct Post<'a> {
    /// After the address of the server.
    pub(super) path: &'a str,
    pub(super) content_type: &'a str,
    pub(super) headers: &'a [(String, Secret)],
    pub(super) body: &'a [u8],
}

impl Api {
    pub(super) fn new(config: &WandbConfig) -> Result<Self, Error> {
        let key = format!("api:{}", config.api_key.expose());
        Ok(Self {
            http: Http::new(&config.net)?,
            authorization: Secret::new(format!("Basic {}", STANDARD.encode(key))),
            key: config.api_key.clone(),
            custom: config.headers.clone(),
            base_url: config.base_url.clone(),
            trace_server_url: config.trace_server_url.clone(),
            timeout: config.timeout,
            is_older: Cell::new(false),
        })
    }

    /// Asks Weave.
    pub(super) fn get(&self, path: &str, until: Instant) -> Result<Response, Outcome> {
        let url = format!("{}{path}", self.trace_server_url);
        self.send("GET", &url, &Post { path, content_type: "application/json", headers: &[], body: b"" }, until)
    }

    /// Sends to Weave.
    pub(super) fn post(&self, post: &Post<'_>, until: Instant) -> Result<Response, Outcome> {
        let url = format!("{}{}", self.trace_server_url, post.path);
        self.send("POST", &url, post, until)
    }

    /// Sends complete calls, or the start of one: where there is no route for these, by that of older servers.
    pub(super) fn post_calls(&self, post: &Post<'_>, until: Instant) -> Result<Response, Outcome> {
        let newer = if self.is_older() { None } else { Some(self.post(post, until)?) };
        let is_there = newer.as_ref().is_some_and(|response| !has_no_route(response));
        let Some(body) = Some(post.body).filter(|_| !is_there).and_then(older::request) else {
            return newer.map_or_else(|| self.post(post, until), Ok);
        };
        let older = self.post(&Post { path: older::CALLS, body: &body, ..*post }, until)?;
        match (older.standing(), newer) {
            (Standing::Taken, _) => {
                if !self.is_older.replace(true) {
                    self.warn_older("calls are sent by its old route, /call/upsert_batch");
                }
                Ok(older)
            }
            // Where neither takes it for what it is, the newer one says what is wrong.
            (_, Some(newer)) if has_no_route(&older) || asks_for_newer(&older) => Ok(newer),
            (Standing::Refused, None) if asks_for_newer(&older) => {
                // Another server is there by now.
                self.is_older.set(false);
                self.post(post, until)
            }
            _ => Ok(older),
        }
    }

    /// Sends spans of agents: to a server that knows none, as calls.
    pub(super) fn post_spans(&self, post: &Post<'_>, until: Instant) -> Result<Response, Outcome> {
        let newer = self.post(post, until)?;
        if !has_no_route(&newer) {
            return Ok(newer);
        }
        let older = self.post(&Post { path: older::SPANS, ..*post }, until)?;
        if older.standing() != Standing::Taken {
            return Ok(newer);
        }
        self.warn_older("it knows no agents: their spans are sent as calls");
        Ok(older)
    }

    /// Whether the server takes calls by its old route alone, as far as is known.
    pub(super) fn is_older(&self) -> bool {
        self.is_older.get()
    }

    fn warn_older(&self, what: &str) {
        let url = &self.trace_server_url;
        diagnostics::warn(what, &format!("the server of Weave at {url} is an old one, {what}"));
    }

    /// Asks W&B a question of GraphQL.
    pub(super) fn graphql(&self, query: &Value, until: Instant) -> Result<Value, Outcome> {
        let body = query.to_string();
        let headers = [("authorization".to_owned(), self.authorization.clone())];
        let request = Request {
            method: "POST",
            url: &format!("{}/graphql", self.base_url),
            headers: &headers,
            content_type: "application/json",
            body: body.as_bytes(),
            gzip: false,
            timeout: self.within(until)?,
        };
        let response = self.taken(self.http.send(&request).map_err(failed)?)?;
        let answer: Value = serde_json::from_slice(&response.body).map_err(|error| {
            let reason = Error::delivery(format!("{} does not answer as W&B does: {error}", self.base_url));
            Outcome::Closed(reason.because(error))
        })?;
        let errors = answer.get("errors").and_then(Value::as_array).filter(|errors| !errors.is_empty());
        match (errors, answer.get("data").filter(|data| !data.is_null())) {
            (_, Some(data)) => Ok(data.clone()),
            (Some(errors), None) => {
                let said =
                    errors.iter().filter_map(|error| error.get("message")?.as_str()).collect::<Vec<_>>().join("; ");
                Err(Outcome::Closed(self.error(&format!("W&B says: {said}"))))
            }
            (None, None) => Err(Outcome::Closed(self.error("W&B answered nothing"))),
        }
    }

    fn send(&self, method: &'static str, url: &str, post: &Post<'_>, until: Instant) -> Result<Response, Outcome> {
        let mut headers = vec![
            ("accept".to_owned(), Secret::new("application/json")),
            ("authorization".to_owned(), self.authorization.clone()),
            ("x-weave-client-capabilities".to_owned(), Secret::new(CAPABILITIES)),
        ];
        headers.extend_from_slice(post.headers);
        for (name, value) in &self.custom {
            headers.retain(|(ours, _)| !ours.eq_ignore_ascii_case(name));
            headers.push((name.clone(), value.clone()));
        }
        let timeout = self.within(until)?;
        let Post { content_type, body, .. } = *post;
        let request = Request { method, url, headers: &headers, content_type, body, gzip: false, timeout };
        self.http.send(&request).map_err(failed)
    }

    /// The time that is left, if any.
    fn within(&self, until: Instant) -> Result<Duration, Outcome> {
        let left = until.saturating_duration_since(Instant::now()).min(self.timeout);
        if left.is_zero() {
            return Err(Outcome::Later { after: None, reason: Error::delivery("no time was left to ask Weave") });
        }
        Ok(left)
    }

    /// The answer, if what was sent was taken, else what that means.
    pub(super) fn taken(&self, response: Response) -> Result<Response, Outcome> {
        let said = response.reason();
        let error = |text: &str| self.error(text);
        Err(match (response.status, response.standing()) {
            // A page is for people: whoever shows it has taken nothing.
            (_, Standing::Taken) if response.body.trim_ascii_start().starts_with(b"<") => {
                Outcome::Closed(error(&format!(
                    "{} answers with a page, and not as Weave does: check its address; calls are kept until then",
                    self.trace_server_url
                )))
            }
            (_, Standing::Taken) => return Ok(response),
            (401, _) => Outcome::Closed(error(&format!("W&B refused the key ({said}): check WANDB_API_KEY"))),
            (403, _) => Outcome::Closed(error(&format!(
                "W&B does not let this key in here ({said}): check the project, its entity and WANDB_API_KEY"
            ))),
            (422, _) | (_, Standing::TooLarge) => Outcome::Smaller(error(&format!("Weave refused a request: {said}"))),
            (501, _) | (_, Standing::Elsewhere) => Outcome::Closed(error(&format!(
                "{} does not take calls of this project ({said}): check its address and the project",
                self.trace_server_url
            ))),
            (_, Standing::Busy) => {
                Outcome::Later { after: response.retry_after, reason: error(&format!("Weave answered {said}")) }
            }
            (_, Standing::Failing) => Outcome::Failing(error(&format!("Weave answered {said}"))),
            _ => Outcome::Refused(error(&format!("Weave refused a request: {}", coded(&response, said)))),
        })
    }

    /// What went wrong, without the key, which a server may have repeated.
    pub(super) fn error(&self, text: &str) -> Error {
        let shown = [self.key.expose(), self.authorization.expose().trim_start_matches("Basic ")];
        let text = shown
            .iter()
            .filter(|secret| secret.len() > 3)
            .fold(text.to_owned(), |text, secret| text.replace(secret, "(the key)"));
        Error::delivery(text)
    }
}

/// Whether it is the route that is not there, and not what was asked for: of that Weave gives a reason.
fn has_no_route(response: &Response) -> bool {
    let says_why = || serde_json::from_slice::<Value>(&response.body).is_ok_and(|body| body.get("reason").is_some());
    matches!(response.status, 404 | 405) && !says_why()
}

/// Whether a server has the newer route, and takes calls of the project by that alone.
fn asks_for_newer(response: &Response) -> bool {
    code(response).is_some_and(|code| code == "CALLS_COMPLETE_MODE_REQUIRED")
}

/// The reason with the code that Weave gives some.
fn coded(response: &Response, said: String) -> String {
    match code(response) {
        Some(code) => format!("{said} ({code})"),
        None => said,
    }
}

fn code(response: &Response) -> Option<String> {
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    body.get("error_code")?.as_str().map(str::to_owned)
}

fn failed(failure: Failure) -> Outcome {
    if failure.lasting { Outcome::Closed(failure.error) } else { Outcome::Later { after: None, reason: failure.error } }
}
