//! What a span of an agent says by its inputs or by its output: once these are reshaped, it says what they then say.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::agents::{list, raw};
use crate::genai::{Facts, Options, Said};
use crate::record::CallRecord;
use crate::value::Limits;

/// The inputs by their names.
type Members<'a> = BTreeMap<String, &'a RawValue>;

/// The options that say which input is what was said: the message of the user, or all that a model is told.
const SAID_BY_AN_INPUT: [&str; 2] = ["user_message", "messages"];

/// An option, and the input that it has its value from.
type Argument = (&'static str, &'static str);

/// Where what is said comes from, as far as hooks see that.
#[derive(Default)]
pub(super) struct Sources {
    /// Options that say what is said.
    by_inputs: Vec<Argument>,
    /// Names of facts.
    by_output: Vec<&'static str>,
}

/// Adds the options that are inputs. `said` is stronger than these.
pub(super) fn add_arguments(options: &mut Options, record: &CallRecord, said: &Said) -> Sources {
    let mut sources = Sources::default();
    let arguments = record.op.arguments;
    if arguments.is_empty() {
        return sources;
    }
    let inputs = members(record.text.inputs());
    // What is said is not kept a second time.
    for (option, input) in arguments.iter().filter(|(option, _)| !SAID_BY_AN_INPUT.contains(option)) {
        if let Some(value) = read(&inputs, input)
            && options.add(option, value)
            && is_open(option, said)
        {
            sources.by_inputs.push((option, input));
        }
    }
    sources
}

/// The input that has what was said.
pub(super) fn user_argument(record: &CallRecord) -> Option<String> {
    let mut arguments = record.op.arguments.iter();
    arguments.rfind(|(option, _)| SAID_BY_AN_INPUT.contains(option)).map(|(_, input)| (*input).to_owned())
}

impl Sources {
    pub(super) fn with_output(self, by_output: Vec<&'static str>) -> Self {
        Self { by_output, ..self }
    }

    /// Whether it makes no difference what hooks do.
    pub(super) fn is_empty(&self) -> bool {
        self.by_inputs.is_empty() && self.by_output.is_empty()
    }

    /// Takes up what hooks made of the inputs and the output, which had this text before.
    pub(super) fn read_again(&self, before: (&str, Option<&str>), record: &mut CallRecord, limits: &Limits) {
        let (old, new) = (members(before.0), members(record.text.inputs()));
        let mut options = Options::read("");
        let changed: Vec<Argument> =
            self.by_inputs.iter().copied().filter(|(_, input)| is_other(&old, &new, input)).collect();
        for (option, input) in &changed {
            if let Some(value) = read(&new, input) {
                options.add(option, value);
            }
        }
        let said = options.below(record.kind(), Said::Nothing);
        let output_changed = record.text.output() != before.1;
        let Some(facts) = record.details.as_mut().and_then(|details| details.agent.as_deref_mut()) else { return };
        for (option, _) in &changed {
            put(facts, option, &said, limits);
        }
        if output_changed {
            for (_, said) in
                Facts::SAID.into_iter().zip(facts.said_mut()).filter(|(name, _)| self.by_output.contains(name))
            {
                *said = None;
            }
        }
    }
}

/// Whether an option says what is said, and nothing stronger does.
fn is_open(option: &str, said: &Said) -> bool {
    match (option, said) {
        ("system", Said::Llm(llm)) => llm.system_instructions.is_empty(),
        ("system", Said::Turn(turn)) => turn.system_instructions.is_empty(),
        ("system", Said::SubAgent(agent)) => agent.system_instructions.is_empty(),
        ("tools", Said::Llm(llm)) => llm.tool_definitions.is_none(),
        ("definitions", Said::Tool(tool)) => tool.definitions.is_none(),
        (option, _) => matches!(option, "system" | "tools" | "definitions"),
    }
}

/// Puts what an option says now, which may be nothing, in the place of what it said.
fn put(facts: &mut Facts, option: &str, said: &Said, limits: &Limits) {
    let system = match said {
        Said::Turn(turn) => &*turn.system_instructions,
        Said::SubAgent(agent) => &agent.system_instructions,
        Said::Llm(llm) => &llm.system_instructions,
        Said::Tool(_) | Said::Nothing => &[],
    };
    let definitions = match said {
        Said::Llm(llm) => llm.tool_definitions.as_ref(),
        Said::Tool(tool) => tool.definitions.as_ref(),
        _ => None,
    };
    match option {
        "system" => facts.system_instructions = list(system, limits),
        "tools" | "definitions" => {
            facts.tool_definitions = definitions.and_then(|definitions| raw(definitions, limits));
        }
        _ => {}
    }
}

fn members(inputs: &str) -> Members<'_> {
    serde_json::from_str(inputs).unwrap_or_default()
}

fn read(inputs: &Members<'_>, name: &str) -> Option<Value> {
    serde_json::from_str(inputs.get(name)?.get()).ok()
}

fn is_other(old: &Members<'_>, new: &Members<'_>, name: &str) -> bool {
    let text = |members: &Members<'_>| members.get(name).map(|value| value.get().to_owned());
    text(old) != text(new)
}
