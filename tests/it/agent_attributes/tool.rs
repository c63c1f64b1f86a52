//! Tools.

use serde_json::json;

use super::call;

#[test]
fn a_tool_is_described_by_its_docs() {
    /// The weather in a city.
    ///
    /// Of today.
    #[weave::tool(call_id = call_id, skip(call_id))]
    fn get_weather(call_id: &str, city: &str) -> &'static str {
        "21 °C"
    }
    let tool = call(|| get_weather("call-1", "Paris")).tool().unwrap();
    assert_eq!((tool.name.as_str(), tool.call_id.as_deref()), ("get_weather", Some("call-1")));
    assert_eq!(tool.description.as_deref(), Some("The weather in a city.\n\nOf today."));
    assert_eq!(tool.tool_type.as_deref(), Some("function"));
    assert_eq!((tool.arguments, tool.result), (Some(json!({ "city": "Paris" })), Some(json!("21 °C"))));
}

#[test]
fn options_say_otherwise() {
    /// Looks it up.
    #[weave::tool(
        name = "search",
        description = "Finds pages.",
        tool_type = "datastore",
        definitions = json!({ "name": "search" })
    )]
    fn look_up(query: &str) {}
    /// Not this.
    #[weave::tool(description = what)]
    fn told_at_run_time(what: &str) {}

    let tool = call(|| look_up("rust")).tool().unwrap();
    assert_eq!((tool.name.as_str(), tool.description.as_deref()), ("search", Some("Finds pages.")));
    assert_eq!(tool.tool_type.as_deref(), Some("datastore"));
    assert_eq!(tool.definitions, Some(json!({ "name": "search" })));
    let tool = call(|| told_at_run_time("that")).tool().unwrap();
    assert_eq!(tool.description.as_deref(), Some("that"));
}

#[test]
fn what_is_not_known_is_absent() {
    #[weave::tool(call_id = id)]
    fn add(id: Option<&str>, a: u8) -> Result<u8, String> {
        Err("no".to_owned())
    }
    let tool = call(|| add(None, 1)).tool().unwrap();
    assert_eq!((tool.call_id, tool.description, tool.result), (None, None, None));
    assert_eq!(tool.error.unwrap().message, "no");
}
