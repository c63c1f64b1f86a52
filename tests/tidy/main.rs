//! Keeps the repository as ARCHITECTURE.md and CONTRIBUTING.md describe it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot read the sources fails")]

mod docs;
mod layers;
mod release;
mod source;
mod text;
