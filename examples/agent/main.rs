//! A research agent that answers questions about a source tree, recorded by weave.
//!
//! ```text
//! cargo run --example agent [DIRECTORY [QUESTION ...]]
//! ```
//!
//! It needs no account and no network: unless `OPENAI_BASE_URL` (with `OPENAI_API_KEY` and `OPENAI_MODEL`) says where a
//! model is, it starts a server on loopback whose model follows a script. It is a conversation of two turns: the questions,
//! and a summary, for which another agent is asked and whose words are streamed. On the way one tool fails and is asked
//! again, one panics, and one takes too long; all of it is in the trees and the chat that it prints at the end.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example is there to be seen")]

mod chat;
mod manifest;
mod model;
mod report;
mod research;
mod script;
mod scripted_server;
mod source_tree;
mod toolbox;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::{env, panic};

use model::Model;
use source_tree::SourceTree;
use weave::Conversation;

type Error = Box<dyn std::error::Error + Send + Sync>;

const QUESTIONS: [&str; 3] =
    ["Which public functions are annotated?", "Which files are longest?", "What does this project depend on?"];

/// What is asked in the second turn.
const SUMMARY: &str = "In one sentence?";

#[tokio::main]
async fn main() -> ExitCode {
    panic::set_hook(Box::new(|info| {
        let call = weave::current_call();
        eprintln!("agent: {} {}", call.op_name().unwrap_or("a task"), info.to_string().replace('\n', " "));
    }));
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("agent: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let mut arguments = env::args_os().skip(1);
    let directory = arguments.next().map_or_else(this_repository, PathBuf::from);
    let mut questions: Vec<String> = arguments.map(|question| question.to_string_lossy().into_owned()).collect();
    if questions.is_empty() {
        questions = QUESTIONS.map(str::to_owned).to_vec();
    }
    let tree = SourceTree::open(&directory)
        .map_err(|error| format!("cannot look through {}: {error}", directory.display()))?;

    let weave = weave::init("research-agent")?;
    let model = Model::from_environment().await?;
    println!("asking {} at {} about {}\n", model.name, model.base_url, directory.display());

    let conversation = Conversation::new().name(tree.name()).agent("researcher").model(model.name.as_str());
    let conversation = weave::start_conversation(conversation);
    let id = conversation.id().map(str::to_owned);
    let turns = async |_| {
        let answer = research::research(&model, &Arc::new(tree), &questions).await?;
        println!("{answer}\n");
        research::sum_up(&model, SUMMARY, &answer).await
    };
    conversation.run(turns).await?;
    println!("\n");

    // With a key of W&B or an endpoint of OTLP in the environment, calls go there and not to the local store.
    let is_local = weave.health().sinks.iter().any(|sink| sink.name == "local");
    match id {
        Some(id) if is_local => report::print(&weave.client(), &id).await?,
        Some(_) => println!("Delivered: {}", weave.flush()),
        None => println!("Nothing was recorded."),
    }
    Ok(())
}

/// Where this example was built from, if that is still there.
fn this_repository() -> PathBuf {
    let built_from = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    if built_from.is_dir() { built_from } else { PathBuf::from(".") }
}
