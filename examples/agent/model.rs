//! A model behind HTTP: any server that speaks the chat-completions protocol.

use std::env;
use std::time::Duration;

use serde_json::{Value, json};

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
    #[weave::llm(skip(self, tools))]
    pub(crate) async fn chat(&self, messages: &[Message], tools: &[Value]) -> Result<Completion, Error> {
        let url = format!("{}/chat/completions", self.base_url.trim_end_matches('/'));
        let mut request = self.http.post(&url).content_type("application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let body = json!({ "model": self.name, "messages": messages, "tools": tools }).to_string();
        let (status, text) = tokio::task::spawn_blocking(move || {
            let mut response = request.send(body)?;
            Ok::<_, ureq::Error>((response.status(), response.body_mut().read_to_string()?))
        })
        .await?
        .map_err(|error| format!("no answer from {url}: {error} (OPENAI_BASE_URL says where the model is)"))?;
        if !status.is_success() {
            return Err(format!("{url} answered {status}: {}", text.trim()).into());
        }
        serde_json::from_str(&text).map_err(|error| format!("{url} answered no chat completion: {error}").into())
    }
}
