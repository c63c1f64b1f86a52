//! Golden expansions: each case against the file that shows what it becomes.
//!
//! `WEAVE_GOLDEN=1 cargo test -p weave-macros` writes the files anew.

use std::path::Path;

use proc_macro2::TokenStream;

use crate::instrument;
use crate::kind::Kind;

fn assert_golden(name: &str, kind: Kind, args: &str, item: &str) {
    let tokens: TokenStream = instrument(kind, args.parse().unwrap(), item.parse().unwrap());
    let found = prettyplease::unparse(&syn::parse2(tokens).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/expand/golden").join(format!("{name}.rs"));
    if std::env::var_os("WEAVE_GOLDEN").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert!(found == expected, "{} differs; the expansion is now:\n\n{found}", path.display());
}

#[test]
fn a_plain_function_runs_in_a_closure_of_its_declared_type() {
    assert_golden(
        "sync_op",
        Kind::Op,
        "",
        "/// Adds.
        #[must_use]
        pub fn add(a: i32, b: &str) -> Result<impl Display, ParseIntError> { Ok(a + b.parse::<i32>()?) }",
    );
}

#[test]
fn an_async_function_runs_in_a_block_that_a_return_never_taken_gives_its_type() {
    assert_golden(
        "async_op",
        Kind::Llm,
        "skip_output",
        "async fn ask(mut prompt: String, (first, _): (u8, D), _: D) -> Result<String, Error> { send(prompt).await }",
    );
}

#[test]
fn a_method_records_what_its_options_ask_for() {
    assert_golden(
        "method_with_options",
        Kind::Tool,
        r#"name = "look up", display_name = |call| format!("find {}", call.op_name()), kind = "search", crate = my::weave,
        skip(key), capture(self, size = self.rows.len()), attributes(user = "u1", "db.name" = self.name, a.b = 1)"#,
        "pub fn find(&self, key: &Key, #[cfg(feature = \"limit\")] limit: usize) { self.rows.scan(key); }",
    );
}

#[test]
fn a_turn_says_who_speaks_with_whom() {
    assert_golden(
        "turn",
        Kind::Turn,
        r#"agent = "helper", conversation = &session.id, model = model"#,
        "fn answer(session: &Session, model: &str, question: String) -> String { reply(question) }",
    );
}

#[test]
fn a_sub_agent_takes_its_message_from_what_is_no_plain_text() {
    assert_golden(
        "sub_agent",
        Kind::Turn,
        "subagent, skip_output",
        "fn critic(#[cfg(feature = \"critic\")] claim: impl AsRef<str>) -> bool { judge(claim) }",
    );
}

#[test]
fn a_call_of_a_model_is_told_by_its_options_and_its_output() {
    assert_golden(
        "llm",
        Kind::Llm,
        r#"model = model, provider = "openai", messages = history, temperature = 0.2"#,
        "async fn ask(model: &str, history: &[Message]) -> Result<Completion, Error> { send(model, history).await }",
    );
}

#[test]
fn a_tool_is_described_by_its_docs() {
    assert_golden(
        "tool",
        Kind::Tool,
        "call_id = id, skip(id)",
        "/// The weather in a city.\n///\n/// Today.\nfn get_weather(id: &str, city: &str) -> u8 { look_up(city) }",
    );
}

#[test]
fn a_body_that_must_stay_in_its_function_is_guarded() {
    assert_golden(
        "guard_only",
        Kind::Turn,
        r#"display_name = "Turn""#,
        "#[track_caller] fn line(self: Box<Self>, mut n: u32) -> u32 { n += Location::caller().line(); n }",
    );
}

#[test]
fn a_type_that_is_no_plain_value_is_asked_when_its_call_ends() {
    assert_golden(
        "boxed_future",
        Kind::Op,
        "",
        "fn later<'a>(&'a self, n: u8) -> BoxFuture<'a, u8> { Box::pin(async move { n }) }",
    );
}

#[test]
fn a_stream_in_a_result_is_followed_with_its_items_folded() {
    assert_golden(
        "stream",
        Kind::Llm,
        "accumulate = Answer::add",
        "async fn ask(prompt: &str) -> Result<impl Stream<Item = Chunk> + use<'_>, Error> { send(prompt).await }",
    );
}

#[test]
fn an_iterator_is_followed() {
    assert_golden(
        "iterator",
        Kind::Op,
        "accumulate = off",
        "fn evens(n: u32) -> impl DoubleEndedIterator<Item = u32> { (0..n).filter(|n| n % 2 == 0) }",
    );
}
