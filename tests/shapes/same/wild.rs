//! Functions as they are found in programs: handlers, services, queries, agents.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::io::{self, BufRead, Read, Write};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use futures::future::{BoxFuture, try_join_all};
use futures::stream::{self, FuturesUnordered, Stream, StreamExt, TryStreamExt};

use super::*;

same! { a_handler gives "(\"200 hi\", \"404 no /x\")"
    records r#"handle(state: "State { greeting: \"hi\" }", path: "/", query: {"a":"1"}) -> ["200","hi"]
handle(state: "State { greeting: \"hi\" }", path: "/x", query: {}) failed: 404 no /x"#;
    #[derive(Debug)]
    struct Shared<T>(T);
    #[derive(Debug, Clone)]
    struct State {
        greeting: String,
    }
    #[derive(Debug)]
    struct Failure(u16, String);
    impl Display for Failure {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{} {}", self.0, self.1)
        }
    }
    impl<E: std::error::Error> From<E> for Failure {
        fn from(error: E) -> Self {
            Self(500, error.to_string())
        }
    }
    trait Reply {
        fn text(self) -> String;
    }
    impl Reply for (&'static str, String) {
        fn text(self) -> String {
            format!("{} {}", self.0, self.1)
        }
    }
    #[op]
    async fn handle(
        Shared(state): Shared<Arc<State>>,
        path: String,
        query: BTreeMap<&'static str, String>,
    ) -> Result<impl Reply + serde::Serialize, Failure> {
        let _page: u8 = query.get("a").map(|page| page.parse()).transpose()?.unwrap_or(1);
        yield_now().await;
        match path.as_str() {
            "/" => Ok(("200", state.greeting.clone())),
            other => Err(Failure(404, format!("no {other}"))),
        }
    }
    fn run() -> impl Debug {
        let state = Arc::new(State { greeting: "hi".to_owned() });
        let ask = |path: &str, query| {
            let reply = block_on(handle(Shared(Arc::clone(&state)), path.to_owned(), query));
            reply.map_or_else(|failure| failure.to_string(), Reply::text)
        };
        (ask("/", BTreeMap::from([("a", "1".to_owned())])), ask("/x", BTreeMap::new()))
    }
}

same! { a_query_over_an_executor gives "Ok([\"row 1\", \"row 2\"])"
    records r#"fetch_all(executor: "<&Pool>", sql: "select") -> ["row 1","row 2"]"#;
    trait Executor<'c>: Send + Sized {
        type Database: Database;
        fn rows(self) -> BoxFuture<'c, Result<Vec<<Self::Database as Database>::Row>, String>>;
    }
    trait Database {
        type Row: Send;
    }
    struct Lite;
    impl Database for Lite {
        type Row = u8;
    }
    struct Pool(Vec<u8>);
    impl<'c> Executor<'c> for &'c Pool {
        type Database = Lite;
        fn rows(self) -> BoxFuture<'c, Result<Vec<u8>, String>> {
            Box::pin(async { Ok(self.0.clone()) })
        }
    }
    trait FromRow<'r, R>: Sized {
        fn from_row(row: &'r R) -> Result<Self, String>;
    }
    impl<'r> FromRow<'r, u8> for String {
        fn from_row(row: &'r u8) -> Result<Self, String> {
            Ok(format!("row {row}"))
        }
    }
    #[op]
    async fn fetch_all<'c, 'q, E, DB, T>(executor: E, sql: &'q str) -> Result<Vec<T>, String>
    where
        'q: 'c,
        E: 'c + Executor<'c, Database = DB>,
        DB: Database,
        T: for<'r> FromRow<'r, DB::Row> + Send + Unpin + serde::Serialize,
    {
        let rows = executor.rows().await?;
        rows.iter().map(T::from_row).collect()
    }
    fn run() -> Result<Vec<String>, String> {
        let pool = Pool(vec![1, 2]);
        block_on(fetch_all(&pool, "select"))
    }
}

same! { a_service_with_layers gives "(\"in a out\", 2)"
    records r#"call(self: "<Logged<Echo>>", request: "a") -> "in a out"
└─ call(self: "<Echo>", request: "a") -> "a"
call(self: "<&Echo>", request: "bc") -> "bc""#;
    trait Service<R> {
        type Output;
        fn call(&self, request: R) -> impl Future<Output = Self::Output> + Send;
    }
    struct Echo;
    impl Service<&'static str> for Echo {
        type Output = String;
        #[op]
        async fn call(&self, request: &'static str) -> String {
            request.to_owned()
        }
    }
    impl Service<&'static str> for &Echo {
        type Output = String;
        #[op]
        fn call(&self, request: &'static str) -> impl Future<Output = String> + Send {
            async move { request.to_owned() }
        }
    }
    struct Logged<S>(S);
    impl<S, R> Service<R> for Logged<S>
    where
        S: Service<R, Output = String> + Sync,
        R: Send + serde::Serialize,
    {
        type Output = String;
        #[op]
        async fn call(&self, request: R) -> String {
            format!("in {} out", self.0.call(request).await)
        }
    }
    fn run() -> (String, usize) {
        (block_on(Logged(Echo).call("a")), block_on(Service::call(&&Echo, "bc")).len())
    }
}

