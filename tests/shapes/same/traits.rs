//! Methods of traits: native async ones, those by `impl Trait`, those of `#[async_trait]`, those of others' traits.

use std::fmt::{self, Display};
use std::ops::{Add, Deref, DerefMut, Index};
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};

use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream, StreamExt};

use super::*;

same! { declared_and_by_default gives "(\"hi\", [\"a\", \"b\"], 2, \"model\")"
    records r#"ask(self: "<Parrot>", words: "hi") -> "hi"
chunks(self: "<Parrot>", words: "a b") -> ["a","b"]
length(self: "<Parrot>", words: "ab") -> 2
name() -> "model""#;
    trait Model {
        async fn ask(&self, words: &str) -> Result<String, String>;
        fn chunks<'a>(&'a self, words: &'a str) -> impl Stream<Item = &'a str> + Send;
        #[op]
        fn length(&self, words: &str) -> impl Future<Output = usize> + Send
        where
            Self: Sync,
        {
            let length = words.len();
            async move { length }
        }
        #[op]
        fn name() -> &'static str {
            "model"
        }
    }
    struct Parrot;
    impl Model for Parrot {
        #[op]
        async fn ask(&self, words: &str) -> Result<String, String> {
            yield_now().await;
            Ok(words.to_owned())
        }
        #[op]
        fn chunks<'a>(&'a self, words: &'a str) -> impl Stream<Item = &'a str> + Send {
            stream::iter(words.split(' '))
        }
    }
    fn run() -> impl Debug {
        (
            block_on(Parrot.ask("hi")).unwrap(),
            block_on(Parrot.chunks("a b").collect::<Vec<_>>()),
            block_on(Parrot.length("ab")),
            Parrot::name(),
        )
    }
}

same! { under_async_trait gives "(3, Ok([1]), Err(\"no\"), 2)"
    records r#"run(self: "<Tools>", input: "nut") -> 3
open(self: "<Tools>", n: 1) -> [1]
open(self: "<Tools>", n: 0) failed: no
by_default(self: "<Tools>") -> 2"#;
    #[async_trait::async_trait]
    trait Tool: Sync {
        async fn run(&self, input: &str) -> usize;
        async fn open(&mut self, n: u8) -> Result<BoxStream<'static, u8>, String>;
        #[op]
        async fn by_default(&self) -> u8 {
            yield_now_sent().await;
            2
        }
    }
    async fn yield_now_sent() {
        std::future::ready(()).await;
    }
    struct Tools;
    #[async_trait::async_trait]
    impl Tool for Tools {
        #[op]
        async fn run(&self, input: &str) -> usize {
            yield_now_sent().await;
            input.len()
        }
        #[op]
        async fn open(&mut self, n: u8) -> Result<BoxStream<'static, u8>, String> {
            if n == 0 { Err("no".into()) } else { Ok(stream::iter([n]).boxed()) }
        }
    }
    fn run() -> impl Debug {
        let mut tools: Box<dyn Tool> = Box::new(Tools);
        let all = |opened: Result<BoxStream<'static, u8>, String>| opened.map(|items| block_on(items.collect::<Vec<_>>()));
        (
            block_on(tools.run("nut")),
            all(block_on(tools.open(1))),
            all(block_on(tools.open(0))),
            block_on(tools.by_default()),
        )
    }
}

