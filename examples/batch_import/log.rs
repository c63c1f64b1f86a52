//! The log that is imported, as its own program writes it: a conversation a line.

use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::Value;
use weave::{Conversation, Llm, Message, SubAgent, Tool, Turn, Usage};

/// A line.
#[derive(Deserialize)]
pub(crate) struct Chat {
    chat: String,
    title: Option<String>,
    bot: String,
    turns: Vec<Exchange>,
}

/// A question and what was done until it was answered.
#[derive(Deserialize)]
struct Exchange {
    /// Milliseconds since 1970.
    at: u64,
    user: String,
    #[serde(default)]
    steps: Vec<Step>,
    answer: String,
}

/// One step. Each began where the one before it ended, and took so many milliseconds.
#[derive(Deserialize)]
#[serde(untagged)]
enum Step {
    Model {
        model: String,
        took: u64,
        #[serde(default)]
        calls: Vec<Call>,
        #[serde(default)]
        answer: String,
        tokens: (u64, u64),
    },
    Tool {
        tool: String,
        id: Option<String>,
        arguments: Value,
        result: Option<Value>,
        error: Option<String>,
        took: u64,
    },
    Agent {
        agent: String,
        task: String,
        steps: Vec<Step>,
        answer: String,
    },
}

/// A tool that a model asked for.
#[derive(Deserialize)]
struct Call {
    id: String,
    tool: String,
    arguments: Value,
}

impl Chat {
    /// The conversation as weave has it.
    pub(crate) fn into_conversation(self) -> Conversation {
        let mut conversation = Conversation::new().id(self.chat).agent(self.bot);
        conversation.name = self.title;
        conversation.turns = self.turns.into_iter().map(Exchange::into_turn).collect();
        conversation
    }
}

impl Exchange {
    /// From when it was asked to the end of the last step, which is known without being said.
    fn into_turn(self) -> Turn {
        let mut clock = SystemTime::UNIX_EPOCH + Duration::from_millis(self.at);
        let mut turn = Turn::new().user(self.user).output(self.answer).started_at(clock);
        turn.steps = self.steps.into_iter().map(|step| step.into_step(&mut clock)).collect();
        turn
    }
}

impl Step {
    /// The step, which starts when the clock says, and puts it on by as long as it took.
    fn into_step(self, clock: &mut SystemTime) -> weave::Step {
        let began = *clock;
        let mut after = |took| {
            *clock += Duration::from_millis(took);
            *clock
        };
        match self {
            Self::Model { model, took, calls, answer, tokens } => {
                let asked = |message: Message, call: Call| message.tool_call(call.id, call.tool, call.arguments);
                let reason = if calls.is_empty() { "stop" } else { "tool_calls" };
                let answer = calls.into_iter().fold(Message::assistant(answer), asked);
                let llm = Llm::new(model).provider("openai").output_message(answer).finish_reason(reason);
                llm.usage(Usage::new(tokens.0, tokens.1)).started_at(began).ended_at(after(took)).into()
            }
            Self::Tool { tool, id, arguments, result, error, took } => {
                let mut tool = Tool::new(tool).arguments(arguments).started_at(began).ended_at(after(took));
                (tool.call_id, tool.result) = (id, result);
                match error {
                    Some(error) => tool.failed(&error).into(),
                    None => tool.into(),
                }
            }
            Self::Agent { agent, task, steps, answer } => {
                let mut agent = SubAgent::new(agent).user(task).output(answer);
                agent.steps = steps.into_iter().map(|step| step.into_step(clock)).collect();
                agent.into()
            }
        }
    }
}
