//! What the scripted model says: for each question the next step, by what the tools have answered so far.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::chat::{Function, Message, ToolCall};
use crate::tools::{AnnotatedFunction, FileList, LineCount};

const MOST_COLUMNS: usize = 96;
/// Of a list that may be longer.
const MOST_ITEMS: usize = 6;

/// What there is to do next for a question.
enum Step {
    Use(&'static str, Value),
    Say(String),
}

/// Asks for all tools that some question needs now; sums up when none needs any.
pub(crate) fn next_message(messages: &[Message]) -> Message {
    if let Some(said) = reply(messages) {
        return Message::Assistant { content: Some(said), tool_calls: None };
    }
    let past = Past::of(messages);
    let asked = messages.iter().find_map(|message| match message {
        Message::User { content } => Some(content.as_str()),
        _ => None,
    });
    let project = asked.and_then(|text| text.split('"').nth(1)).unwrap_or_default();
    let questions = asked.unwrap_or_default().lines().filter_map(|line| line.strip_prefix("- "));

    let (mut calls, mut answers) = (Vec::new(), Vec::new());
    for question in questions {
        match next_step(question, project, &past) {
            Step::Use(name, arguments) => {
                let id = format!("call_{}", past.results.len() + calls.len() + 1);
                let function = Function { name: name.to_owned(), arguments: arguments.to_string() };
                calls.push(ToolCall { id, kind: "function".to_owned(), function });
            }
            Step::Say(answer) => answers.push(format!("{question}\n  {answer}")),
        }
    }
    if calls.is_empty() {
        Message::Assistant { content: Some(answers.join("\n")), tool_calls: None }
    } else {
        Message::Assistant { content: None, tool_calls: Some(calls) }
    }
}

/// What the critic says, and what the agent says of its own answer.
fn reply(messages: &[Message]) -> Option<String> {
    match messages {
        [Message::System { content }, Message::User { .. }] if content.contains("what is missing") => {
            Some("Nothing is missing.".to_owned())
        }
        [.., Message::Assistant { content: Some(answer), .. }, Message::User { .. }] => {
            let first = answer.lines().find_map(|line| line.strip_prefix("  ")).unwrap_or(answer);
            Some(format!("In short, {}.", first.trim_end_matches(['.', ','])))
        }
        _ => None,
    }
}

fn next_step(question: &str, project: &str, past: &Past) -> Step {
    let question = question.to_lowercase();
    if question.contains("annotated") {
        annotated(past)
    } else if question.contains("longest") {
        longest(past)
    } else if question.contains("depend") {
        dependencies(project, past)
    } else {
        Step::Say("The script does not know. Set OPENAI_BASE_URL to ask a real model.".to_owned())
    }
}

/// Searches; whether or not that was done in time, looks at functions only then.
fn annotated(past: &Past) -> Step {
    if past.last("search_text").is_none() {
        return Step::Use("search_text", json!({ "text": "#[weave::" }));
    }
    let Some(result) = past.last("annotated_functions") else {
        return Step::Use("annotated_functions", json!({ "prefix": "weave::" }));
    };
    Step::Say(match read::<Vec<AnnotatedFunction>>(result) {
        Err(error) => error,
        Ok(found) => {
            let public: Vec<String> =
                found.iter().filter(|one| one.public).map(|one| format!("{} ({})", one.name, one.at)).collect();
            let sum = format!("{} of {} annotated functions are public", public.len(), found.len());
            list(&sum, &public)
        }
    })
}

/// Lists, counts, then has a look at the longest file. It asks for line 0 first, and learns from what happens.
fn longest(past: &Past) -> Step {
    let Some(listed) = past.last("list_files") else { return Step::Use("list_files", json!({})) };
    let Some(counted) = past.last("longest_files") else {
        return Step::Use("longest_files", json!({ "limit": 3 }));
    };
    let (listed, counted) = match (read::<FileList>(listed), read::<Vec<LineCount>>(counted)) {
        (Ok(listed), Ok(counted)) => (listed, counted),
        (Err(error), _) | (_, Err(error)) => return Step::Say(error),
    };
    let Some(longest) = counted.first() else { return Step::Say("There are no files.".to_owned()) };
    let first_line = match (past.count("read_lines"), past.last("read_lines").map(read::<String>)) {
        (tries @ 0..2, None | Some(Err(_))) => {
            return Step::Use("read_lines", json!({ "path": longest.path, "first": tries }));
        }
        (_, Some(Ok(lines))) => {
            lines.trim_start().chars().take_while(|&one| one != '\n').take(MOST_COLUMNS - 20).collect()
        }
        (_, _) => "(not readable)".to_owned(),
    };
    let files: Vec<String> = counted.iter().map(|file| format!("{} ({} lines)", file.path, file.lines)).collect();
    let sum = list(&format!("The longest of {} files", listed.files), &files);
    Step::Say(format!("{sum}\n  The first begins: {first_line}"))
}

/// Guesses a path, and where that is wrong takes the one that the tool proposes.
fn dependencies(project: &str, past: &Past) -> Step {
    let guess = format!("{project}/Cargo.toml");
    let Some(result) = past.last("dependencies") else {
        return Step::Use("dependencies", json!({ "path": &guess }));
    };
    match read::<BTreeMap<String, Vec<String>>>(result) {
        Ok(tables) => {
            let tables: Vec<String> = tables
                .iter()
                .filter(|(table, _)| !table.starts_with("workspace"))
                .map(|(table, names)| list(&format!("{table} ({})", names.len()), names))
                .collect();
            Step::Say(if tables.is_empty() { "Nothing.".to_owned() } else { tables.join("\n  ") })
        }
        Err(error) if past.count("dependencies") < 2 => match error.strip_prefix("no file, try ").and_then(unquoted) {
            Some(proposed) => Step::Use("dependencies", json!({ "path": proposed })),
            None => Step::Say(format!("Unknown, {guess}: {error}")),
        },
        Err(error) => Step::Say(format!("Unknown: {error}")),
    }
}

fn unquoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// `what: a, b, c, and 2 more` in lines of at most [`MOST_COLUMNS`].
fn list(what: &str, items: &[String]) -> String {
    let mut text = if items.is_empty() { what.to_owned() } else { format!("{what}:") };
    let mut columns = text.chars().count() + 2;
    let more = items.len().saturating_sub(MOST_ITEMS);
    let tail = (more > 0).then(|| format!("and {more} more"));
    let shown = items.iter().take(MOST_ITEMS).chain(&tail);
    let last = items.len() - more + tail.iter().len();
    for (nth, item) in (1..).zip(shown) {
        let item = format!("{item}{}", if nth < last { "," } else { "" });
        columns += item.chars().count() + 1;
        if columns > MOST_COLUMNS {
            text.push_str("\n   ");
            columns = item.chars().count() + 4;
        }
        text.push(' ');
        text.push_str(&item);
    }
    text
}

/// The results of tools, each with the name of its tool, oldest first.
struct Past<'a> {
    results: Vec<(&'a str, &'a str)>,
}

impl<'a> Past<'a> {
    fn of(messages: &'a [Message]) -> Self {
        let mut names = BTreeMap::new();
        let mut results = Vec::new();
        for message in messages {
            match message {
                Message::Assistant { tool_calls: Some(calls), .. } => {
                    names.extend(calls.iter().map(|call| (&call.id, call.function.name.as_str())));
                }
                Message::Tool { tool_call_id, content } => {
                    results.extend(names.get(tool_call_id).map(|name| (*name, content.as_str())));
                }
                _ => {}
            }
        }
        Self { results }
    }

    fn count(&self, tool: &str) -> usize {
        self.results.iter().filter(|(name, _)| *name == tool).count()
    }

    fn last(&self, tool: &str) -> Option<&'a str> {
        self.results.iter().rev().find(|(name, _)| *name == tool).map(|(_, result)| *result)
    }
}

/// A tool's result, or what it says went wrong.
fn read<T: DeserializeOwned>(result: &str) -> Result<T, String> {
    let value: Value = serde_json::from_str(result).map_err(|error| error.to_string())?;
    match value.get("error").and_then(Value::as_str) {
        Some(error) => Err(error.to_owned()),
        None => serde_json::from_value(value).map_err(|error| error.to_string()),
    }
}
