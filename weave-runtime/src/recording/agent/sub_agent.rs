//! A handle on a sub-agent at work.

use super::methods::span_handle;
use super::open_span::OpenSpan;
use super::worker::worker_handle;

/// The work of an agent for another, while it goes on. Made by [`OpenTurn::start_subagent`](crate::OpenTurn::start_subagent),
/// and by that of another sub-agent: they nest as deep as they like. It ends as an [`OpenTurn`](crate::OpenTurn) does.
///
/// ```
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let turn = weave::start_turn("Is that so?");
///     let critic = turn.start_subagent("critic");
///     critic.start_subagent("fact checker").output("It is.").end();
///     critic.output("Yes.");
/// });
/// let calls = recorder.calls();
/// assert_eq!(calls[2].parent_id(), Some(calls[1].id()));
/// assert_eq!(calls[2].agent().unwrap().name.as_deref(), Some("fact checker"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "the work ends when its last handle is dropped: keep it until it is done"]
pub struct OpenSubAgent(pub(super) OpenSpan);

span_handle!(OpenSubAgent, SubAgent);
worker_handle!(OpenSubAgent, SubAgent);
