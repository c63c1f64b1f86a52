//! Requests to W&B and to Weave, and what the answers mean for what was to be delivered.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::config::WandbConfig;
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
}

/// What is sent to Weave.
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

/// The reason with the code that Weave gives some.
fn coded(response: &Response, said: String) -> String {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    match body.get("error_code").and_then(Value::as_str) {
        Some(code) => format!("{said} ({code})"),
        None => said,
    }
}

fn failed(failure: Failure) -> Outcome {
    if failure.lasting { Outcome::Closed(failure.error) } else { Outcome::Later { after: None, reason: failure.error } }
}