same! { an_agent_with_tools gives "Ok([\"2\", \"unknown nap\"])"
    records r#"turn talk(plan: ["add","nap"]) -> ["2","unknown nap"]
├─ tool act(name: "add", tools: "<tools>") -> "2"
└─ tool act(name: "nap", tools: "<tools>") failed: unknown nap"#;
    type Tool = Box<dyn Fn(u8) -> BoxFuture<'static, Result<String, String>> + Send + Sync>;
    #[tool(capture(tools = "<tools>"))]
    async fn act(tools: &BTreeMap<&'static str, Tool>, name: &str) -> Result<String, String> {
        let tool = tools.get(name).ok_or_else(|| format!("unknown {name}"))?;
        tool(1).await
    }
    #[turn]
    async fn talk(plan: &[&str]) -> Result<Vec<String>, String> {
        let add: Tool = Box::new(|n| Box::pin(async move { Ok((n + 1).to_string()) }));
        let tools = BTreeMap::from([("add", add)]);
        let mut said = Vec::with_capacity(plan.len());
        for step in plan {
            said.push(act(&tools, step).await.unwrap_or_else(|error| error));
        }
        Ok(said)
    }
    fn run() -> Result<Vec<String>, String> {
        block_on(talk(&["add", "nap"]))
    }
}

same! { joined_and_unordered gives "(Ok([1, 2]), 3, [10, 20])"
    records r#"together(n: 2) -> [1,2]
├─ one(n: 1) -> 1
└─ one(n: 2) -> 2
raced() -> 3
buffered(n: 2) -> [10,20]"#;
    #[op]
    async fn one(n: u8) -> Result<u8, String> {
        yield_now().await;
        Ok(n)
    }
    #[op]
    async fn together(n: u8) -> Result<Vec<u8>, String> {
        try_join_all((1..=n).map(one)).await
    }
    #[op]
    async fn raced() -> u8 {
        let mut racing = [3, 4].into_iter().map(std::future::ready).collect::<FuturesUnordered<_>>();
        let Some(first) = racing.next().await else { unreachable!() };
        drop(racing);
        first
    }
    #[op]
    fn buffered(n: u8) -> impl Stream<Item = u8> {
        stream::iter(1..=n).map(|n| async move { n * 10 }).buffered(2)
    }
    fn run() -> impl Debug {
        (block_on(together(2)), block_on(raced()), block_on(buffered(2).collect::<Vec<_>>()))
    }
}

same! { readers_and_writers gives "(\"ab\", 2, [1, 2], Break(3))"
    records r#"write_all(writer: "<&mut dyn std::io::Write>", bytes: [1,2]) -> 2
first_line(reader: "<reader>") -> "ab"
search(items: [1,2,3]) -> "Break(3)""#;
    #[op(capture(reader = "<reader>"))]
    fn first_line<R: Read>(reader: R) -> io::Result<String> {
        io::BufReader::new(reader).lines().next().transpose().map(Option::unwrap_or_default)
    }
    #[op]
    fn write_all(writer: &mut dyn Write, bytes: &[u8]) -> io::Result<usize> {
        writer.write_all(bytes)?;
        Ok(bytes.len())
    }
    #[op]
    fn search(items: &[u8]) -> ControlFlow<u8> {
        items.iter().try_for_each(|n| if *n == 3 { ControlFlow::Break(*n) } else { ControlFlow::Continue(()) })
    }
    fn run() -> impl Debug {
        let mut written = Vec::new();
        let count = write_all(&mut written, &[1, 2]).unwrap();
        (first_line("ab\ncd".as_bytes()).unwrap(), count, written, search(&[1, 2, 3]))
    }
}

same! { retried gives "(Ok(3), Err(\"4 times\"))"
    records r#"retry(most: 5, pause: {"nanos":0,"secs":0}, f: "<f>") -> 3
retry(most: 4, pause: {"nanos":0,"secs":0}, f: "<f>") failed: 4 times"#;
    #[op(capture(f = "<f>"))]
    async fn retry<T, E, F>(most: u8, pause: Duration, mut f: F) -> Result<T, E>
    where
        F: AsyncFnMut(u8) -> Result<T, E>,
        T: serde::Serialize,
        E: Display,
    {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match f(attempt).await {
                Err(_) if attempt < most => yield_now().await,
                outcome => break outcome,
            }
        }
    }
    fn run() -> impl Debug {
        let attempt = async |least: u8, n: u8| if n < least { Err(format!("{n} times")) } else { Ok(n) };
        (
            block_on(retry(5, Duration::ZERO, async |n| attempt(3, n).await)),
            block_on(retry(4, Duration::ZERO, async |n| attempt(9, n).await)),
        )
    }
}

same! { built_in_steps gives "(\"x=1&y=2\", [1, 2, 3])"
    records r#"with(self: "<Builder>", key: "\"x\"", value: 1) -> "Builder(\"x=1\")"
with(self: "<Builder>", key: "\"y\"", value: 2) -> "Builder(\"x=1&y=2\")"
pages(start: 1) -> [1,2,3]"#;
    #[derive(Debug, Default)]
    struct Builder(String);
    impl Builder {
        #[op]
        #[must_use]
        fn with(mut self, key: impl AsRef<str> + Debug, value: impl ToString + serde::Serialize) -> Self {
            if !self.0.is_empty() {
                self.0.push('&');
            }
            self.0.extend([key.as_ref(), "=", &value.to_string()]);
            self
        }
    }
    #[op]
    fn pages(start: u8) -> Pin<Box<dyn Stream<Item = Result<u8, String>> + Send>> {
        Box::pin(stream::try_unfold(start, |page| async move {
            Ok((page < 4).then_some((page, page + 1)))
        }))
    }
    fn run() -> impl Debug {
        let built = Builder::default().with("x", 1).with("y".to_owned(), 2_u64).0;
        (built, block_on(pages(1).try_collect::<Vec<_>>()).unwrap())
    }
}
