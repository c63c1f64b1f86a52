//! From what a model asks for to the tool that does it, and back.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::chat::{Function, Message, ToolCall};
use crate::source_tree::SourceTree;
use crate::tools::{self, ToolError};

/// The tools as a model is told of them.
pub(crate) fn descriptions() -> Vec<Value> {
    let text = |about: &str| json!({ "type": "string", "description": about });
    let number = |about: &str| json!({ "type": "integer", "description": about });
    vec![
        describe("list_files", "Lists the files, and says how many there are.", &json!({})),
        describe(
            "read_lines",
            "Reads up to 40 lines of a file.",
            &json!({ "path": text("a path as listed"), "first": number("the first line, counted from 1") }),
        ),
        describe("search_text", "Says where a text occurs. Slow.", &json!({ "text": text("the text as it stands") })),
        describe(
            "annotated_functions",
            "Lists the functions in Rust files that have an attribute, and whether they are public.",
            &json!({ "prefix": text("what the path of the attribute starts with") }),
        ),
        describe("longest_files", "Lists the files with the most lines.", &json!({ "limit": number("how many") })),
        describe("dependencies", "Lists what a Cargo.toml names.", &json!({ "path": text("its path as listed") })),
    ]
}

/// Every property is required.
fn describe(name: &str, description: &str, properties: &Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(|map| map.keys()).collect();
    let parameters = json!({ "type": "object", "properties": properties, "required": required });
    json!({ "type": "function", "function": { "name": name, "description": description, "parameters": parameters } })
}

/// Runs tools side by side, each as a task of its own below the current call. Whatever becomes of one, also when it
/// panics, the model is told; the answers stand in the order of the calls.
pub(crate) async fn run_all(tree: &Arc<SourceTree>, calls: Vec<ToolCall>) -> Vec<Message> {
    let start = |call: ToolCall| (call.id, weave::spawn(run(Arc::clone(tree), call.function)));
    let tasks: Vec<_> = calls.into_iter().map(start).collect();
    let mut answers = Vec::new();
    for (tool_call_id, task) in tasks {
        let content = match task.await {
            Ok(Ok(result)) => result,
            Ok(Err(error)) => json!({ "error": error.to_string() }),
            Err(crash) => json!({ "error": format!("the tool crashed: {crash}") }),
        };
        answers.push(Message::Tool { tool_call_id, content: content.to_string() });
    }
    answers
}

async fn run(tree: Arc<SourceTree>, function: Function) -> Result<Value, ToolError> {
    let given = Arguments::parse(&function)?;
    match function.name.as_str() {
        "list_files" => result(tools::list_files(&tree).await),
        "read_lines" => result(tools::read_lines(&tree, &given.get::<String>("path")?, given.get("first")?).await?),
        "search_text" => result(tools::search_text_in_time(&tree, &given.get::<String>("text")?).await?),
        "annotated_functions" => result(tools::annotated_functions(&tree, &given.get::<String>("prefix")?).await?),
        "longest_files" => result(tools::longest_files(&tree, given.get("limit")?).await?),
        "dependencies" => result(tools::dependencies(&tree, &given.get::<String>("path")?).await?),
        unknown => Err(ToolError::new(format!("there is no tool {unknown:?}"))),
    }
}

fn result(value: impl Serialize) -> Result<Value, ToolError> {
    serde_json::to_value(value).map_err(|error| ToolError::new(error.to_string()))
}

/// What the model wrote between the parentheses.
struct Arguments(Value);

impl Arguments {
    fn parse(function: &Function) -> Result<Self, ToolError> {
        // Models write nothing at all for a tool without parameters.
        let text = if function.arguments.trim().is_empty() { "{}" } else { &function.arguments };
        let wrong = |error| ToolError::new(format!("the arguments of {} are not JSON: {error}", function.name));
        serde_json::from_str(text).map(Self).map_err(wrong)
    }

    fn get<T: DeserializeOwned>(&self, name: &str) -> Result<T, ToolError> {
        let value = self.0.get(name).cloned().unwrap_or_default();
        serde_json::from_value(value).map_err(|error| ToolError::new(format!("argument {name:?}: {error}")))
    }
}
