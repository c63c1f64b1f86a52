//! Methods of traits: native, boxed by async-trait's hand, returning `impl Trait`.

use std::pin::Pin;

use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use weave::testing::Recorder;

trait Model {
    #[weave::op]
    fn name(&self) -> String {
        "model".to_owned()
    }

    fn ask(&self, words: &str) -> impl Future<Output = Result<String, String>> + Send;

    fn chunks<'a>(&'a self, words: &'a str) -> impl Stream<Item = &'a str> + Send;
}

struct Parrot;

impl Model for Parrot {
    #[weave::op]
    async fn ask(&self, words: &str) -> Result<String, String> {
        Ok(words.to_owned())
    }

    #[weave::op]
    fn chunks<'a>(&'a self, words: &'a str) -> impl Stream<Item = &'a str> + Send {
        stream::iter(words.split(' '))
    }
}

/// What async-trait makes of `async fn run(&self, words: &str) -> Result<BoxStream<'_, &str>, String>`.
trait Streaming {
    fn run<'life0, 'life1, 'async_trait>(
        &'life0 self,
        words: &'life1 str,
    ) -> Pin<Box<dyn Future<Output = Result<BoxStream<'life1, &'life1 str>, String>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait;
}

impl Streaming for Parrot {
    #[weave::op]
    fn run<'life0, 'life1, 'async_trait>(
        &'life0 self,
        words: &'life1 str,
    ) -> Pin<Box<dyn Future<Output = Result<BoxStream<'life1, &'life1 str>, String>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            if words.is_empty() {
                return Err("no words".to_owned());
            }
            Ok(stream::iter(words.split(' ')).boxed())
        })
    }
}

#[async_trait::async_trait]
trait Drawing {
    #[weave::op(skip(height), capture(area = width * height))]
    async fn draw(&self, (width, height): (u32, u32), _: String, mut times: u32) -> u32 {
        times += 1;
        width * height * times
    }
}

impl Drawing for Parrot {}

fn outline<T>(body: impl FnOnce() -> T) -> String {
    let recorder = Recorder::new();
    recorder.run(|| drop(body()));
    recorder.tree().outline().replace("\"<shapes::traits::Parrot>\"", "_")
}

#[test]
fn methods_of_traits_are_ops() {
    assert_eq!(outline(|| Parrot.name()), r#"name(self: _) -> "model""#);
    assert_eq!(outline(|| block_on(Parrot.ask("hi"))), r#"ask(self: _, words: "hi") -> "hi""#);
    assert_eq!(outline(|| block_on(Parrot.chunks("a b").count())), r#"chunks(self: _, words: "a b") -> ["a","b"]"#);
}

#[test]
fn a_stream_that_a_returned_future_gives_is_followed_too() {
    assert_eq!(
        outline(|| block_on(async { Parrot.run("a b").await.unwrap().count().await })),
        r#"run(self: _, words: "a b") -> ["a","b"]"#
    );
    assert_eq!(outline(|| block_on(Parrot.run(""))), r#"run(self: _, words: "") failed: no words"#);
    assert_eq!(outline(|| drop(Parrot.run("a"))), r#"run(self: _, words: "a") cancelled"#);
}

#[test]
fn patterns_under_async_trait_are_recorded_by_their_own_names() {
    let drawn = outline(|| block_on(Parrot.draw((2, 3), "unseen".to_owned(), 1)));
    assert_eq!(drawn, "draw(self: _, width: 2, times: 1, area: 6) -> 12");
}
