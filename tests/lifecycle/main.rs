//! The life of a client: configured, started, delivering, in trouble, ended; all through the public API.
//!
//! On Linux, where `/proc` tells how much memory a program took and how often its threads woke.
#![cfg(all(feature = "local", feature = "console", feature = "tokio", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test that cannot go on fails")]

mod alone;
mod configuration;
mod console;
mod contents;
mod delivery;
mod diagnostics;
mod flushing;
mod idle;
mod importing;
mod init;
mod opentelemetry;
mod overflow;
mod passing_on;
mod processes;
mod programs;
mod reading;
mod running;
mod secrets;
mod sinks;
mod summaries;
mod unusable_store;
mod versions;
