//! Delivers what waits in a store, wherever the environment says that calls go. For programs whose end came before a slow
//! backend had taken everything.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on fails, and says how it went")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// So long the backend has.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let project = std::env::args().nth(1).unwrap();
    let weave = weave::init(project).unwrap();
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let _ = weave.flush();
        if weave.health().sinks.iter().all(|sink| sink.pending + sink.spilled == 0) {
            println!("{}", weave.shutdown());
            return ExitCode::SUCCESS;
        }
    }
    println!("{}", weave.shutdown());
    ExitCode::FAILURE
}
