//! Turns, calls of models and tools with options of their own, in representative shapes.

use std::sync::Arc;

use futures::executor::block_on;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use weave::{Llm, LlmRecord, Usage};

use super::*;

/// Says of itself what a model did.
#[derive(Clone, Default, PartialEq, Debug, serde::Serialize)]
struct Told(u64);

impl LlmRecord for Told {
    fn llm_record(&self) -> Llm {
        Llm::default().usage(Usage::new(self.0, 0))
    }
}

same! { turns gives "(\"a?\", \"b\", 3, [0, 1])"
    records r#"turn sync(question: "a") -> "a?"
turn later(question: "b", chat: 7) -> "b"
turn method(self: "<Agent>", question: "abc") -> 3
turn chunks(question: "aa") -> [0,1]"#;
    struct Agent {
        id: u32,
    }
    #[turn(agent = "helper", model = format!("model of {question}"))]
    fn sync(question: &str) -> String {
        format!("{question}?")
    }
    #[turn(conversation = chat, user_message = question)]
    async fn later(question: String, chat: u32) -> String {
        yield_now().await;
        question
    }
    impl Agent {
        #[turn(conversation = self.id, system = [question.as_ref()])]
        fn method(&self, question: impl AsRef<str> + serde::Serialize) -> usize {
            question.as_ref().len()
        }
    }
    #[turn(agent = "helper")]
    fn chunks(question: &str) -> impl Iterator<Item = usize> + use<> {
        0..question.len()
    }
    fn run() -> impl Debug {
        let agent = Agent { id: 7 };
        (sync("a"), polls(later("b".to_owned(), 7)).1, agent.method("abc".to_owned()), chunks("aa").collect::<Vec<_>>())
    }
}

same! { options_leave_the_order_of_drops gives "(1, 1)" drops "dbadba"
    records r#"turn sync(a: "Noisy(\"a\")", b: "Noisy(\"b\")", d: "Noisy(\"d\")") -> 1
llm later(a: "Noisy(\"a\")", b: "Noisy(\"b\")", d: "Noisy(\"d\")") -> 1"#;
    #[turn(agent = a.0, model = d.0, user_message = b)]
    fn sync(a: Noisy, (b, d): (Noisy, Noisy)) -> u8 {
        1
    }
    #[llm(model = a.0, provider = d.0, messages = b)]
    async fn later(a: Noisy, (b, d): (Noisy, Noisy)) -> u8 {
        yield_now().await;
        1
    }
    fn run() -> impl Debug {
        (sync(Noisy("a"), (Noisy("b"), Noisy("d"))), polls(later(Noisy("a"), (Noisy("b"), Noisy("d")))).1)
    }
}

same! { sub_agents gives "true"
    records r#"turn write(topic: "cats") -> true
└─ sub_agent review(draft: "On cats.") -> true
   └─ sub_agent judge(draft: "On cats.", n: 1) -> true"#;
    #[turn(agent = "writer")]
    fn write(topic: &str) -> bool {
        review(format!("On {topic}."))
    }
    #[turn(subagent)]
    fn review(draft: String) -> bool {
        polls(judge(&draft, 1)).1
    }
    #[turn(subagent = format!("judge {n}"), model = "small")]
    async fn judge(draft: &str, n: u8) -> bool {
        yield_now().await;
        true
    }
    fn run() -> bool {
        write("cats")
    }
}

same! { answers_that_tell gives "(Told(1), Ok(Told(2)), Some(Told(3)), Told(4), Some(Told(5)), Err(\"no\"))"
    records r#"llm plain(n: 1) -> 1
llm result(n: 2) -> 2
llm shared(n: 3) -> "Some(Told(3))"
llm generic(told: 4) -> 4
llm boxed(n: 5) -> 5
llm fails() failed: no"#;
    #[llm(model = "small", seed = n)]
    fn plain(n: u64) -> Told {
        Told(n)
    }
    #[llm(temperature = 0.5, messages = [format!("{n}")])]
    async fn result(n: u64) -> Result<Box<Told>, String> {
        yield_now().await;
        Ok(Box::new(Told(n)))
    }
    #[llm(max_tokens = n)]
    fn shared(n: u64) -> Option<Arc<Told>> {
        Some(Arc::new(Told(n)))
    }
    #[llm(model = "small")]
    fn generic<T: LlmRecord + serde::Serialize>(told: T) -> T {
        told
    }
    #[llm(provider = "openai")]
    fn boxed<'a>(n: u64) -> BoxFuture<'a, Option<Told>> {
        Box::pin(async move { Some(Told(n)) })
    }
    #[llm(model = "small")]
    fn fails() -> Result<Told, String> {
        Err("no".to_owned())
    }
    fn run() -> impl Debug {
        (plain(1), polls(result(2)).1, shared(3), generic(Told(4)), block_on(boxed(5)), fails())
    }
}

