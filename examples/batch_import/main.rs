//! Conversations of the past, from a log of one's own: imported, then looked at.
//!
//! ```text
//! cargo run --example batch_import [conversations.jsonl]
//! ```
//!
//! Without a file it imports that beside it. What a line has is told by `log.rs`, which also makes turns of it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example is there to be seen")]

mod log;

use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::ExitCode;

use log::Chat;

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("batch_import: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let weave = weave::init("batch-import")?;
    let chats: Box<dyn BufRead> = match env::args_os().nth(1) {
        Some(path) => Box::new(BufReader::new(File::open(path)?)),
        None => Box::new(include_str!("conversations.jsonl").as_bytes()),
    };
    let mut imported = Vec::new();
    for line in chats.lines() {
        let chat: Chat = serde_json::from_str(&line?)?;
        // Waits where there is no room: a log of any length goes through the same memory.
        imported.push(weave::log_conversation(chat.into_conversation()).await?);
    }
    for result in &imported {
        println!("{}: turns {}, spans {}", result.conversation_id, result.trace_ids.len(), result.span_count);
    }
    let report = weave.flush().into_result()?;
    // With a key of W&B or an endpoint of OTLP in the environment, they are there and not in the local store.
    if report.sinks.iter().all(|sink| sink.name != "local") {
        println!("\nDelivered: {report}");
        return Ok(());
    }

    let client = weave.client();
    println!();
    for conversation in client.conversations().list().await? {
        println!("{conversation}");
    }
    if let Some(first) = imported.first() {
        println!("\n{}", client.conversation_chat(&first.conversation_id).await?);
    }
    Ok(())
}
