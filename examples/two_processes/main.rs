//! One trace through two processes: a planner asks a weather service, and both record to one store.
//!
//! ```text
//! cargo run --example two_processes [CITY ...]
//! ```
//!
//! The service is this program again, started as a second process. Where the trace leaves is `planner.rs`, around every
//! request; where it comes in is `service.rs`, around every handler.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example is there to be seen")]

mod planner;
mod process;
mod service;

use std::env;
use std::process::ExitCode;

use planner::Planner;
use process::Service;

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some(process::SERVE) => service::serve().await,
        Some(_) => run(&arguments).await,
        None => run(&["Rome".to_owned(), "Atlantis".to_owned()]).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("two_processes: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cities: &[String]) -> Result<(), Error> {
    let weave = weave::builder("two-processes").attribute("process", "planner").init()?;
    let service = Service::start()?;
    let planner = Planner::new(service.url());
    // What goes to every process on the way, and is no part of any call.
    let context = weave::Context::current().with_baggage("tenant", "acme");
    let (advice, call) = context.wrap(weave::call_async(planner.advise(cities))).await;
    println!("{advice}\n");
    // Ended, the service has stored all that it recorded.
    service.stop()?;

    let Some(trace) = call.trace_id() else {
        println!("Nothing was recorded.");
        return Ok(());
    };
    // With a key of W&B or an endpoint of OTLP in the environment, calls go there and not to the local store.
    if weave.health().sinks.iter().all(|sink| sink.name != "local") {
        println!("Delivered: {}", weave.flush());
        return Ok(());
    }
    let calls = weave.client().calls().trace(trace).list().await?;
    println!("{}\n", weave::CallTree::new(calls));
    for process in ["planner", "service"] {
        let count = weave.client().calls().trace(trace).attribute("process", process).count().await?;
        println!("{process}: {count} calls");
    }
    Ok(())
}