same! { answers_that_tell_nothing gives "(Opaque, [1], 5)"
    records r#"llm untold() -> "Opaque"
llm borrowed(list: [1]) -> [1]
llm own_words() -> "<Mine>""#;
    #[derive(PartialEq, Debug)]
    struct Opaque;
    #[llm]
    fn untold() -> Opaque {
        Opaque
    }
    #[llm(model = "small")]
    fn borrowed<'a>(list: &'a mut Vec<u8>) -> &'a [u8] {
        list
    }
    mod theirs {
        pub(super) trait LlmRecord {
            fn llm_record(&self) -> u8 {
                5
            }
        }
        impl<T> LlmRecord for T {}
    }
    struct Mine;
    #[llm]
    fn own_words() -> Mine {
        Mine
    }
    fn run() -> impl Debug {
        (untold(), borrowed(&mut vec![1]).to_vec(), theirs::LlmRecord::llm_record(&own_words()))
    }
}

same! { chunks_that_tell gives "([1, 2], [1], [1, 2], [3], \" Send Sync Unpin UnwindSafe RefUnwindSafe\")"
    records r#"llm folded(n: 2) -> 3
llm folded(n: 2) -> 1 partial
llm boxed(n: 2) -> 3
llm counted() -> 1
llm folded(n: 0) -> 0 partial"#;
    #[llm(accumulate = add, stop_sequences = ["END"])]
    fn folded(n: u64) -> impl Stream<Item = u64> {
        stream::iter(1..=n)
    }
    #[llm(accumulate = add_ok)]
    async fn boxed<'a>(n: u64) -> Result<BoxStream<'a, Result<u64, String>>, String> {
        Ok(stream::iter((1..=n).map(Ok)).boxed())
    }
    #[llm(accumulate = count)]
    fn counted() -> Box<dyn Iterator<Item = u64>> {
        Box::new(std::iter::once(3))
    }
    fn add(told: &mut Told, n: &u64) {
        told.0 += n;
    }
    fn add_ok(told: &mut Told, n: &u64) {
        told.0 += n;
    }
    fn count(total: &mut u64, _: &u64) {
        *total += 1;
    }
    fn run() -> impl Debug {
        let all = block_on(folded(2).collect::<Vec<_>>());
        let first = block_on(folded(2).take(1).collect::<Vec<_>>());
        let boxed = block_on(async { boxed(2).await.unwrap().map(Result::unwrap).collect::<Vec<_>>().await });
        (all, first, boxed, counted().collect::<Vec<_>>(), auto_traits!(folded(0)))
    }
}

same! { tools gives "(3, \"sun\", [0, 1], \"panicked\", 4)"
    records r#"tool fails() panicked: as it should
tool get_weather(self: "<Weather>", city: "Rome") -> "sun"
tool add(a: 1, b: 2) -> 3
tool list(n: 2) -> [0,1]
tool guarded(n: 4)"#;
    /// Adds.
    #[tool(call_id = id, skip(id))]
    fn add(id: &str, a: u8, b: u8) -> u8 {
        a + b
    }
    struct Weather;
    impl Weather {
        /// The weather.
        #[tool(call_id = id, tool_type = "extension", only(self, city))]
        async fn get_weather(&self, id: Option<u32>, city: &str) -> &'static str {
            yield_now().await;
            "sun"
        }
    }
    #[tool(description = format!("lists {n}"), definitions = [n])]
    fn list(n: u8) -> impl DoubleEndedIterator<Item = u8> {
        0..n
    }
    #[tool(call_id = "x")]
    fn fails() {
        panic!("as it should")
    }
    #[tool(call_id = n)]
    #[track_caller]
    fn guarded(n: u8) -> u8 {
        n
    }
    fn run() -> impl Debug {
        let failed = catch_unwind(fails).map_or("panicked", |()| "done");
        let weather = polls(Weather.get_weather(Some(1), "Rome")).1;
        (add("call-1", 1, 2), weather, list(2).collect::<Vec<_>>(), failed, guarded(4))
    }
}

same! { under_async_trait gives "(\"a?\", true)"
    records r#"turn answer(self: "<Helper>", question: "a", n: 1) -> "a?"
tool check(self: "<Helper>", claim: "b") -> true"#;
    #[async_trait::async_trait]
    trait Agent {
        async fn answer(&self, question: &str, (n, _): (u8, u8)) -> String;
        async fn check(&self, id: String, claim: String) -> bool;
    }
    struct Helper;
    #[async_trait::async_trait]
    impl Agent for Helper {
        #[turn(agent = "helper", conversation = n)]
        async fn answer(&self, question: &str, (n, _): (u8, u8)) -> String {
            yield_now().await;
            format!("{question}?")
        }
        /// Checks.
        #[tool(call_id = id, skip(id))]
        async fn check(&self, id: String, claim: String) -> bool {
            true
        }
    }
    fn run() -> impl Debug {
        block_on(async { (Helper.answer("a", (1, 2)).await, Helper.check("call-1".to_owned(), "b".to_owned()).await) })
    }
}

same! { made_by_a_macro gives "(\"a\", 2)"
    records r#"turn answer(question: "a") -> "a"
llm ask(n: 2) -> 2"#;
    macro_rules! made {
        ($name:ident, $model:expr, $argument:ident) => {
            #[turn(model = $model, user_message = $argument)]
            fn $name($argument: &str) -> String {
                $argument.to_owned()
            }
        };
    }
    made!(answer, "small", question);
    const MODEL: &str = "small";
    #[llm(model = MODEL, max_tokens = n + 1, tools = ())]
    fn ask(n: u8) -> u8 {
        n
    }
    fn run() -> impl Debug {
        (answer("a"), ask(2))
    }
}
