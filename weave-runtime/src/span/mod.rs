//! A call as a span of OpenTelemetry: what any destination of spans is told of it.

mod apart;
mod attributes;
mod events;
pub(crate) mod keys;
mod own;
mod scalar;

use std::borrow::Cow;

#[allow(unused_imports, reason = "only OTLP names them")]
pub(crate) use events::{SpanEvent, SpanLink};
pub(crate) use scalar::Scalar;

use self::attributes::{Attributes, Strength};
use crate::genai::{self, Dialect};
use crate::id::{CallId, TraceId};
use crate::record::{CallRecord, Kind, Op, OpRef, Status, Timestamp};

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
        let noted = if self.is_foreign() { self.fact(keys::SPAN_KIND) } else { None };
        match (self.call.kind(), noted) {
            (Kind::Llm, _) | (_, Some("client")) => SpanKind::Client,
            (_, Some("server")) => SpanKind::Server,
            (_, Some("producer")) => SpanKind::Producer,
            (_, Some("consumer")) => SpanKind::Consumer,
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
        if !self.is_foreign() {
            return Dropped::default();
        }
        let count = |key| self.call.span_attributes().get(key)?.as_u64()?.try_into().ok();
        let count = |key| count(key).unwrap_or(0);
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
        if self.are_apart() {
            self.each_of_op(see);
            return self.each_of_call(see);
        }
        for (key, value) in self.sorted_attributes() {
            see(&key, value);
        }
    }

    /// Whether no two attributes meet, so that nothing needs to be sorted: those of most calls.
    pub(crate) fn are_apart(&self) -> bool {
        self.call.details.as_ref().is_none_or(|details| {
            details.span_attributes.is_empty()
                && details.trace.as_ref().is_none_or(|trace| trace.metadata.is_empty())
                && apart::are_apart(&details.attributes)
        })
    }

    /// Of attributes that are apart: those of all calls of the same op.
    pub(crate) fn each_of_op(&self, see: &mut impl FnMut(&str, Scalar<'_>)) {
        if !self.is_foreign() {
            own::put_of_op(self.call.op(), self.dialect, &mut |key, value| see(key, value));
        }
    }

    /// Of attributes that are apart: the others.
    pub(crate) fn each_of_call(&self, see: &mut impl FnMut(&str, Scalar<'_>)) {
        self.put_of_call(&mut |key, value, _| see(key, value));
        apart::each(self.call.attributes(), see);
    }

    /// The op, where it is one of the program's text, and so the same for as long as that runs.
    #[allow(dead_code, reason = "only OTLP keeps what is written of it")]
    pub(crate) fn lasting_op(&self) -> Option<&'static Op> {
        match self.call.op {
            OpRef::Static(op) => Some(op),
            OpRef::Shared(_) => None,
        }
    }

    /// The same, whatever they are.
    fn sorted_attributes(&self) -> impl Iterator<Item = (Cow<'a, str>, Scalar<'a>)> {
        let mut attributes = Attributes::default();
        if !self.is_foreign() {
            own::put_of_op(self.call.op(), self.dialect, &mut |key, value| {
                attributes.add_own(key, value, Strength::Default);
            });
        }
        self.put_of_call(&mut |key, value, strength| attributes.add_own(key, value, strength));
        // What has a place of its own is no attribute.
        let is_one = |key: &str| !self.is_foreign() || !keys::IN_FRAME.contains(&key);
        for given in [self.call.span_attributes(), self.call.attributes()] {
            attributes.add_given(given.iter().filter(|(key, _)| is_one(key)));
        }
        if let Some(trace) = self.call.trace_update() {
            attributes.add_below(keys::TRACE_METADATA, &trace.metadata);
        }
        attributes.into_iter()
    }

    /// What the library knows of this call, each key once.
    fn put_of_call(&self, put: &mut impl FnMut(&'static str, Scalar<'a>, Strength)) {
        let is_agent = self.call.kind().is_agent();
        let is_said = is_agent && self.call.conversation_id().is_some();
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
        own::put_of_call(self.call, &mut |key, value| put(key, value, Strength::Default));
        let strength = if is_agent { Strength::Settled } else { Strength::Default };
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

#[cfg(test)]
mod tests;
