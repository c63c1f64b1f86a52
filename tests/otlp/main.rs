//! Delivery to an OTLP backend: what it is sent, what its answers do, all through the public API and on a socket.
#![cfg(feature = "otlp")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod answers;
mod environment;
#[cfg(feature = "otlp-grpc")]
mod exporters;
#[cfg(feature = "otlp-grpc")]
mod grpc;
#[cfg(feature = "otlp-json")]
mod json;
mod requests;
mod secrets;
mod tls;
mod turn;
