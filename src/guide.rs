//! Topics that concern more than one item, a page each.

#[allow(unused_imports, reason = "the pages link to what is in it")]
use crate::*;

#[doc = include_str!("docs/agents.md")]
pub mod agents {}

#[doc = include_str!("docs/answers.md")]
pub mod answers {}

#[doc = include_str!("docs/batch.md")]
pub mod batch {}

#[doc = include_str!("docs/context.md")]
pub mod context {}

#[doc = include_str!("docs/conversations.md")]
pub mod conversations {}

#[doc = include_str!("docs/control.md")]
pub mod control {}

#[doc = include_str!("docs/destinations.md")]
pub mod destinations {}

#[doc = include_str!("docs/hooks.md")]
pub mod hooks {}

#[doc = include_str!("docs/otel.md")]
pub mod otel {}

#[doc = include_str!("docs/privacy.md")]
pub mod privacy {}

#[doc = include_str!("docs/python.md")]
pub mod python {}

#[doc = include_str!("docs/sampling.md")]
pub mod sampling {}

#[doc = include_str!("docs/threads.md")]
pub mod threads {}

#[doc = include_str!("docs/traces.md")]
pub mod traces {}

#[doc = include_str!("docs/values.md")]
pub mod values {}

#[doc = include_str!("docs/versions.md")]
pub mod versions {}
