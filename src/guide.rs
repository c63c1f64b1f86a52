//! Topics that concern more than one item, a page each.

#[doc = include_str!("docs/hooks.md")]
pub mod hooks {}

#[doc = include_str!("docs/privacy.md")]
pub mod privacy {}