same! { of_the_standard_library gives "(Ok(2), Err(\"invalid digit found in string\"), \"<2>\", 5, 7, 9, [4, 2, 0])"
    records r#"from_str(text: "2") -> "Money(2)"
from_str(text: "x") failed: invalid digit found in string
fmt(self: "<Money>")
add(self: "<Money>", other: "Money(3)") -> "Money(5)"
deref(self: "<Money>") -> 7
deref_mut(self: "<Money>") -> 8
index(self: "<Money>", at: 0) -> 9
next(self: "<Countdown>") -> 4
next(self: "<Countdown>") -> 2
next(self: "<Countdown>") -> 0
next(self: "<Countdown>")"#;
    struct Money(u8);
    impl Debug for Money {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "Money({})", self.0)
        }
    }
    impl FromStr for Money {
        type Err = std::num::ParseIntError;
        #[op]
        fn from_str(text: &str) -> Result<Self, Self::Err> {
            Ok(Self(text.parse()?))
        }
    }
    impl Display for Money {
        #[op(skip(f))]
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "<{}>", self.0)
        }
    }
    impl Add for Money {
        type Output = Self;
        #[op]
        fn add(self, other: Self) -> Self {
            Self(self.0 + other.0)
        }
    }
    impl Deref for Money {
        type Target = u8;
        #[op]
        fn deref(&self) -> &u8 {
            &self.0
        }
    }
    impl DerefMut for Money {
        #[op]
        fn deref_mut(&mut self) -> &mut u8 {
            &mut self.0
        }
    }
    impl Index<usize> for Money {
        type Output = u8;
        #[op]
        fn index(&self, at: usize) -> &Self::Output {
            assert_eq!(at, 0);
            &self.0
        }
    }
    struct Countdown(u8);
    impl Iterator for Countdown {
        type Item = u8;
        #[op]
        fn next(&mut self) -> Option<u8> {
            self.0 = self.0.checked_sub(2)?;
            Some(self.0)
        }
    }
    fn run() -> impl Debug {
        let parsed = "2".parse::<Money>().map(|money| money.0);
        let failed = "x".parse::<Money>().map(|money| money.0).map_err(|error| error.to_string());
        let shown = Money(2).to_string();
        let sum = (Money(2) + Money(3)).0;
        let held = *Money(7);
        let mut money = Money(8);
        *money += 1;
        (parsed, failed, shown, sum, held, money[0], Countdown(6).collect::<Vec<_>>())
    }
}

same! { that_are_polled gives "((2, 7), [1], \"dropped\")" drops "noisy"
    records r#"poll(self: "<Twice>", task: "<core::task::wake::Context>") -> "Pending"
poll(self: "<Twice>", task: "<core::task::wake::Context>") -> "Ready(7)"
poll_next(self: "<One>") -> "Ready(Some(1))"
poll_next(self: "<One>") -> "Ready(None)"
drop(self: "<Drops>")"#;
    struct Twice(bool);
    impl Future for Twice {
        type Output = u8;
        #[op(capture(task = "<core::task::wake::Context>"))]
        fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
            task.waker().wake_by_ref();
            if std::mem::replace(&mut self.0, true) { Poll::Ready(7) } else { Poll::Pending }
        }
    }
    struct One(Option<u8>);
    impl Stream for One {
        type Item = u8;
        #[op(skip(_task))]
        fn poll_next(self: Pin<&mut Self>, _task: &mut Context<'_>) -> Poll<Option<u8>> {
            Poll::Ready(self.get_mut().0.take())
        }
    }
    struct Drops(Noisy);
    impl Drop for Drops {
        #[op]
        fn drop(&mut self) {
            assert!(!self.0.0.is_empty());
        }
    }
    fn run() -> impl Debug {
        let twice = polls(Twice(false));
        let items = block_on(One(Some(1)).collect::<Vec<_>>());
        drop(Drops(Noisy("noisy")));
        (twice, items, "dropped")
    }
}

same! { with_associated_types_and_functions gives "(\"a!\", 3, 1)"
    records r#"call(self: "<Shout>", request: "a") -> "a!"
visit(self: "<Length>", text: "abc") -> 3
make(n: 1)"#;
    trait Service<Request> {
        type Response;
        type Error: Debug;
        type Future: Future<Output = Result<Self::Response, Self::Error>>;
        fn call(&mut self, request: Request) -> Self::Future;
    }
    struct Shout;
    impl<R> Service<R> for Shout
    where
        R: Into<String> + serde::Serialize + Send + 'static,
    {
        type Response = String;
        type Error = std::convert::Infallible;
        type Future = Pin<Box<dyn Future<Output = Result<String, Self::Error>> + Send>>;
        #[op]
        fn call(&mut self, request: R) -> Self::Future {
            Box::pin(async move { Ok(request.into() + "!") })
        }
    }
    trait Visitor<'de>: Sized {
        type Value;
        fn visit<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E>;
    }
    struct Length;
    impl<'de> Visitor<'de> for Length {
        type Value = usize;
        #[op]
        fn visit<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
            if text.is_empty() {
                return Err(E::custom("empty"));
            }
            Ok(text.len())
        }
    }
    trait Make {
        fn make(n: u8) -> impl Make + Into<u8>;
    }
    impl Make for u8 {
        #[op(skip_output)]
        #[allow(refining_impl_trait)]
        fn make(n: u8) -> u8 {
            n
        }
    }
    fn run() -> impl Debug {
        (
            block_on(Shout.call("a")).unwrap(),
            Length.visit::<serde::de::value::Error>("abc").unwrap(),
            Into::<u8>::into(<u8 as Make>::make(1)),
        )
    }
}
