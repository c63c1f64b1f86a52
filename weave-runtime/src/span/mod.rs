//! A call as a span of OpenTelemetry: what any destination of spans is told of it.

mod attributes;
mod events;
pub(crate) mod keys;
mod own;
mod scalar;

use std::borrow::Cow;

pub(crate) use events::{SpanEvent, SpanLink};
pub(crate) use scalar::Scalar;

use self::attributes::{Attributes, Strength};
use crate::genai::{self, Dialect};
use crate::id::{CallId, TraceId};
use crate::record::{CallRecord, Kind, Status, Timestamp};

/// The instrumentation scope of our own calls.
const SCOPE: &str = "weave";

/// A call that has ended, in the words of a dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<'a> {
    call: &'a CallRecord,
    dialect: Dialect,
}

/// What a span is to the service that it is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SpanKind {
    Internal,
    Client,
    Server,
    Producer,
    Consumer,
}

/// Which library made a span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) name: &'a str,
    pub(crate) version: Option<&'a str>,
}

/// What a span says that it was given, and had no room for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Dropped {
    pub(crate) attributes: u32,
    pub(crate) events: u32,
    pub(crate) links: u32,
}

impl<'a> Span<'a> {
    pub(crate) fn new(call: &'a CallRecord, dialect: Dialect) -> Self {
        Self { call, dialect }
    }

    pub(crate) fn trace_id(&self) -> TraceId {
        self.call.trace_id
    }

    pub(crate) fn id(&self) -> CallId {
        self.call.id
    }

    pub(crate) fn name(&self) -> Cow<'a, str> {
        genai::attributes::span_name(self.call).map_or(Cow::Borrowed(self.call.op_name()), Cow::Owned)
    }

    pub(crate) fn kind(&self) -> SpanKind {
        match (self.call.kind(), self.fact(keys::SPAN_KIND)) {
            (Kind::Llm, _) | (Kind::Span, Some("client")) => SpanKind::Client,
            (Kind::Span, Some("server")) => SpanKind::Server,
            (Kind::Span, Some("producer")) => SpanKind::Producer,
            (Kind::Span, Some("consumer")) => SpanKind::Consumer,
            _ => SpanKind::Internal,
        }
    }

    pub(crate) fn started_at(&self) -> Timestamp {
        self.call.started_at
    }

    pub(crate) fn ended_at(&self) -> Timestamp {
        self.call.ended_at.unwrap_or(self.call.started_at)
    }

    /// With which message it failed, if it did.
    pub(crate) fn failure(&self) -> Option<&'a str> {
        let failed = self.call.status() == Status::Error;
        failed.then(|| self.call.error().map_or("", |error| &error.message))
    }

    /// Our own, and of a foreign span that which it came with.
    pub(crate) fn scope(&self) -> Scope<'a> {
        if self.is_foreign() {
            return Scope {
                name: self.fact(keys::SCOPE_NAME).unwrap_or_default(),
                version: self.fact(keys::SCOPE_VERSION),
            };
        }
        Scope { name: SCOPE, version: Some(env!("CARGO_PKG_VERSION")) }
    }

    /// What the library that made a foreign span left out.
    pub(crate) fn dropped(&self) -> Dropped {
        let count = |key| self.call.span_attributes().get(key)?.as_u64()?.try_into().ok();
        let count = |key| if self.is_foreign() { count(key).unwrap_or(0) } else { 0 };
        Dropped {
            attributes: count(keys::DROPPED_ATTRIBUTES),
            events: count(keys::DROPPED_EVENTS),
            links: count(keys::DROPPED_LINKS),
        }
    }

    /// What happened meanwhile, and what it failed with.
    pub(crate) fn events(&self) -> Vec<SpanEvent<'a>> {
        events::events(self.call)
    }

    /// Which others it has to do with.
    pub(crate) fn links(&self) -> Vec<SpanLink<'a>> {
        events::links(self.call)
    }

    /// What the library knows of a call, and what the program said. What an agent did is known best by the library, the rest by
    /// the program.
    pub(crate) fn each_attribute(&self, see: &mut impl FnMut(&str, Scalar<'_>)) {
        let (given, on_span) = (self.call.attributes(), self.call.span_attributes());
        let metadata = self.call.trace_update().map(|trace| &trace.metadata).filter(|metadata| !metadata.is_empty());
        if given.is_empty() && on_span.is_empty() && metadata.is_none() {
            // Keys of ours go together, so most calls need nothing sorted.
            return self.put_own(&mut |key, value, _| see(key, value));
        }
        let mut attributes = Attributes::default();
        self.put_own(&mut |key, value, strength| attributes.add_own(key, value, strength));
        // What has a place of its own is no attribute.
        let is_one = |key: &str| !self.is_foreign() || !keys::IN_FRAME.contains(&key);
        attributes.add_given(on_span.iter().filter(|(key, _)| is_one(key)));
        attributes.add_given(given.iter().filter(|(key, _)| is_one(key)));
        if let Some(metadata) = metadata {
            attributes.add_below(keys::TRACE_METADATA, metadata);
        }
        for (key, value) in attributes.into_iter() {
            see(&key, value);
        }
    }

    /// What the library knows, each key once.
    fn put_own(&self, put: &mut impl FnMut(&'static str, Scalar<'a>, Strength)) {
        let is_said = self.call.kind().is_agent() && self.call.conversation_id().is_some();
        if let Some(thread) = self.call.thread_id().filter(|_| !is_said) {
            put(genai::keys::CONVERSATION_ID, thread.into(), Strength::Default);
        }
        if self.is_foreign() {
            if let Some(op) = self.call.op_parent_id().filter(|_| self.dialect == Dialect::Weave) {
                put(genai::keys::PARENT_CALL_TRACE, self.call.trace_id().to_string().into(), Strength::Settled);
                put(genai::keys::PARENT_CALL_ID, op.to_string().into(), Strength::Settled);
            }
            return;
        }
        own::put(self.call, self.dialect, &mut |key, value| put(key, value, Strength::Default));
        let strength = if self.call.kind().is_agent() { Strength::Settled } else { Strength::Default };
        genai::attributes::put(self.call, self.dialect, |key, value| {
            if let Some(value) = Scalar::of_owned(value) {
                put(key, value, strength);
            }
        });
    }

    fn is_foreign(&self) -> bool {
        self.call.kind() == Kind::Span
    }

    /// What the processor noted of a foreign span.
    fn fact(&self, key: &str) -> Option<&'a str> {
        self.call.span_attributes().get(key)?.as_str()
    }
}
