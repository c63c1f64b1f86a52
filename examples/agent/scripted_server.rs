//! A chat-completions server for a model that follows a script: enough HTTP/1.1 for one client on this machine.

use std::io;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::Error;
use crate::chat::{Choice, Completion, Message, Usage};
use crate::script;

const JSON: &str = "application/json";
const LARGEST_REQUEST: usize = 16 * 1024 * 1024;

/// What is read of a request.
#[derive(Deserialize)]
struct Request {
    model: String,
    messages: Vec<Message>,
    #[serde(default)]
    stream: bool,
}

/// Serves on a free port of the loopback interface, as long as the runtime lives. Returns the base URL.
pub(crate) async fn start() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base_url = format!("http://{}/v1", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    Ok(base_url)
}

/// Answers one request. A client that went away needs no answer.
async fn serve(mut stream: TcpStream) -> io::Result<()> {
    let body = read_body(&mut stream).await?;
    let (status, kind, answer) = match complete(&body) {
        Ok((kind, answer)) => ("200 OK", kind, answer),
        Err(error) => ("400 Bad Request", JSON, json!({ "error": { "message": error.to_string() } }).to_string()),
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n", answer.len());
    stream.write_all(format!("{head}connection: close\r\n\r\n{answer}").as_bytes()).await?;
    stream.shutdown().await
}

async fn read_body(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).await?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or(0);
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; usize::min(length, LARGEST_REQUEST)];
    reader.read_exact(&mut body).await?;
    Ok(body)
}

/// The answer, and of which type it is.
fn complete(body: &[u8]) -> Result<(&'static str, String), Error> {
    let Request { model, messages, stream } = serde_json::from_slice(body)?;
    let message = script::next_message(&messages);
    let is_call = matches!(&message, Message::Assistant { tool_calls: Some(_), .. });
    let finish_reason = if is_call { "tool_calls" } else { "stop" }.to_owned();
    let (prompt_tokens, completion_tokens) = (tokens(&messages)?, tokens(&message)?);
    let usage = Usage { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
    if stream {
        return Ok(("text/event-stream", events(&model, &message, &finish_reason, &usage)));
    }
    let completion =
        Completion { choices: vec![Choice { message, finish_reason: Some(finish_reason) }], usage: Some(usage), model };
    Ok((JSON, serde_json::to_string(&completion)?))
}

/// A message as it is streamed: its words, why it ended, its tokens.
fn events(model: &str, message: &Message, finish_reason: &str, usage: &Usage) -> String {
    let text = match message {
        Message::Assistant { content: Some(text), .. } => text.as_str(),
        _ => "",
    };
    let choice = |delta: Value, reason: Option<&str>| json!([{ "index": 0, "delta": delta, "finish_reason": reason }]);
    let words = text.split_inclusive(' ').map(|word| choice(json!({ "content": word }), None));
    let choices = words.chain([choice(json!({}), Some(finish_reason))]);
    let mut events: String = choices.map(|choices| event(&json!({ "model": model, "choices": choices }))).collect();
    events.push_str(&event(&json!({ "model": model, "choices": [], "usage": usage })));
    events + "data: [DONE]\n\n"
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// A token is four characters of English, more or less.
fn tokens(text: &impl serde::Serialize) -> serde_json::Result<usize> {
    Ok(serde_json::to_string(text)?.chars().count().div_ceil(4))
}
