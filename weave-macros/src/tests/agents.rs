//! Misuse of the options that not all the attributes have.

use super::parse;
use crate::check;
use crate::kind::Kind;

const ASK: &str = "fn ask(model: &str, question: String) -> String { question }";

/// Every error as the text it points at, a colon and the message, without the list of options behind it.
fn errors(kind: Kind, args: &str) -> Vec<String> {
    let Err(error) = check(kind, parse(args), parse(ASK)) else { return Vec::new() };
    let tell = |error: syn::Error| {
        let message = error.to_string();
        let message = message.split(" (its options are").next().unwrap_or_default().to_owned();
        format!("{}: {message}", error.span().source_text().unwrap_or_default())
    };
    error.into_iter().map(tell).collect()
}

#[test]
fn an_option_is_of_the_attributes_that_it_means_something_for() {
    let cases = [
        (
            Kind::Turn,
            r#"agent = "helper", model = model, conversation = id(), user_message = question, system = "Be kind.""#,
        ),
        (Kind::Llm, "model = model, provider = \"openai\", messages = [question], system = S, tools = TOOLS, seed = 1"),
        (
            Kind::Llm,
            "temperature = 0, top_p = 0.5, top_k = K, max_tokens = 9, frequency_penalty = -1, presence_penalty = 1",
        ),
        (Kind::Llm, "choice_count = 2, stop_sequences = [\"END\"], output_type = \"json\", skip(model)"),
        (
            Kind::Tool,
            "call_id = model, description = \"Asks.\", tool_type = \"function\", definitions = D, kind = \"x\"",
        ),
        (Kind::Turn, "subagent"),
        (Kind::Turn, "subagent = \"critic\", model = model"),
    ];
    for (kind, args) in cases {
        assert_eq!(errors(kind, args), Vec::<String>::new(), "{args}");
    }
}

#[test]
fn elsewhere_the_error_says_where_it_belongs() {
    let cases = [
        (Kind::Op, "model = model", "model: #[op] has no option `model`, which is one of #[turn] and #[llm]"),
        (Kind::Op, "call_id = f(1, 2)", "call_id: #[op] has no option `call_id`, which is one of #[tool]"),
        (
            Kind::Turn,
            "temperature = |a, b| a",
            "temperature: #[turn] has no option `temperature`, which is one of #[llm]",
        ),
        (Kind::Llm, "subagent", "subagent: #[llm] has no option `subagent`, which is one of #[turn]"),
        (
            Kind::Tool,
            "conversation = id",
            "conversation: #[tool] has no option `conversation`, which is one of #[turn]",
        ),
        (
            Kind::Turn,
            "definitions = [a, b]",
            "definitions: #[turn] has no option `definitions`, which is one of #[tool]",
        ),
    ];
    for (kind, args, expected) in cases {
        assert_eq!(errors(kind, args), [expected], "{args}");
    }
}

#[test]
fn the_names_of_others_lead_to_ours() {
    let cases = [
        (
            Kind::Turn,
            "session_id = id",
            "session_id: #[turn] has no option `session_id`; here it is called `conversation`",
        ),
        (Kind::Turn, "user = question", "user: #[turn] has no option `user`; here it is called `user_message`"),
        (Kind::Llm, "model_name = model", "model_name: #[llm] has no option `model_name`; here it is called `model`"),
        (
            Kind::Llm,
            "tool_definitions = T",
            "tool_definitions: #[llm] has no option `tool_definitions`; here it is called `tools`",
        ),
        (
            Kind::Tool,
            "tool_definitions = T",
            "tool_definitions: #[tool] has no option `tool_definitions`; here it is called `definitions`",
        ),
        (Kind::Llm, "temperatur = 1", "temperatur: #[llm] has no option `temperatur`; did you mean `temperature`?"),
        (Kind::Tool, "model_name = model", "model_name: #[tool] has no option `model_name`; did you mean `name`?"),
    ];
    for (kind, args, expected) in cases {
        assert_eq!(errors(kind, args), [expected], "{args}");
    }
}

#[test]
fn the_options_are_listed_with_those_of_the_attribute_first_unless_one_is_meant() {
    let error = |args: &str| check(Kind::Tool, parse(args), parse(ASK)).err().map(|error| error.to_string()).unwrap();
    let listed =
        "#[tool] has no option `level` (its options are `call_id`, `description`, `tool_type`, `definitions`, `name`,";
    assert!(error("level = 1").starts_with(listed), "{}", error("level = 1"));
    assert_eq!(error("id = id"), "#[tool] has no option `id`; here it is called `call_id`");
}

#[test]
fn each_has_a_value_of_its_sort_and_is_given_once() {
    let cases = [
        (
            Kind::Turn,
            "model",
            r#"model: `model` takes a text after `=`: write `model = "..."` or `model = expression`"#,
        ),
        (Kind::Turn, "model = 4", r#"4: `model` takes a text: write `model = "..."` or `model = expression`"#),
        (
            Kind::Turn,
            "agent = \" \"",
            r#"" ": `agent` must not be empty: write `agent = "..."` or `agent = expression`"#,
        ),
        (Kind::Llm, "temperature = \"hot\"", "\"hot\": `temperature` takes a number: write `temperature = expression`"),
        (Kind::Llm, "seed", "seed: `seed` takes a number after `=`: write `seed = expression`"),
        (Kind::Llm, "messages(question)", "(: `messages` takes a value after `=`: write `messages = expression`"),
        (Kind::Llm, "seed = 1, seed = 2", "seed: `seed` is given twice: keep one of the two"),
        (Kind::Turn, "subagent, subagent = \"x\"", "subagent: `subagent` is given twice: keep one of the two"),
        (
            Kind::Turn,
            "subagent(\"x\")",
            r#"(: `subagent` takes a text after `=`: write `subagent`, `subagent = "..."` or `subagent = expression`"#,
        ),
    ];
    for (kind, args, expected) in cases {
        assert_eq!(errors(kind, args), [expected], "{args}");
    }
}

#[test]
fn a_sub_agent_is_no_agent_of_a_conversation_of_its_own() {
    assert_eq!(
        errors(Kind::Turn, "agent = \"a\", subagent = \"b\""),
        [
            "subagent: `subagent` and `agent` contradict each other: both say who works, `subagent` that it is for another; keep one"
        ]
    );
    assert_eq!(
        errors(Kind::Turn, "conversation = id, subagent"),
        [
            "subagent: `subagent` and `conversation` contradict each other: a sub-agent works in the conversation of whoever calls it; remove `conversation`"
        ]
    );
}

#[test]
fn their_values_cannot_be_left_either() {
    assert_eq!(
        errors(Kind::Llm, "model = pick()?, seed = next().await"),
        [
            "?: `?` cannot leave a value of `model`, which is computed before the body runs: record the `Result` itself, or what `.ok()` makes of it",
            "await: `.await` cannot leave a value of `seed`, which is computed before the body runs: await it in the body, and record it there with `weave::current_call()`",
        ]
    );
}
