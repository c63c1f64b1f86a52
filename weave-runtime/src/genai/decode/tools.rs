//! The tools that a model could ask for, in the form of the GenAI conventions.

use serde_json::{Map, Value};

use super::json::{Object, list, object, owned, value};

/// A list of tools as any provider writes them. What is no list is left as it is.
pub(crate) fn tool_definitions(tools: &Value) -> Value {
    let Value::Array(tools) = tools else { return tools.clone() };
    let mut all = Vec::new();
    for tool in tools {
        match tool.as_object().and_then(|tool| list(tool, &["functionDeclarations", "function_declarations"])) {
            Some(functions) => all.extend(functions.iter().map(definition)),
            None => all.push(definition(tool)),
        }
    }
    Value::Array(all)
}

fn definition(tool: &Value) -> Value {
    let Value::Object(members) = tool else { return tool.clone() };
    let function = object(members, &["function"]).unwrap_or(members);
    let Some(name) = owned(function, &["name"]) else { return tool.clone() };
    let parameters = ["parameters", "input_schema", "parametersJsonSchema", "parameters_json_schema"];
    let mut definition: Object = Map::new();
    let kind = owned(members, &["type"]).filter(|kind| kind != "custom").unwrap_or_else(|| "function".to_owned());
    definition.insert("type".to_owned(), kind.into());
    definition.insert("name".to_owned(), name.into());
    let description = value(function, &["description"]).map(|text| ("description".to_owned(), text.clone()));
    let parameters = value(function, &parameters).map(|schema| ("parameters".to_owned(), schema.clone()));
    definition.extend(description.into_iter().chain(parameters));
    Value::Object(definition)
}
