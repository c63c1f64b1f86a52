//! Topics that concern more than one item, a page each.

#[doc = include_str!("docs/hooks.md")]
pub mod hooks {}

#[doc = include_str!("docs/privacy.md")]
pub mod privacy {}

#[doc = include_str!("docs/control.md")]
pub mod control {}

#[doc = include_str!("docs/sampling.md")]
pub mod sampling {}

#[doc = include_str!("docs/threads.md")]
pub mod threads {}

#[doc = include_str!("docs/traces.md")]
pub mod traces {}
