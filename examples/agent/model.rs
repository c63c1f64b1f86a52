//! A model behind HTTP: any server that speaks the chat-completions protocol.

use std::env;
use std::io::{BufRead, BufReader};
use std::time::Duration;

use futures::Stream;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use ureq::typestate::WithBody;

use crate::Error;
use crate::chat::{Completion, Message};
use crate::scripted_server;

/// The longest that one answer may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A model and where it is.
pub(crate) struct Model {
    pub(crate) name: String,
    pub(crate) base_url: String,
    key: Option<String>,
    http: ureq::Agent,
}

impl Model {
    /// The model that `OPENAI_BASE_URL`, `OPENAI_API_KEY` and `OPENAI_MODEL` name; without the first of them one that
    /// follows a script, on a server that is started here.
    pub(crate) async fn from_environment() -> Result<Self, Error> {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let http = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false);
        let Some(base_url) = variable("OPENAI_BASE_URL") else {
            // No proxy knows the way to this machine's loopback.
            let (base_url, http) = (scripted_server::start().await?, http.proxy(None).build().into());
            return Ok(Self { name: "scripted".to_owned(), base_url, key: None, http });
        };
        let name = variable("OPENAI_MODEL").unwrap_or_else(|| "gpt-4o-mini".to_owned());
        Ok(Self { name, base_url, key: variable("OPENAI_API_KEY"), http: http.build().into() })
    }

    /// Asks for the next message. The tools are the same every time, so they are not recorded.
    #[weave::llm(model = self.name.as_str(), skip(self, tools))]
    pub(crate) async fn chat(&self, messages: &[Message], tools: &[Value]) -> Result<Completion, Error> {
        let mut body = json!({ "model": self.name, "messages": messages });
        if !tools.is_empty() {
            body["tools"] = tools.into();
        }
        let request = self.request(body);
        let (url, text) = tokio::task::spawn_blocking(move || {
            let (url, mut response) = request.send()?;
            Ok::<_, Error>((url, response.body_mut().read_to_string()?))
        })
        .await??;
        serde_json::from_str(&text).map_err(|error| format!("{url} answered no chat completion: {error}").into())
    }

    /// Asks for the next message as it is made: chunks of it, and at the end its tokens.
    #[weave::llm(model = self.name.as_str(), skip(self))]
    pub(crate) fn stream(&self, messages: &[Message]) -> impl Stream<Item = Result<Value, Error>> + use<> {
        let (stream, usage) = (true, json!({ "include_usage": true }));
        let request = self
            .request(json!({ "model": self.name, "messages": messages, "stream": stream, "stream_options": usage }));
        let (sender, mut chunks) = mpsc::channel(16);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = read_events(request, &sender) {
                // Who does not listen any more does not mind.
                let _ = sender.blocking_send(Err(error));
            }
        });
        futures::stream::poll_fn(move |task| chunks.poll_recv(task))
    }

    fn request(&self, body: Value) -> Request {
        let url = format!("{}/chat/completions", self.base_url.trim_end_matches('/'));
        let mut request = self.http.post(&url).content_type("application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        Request { url, request, body }
    }
}

/// What is to be sent, from a thread that may wait.
struct Request {
    url: String,
    request: ureq::RequestBuilder<WithBody>,
    body: Value,
}

impl Request {
    /// The answer, with where it came from.
    fn send(self) -> Result<(String, http::Response<ureq::Body>), Error> {
        let Self { url, request, body } = self;
        let mut response = request
            .send(body.to_string())
            .map_err(|error| format!("no answer from {url}: {error} (OPENAI_BASE_URL says where the model is)"))?;
        let status = response.status();
        if !status.is_success() {
            let text = response.body_mut().read_to_string()?;
            return Err(format!("{url} answered {status}: {}", text.trim()).into());
        }
        Ok((url, response))
    }
}

/// Passes on what the events of an answer say, until the last or until nobody listens.
fn read_events(request: Request, chunks: &mpsc::Sender<Result<Value, Error>>) -> Result<(), Error> {
    let (url, mut response) = request.send()?;
    for line in BufReader::new(response.body_mut().as_reader()).lines() {
        let line = line?;
        let Some(data) = line.strip_prefix("data:").map(str::trim) else { continue };
        if data == "[DONE]" {
            break;
        }
        let chunk = serde_json::from_str(data).map_err(|error| format!("{url} sent no chunk of an answer: {error}"))?;
        if chunks.blocking_send(Ok(chunk)).is_err() {
            break;
        }
    }
    Ok(())
}
