//! Functions that return streams: when their calls end, and with what.

use std::pin::Pin;

use futures::executor::block_on;
use futures::stream::{self, BoxStream, LocalBoxStream, StreamExt, TryStreamExt};
use futures::{Stream, TryStream};
use weave::testing::Recorder;

#[weave::op]
fn double(n: u32) -> u32 {
    n * 2
}

#[weave::op]
fn opaque(n: u32) -> impl Stream<Item = u32> + Send + Unpin {
    stream::iter(0..n).map(double)
}

#[weave::op]
fn pinned<'a>(words: &'a [String]) -> Pin<Box<dyn Stream<Item = &'a str> + Send + 'a>> {
    Box::pin(stream::iter(words).map(String::as_str))
}

#[weave::op]
fn boxed(n: u32) -> BoxStream<'static, u32> {
    stream::iter(0..n).boxed()
}

#[weave::op]
fn local(n: u32) -> LocalBoxStream<'static, std::rc::Rc<u32>> {
    stream::iter(0..n).map(std::rc::Rc::new).boxed_local()
}

#[weave::op]
fn tried(n: u32) -> impl TryStream<Ok = u32, Error = String> {
    stream::iter(0..n).map(|n| if n == 1 { Err(format!("no {n}")) } else { Ok(n) })
}

#[weave::op]
async fn later(n: u32) -> Result<impl Stream<Item = u32>, String> {
    if n > 9 { Err("too many".to_owned()) } else { Ok(stream::iter(0..n)) }
}

#[weave::op]
fn perhaps(n: u32) -> Option<BoxStream<'static, u32>> {
    (n > 0).then(|| boxed(n))
}

#[test]
fn opaque_streams() {
    let recorder = Recorder::new();
    recorder.run(|| block_on(opaque(2).collect::<Vec<_>>()));
    assert_eq!(recorder.tree().outline(), "opaque(n: 2) -> [0,2]\n├─ double(n: 0) -> 0\n└─ double(n: 1) -> 2");
}

#[test]
fn all() {
    let recorder = Recorder::new();
    recorder.run(|| {
        block_on(async {
            let words = ["a".to_owned(), "b".to_owned()];
            assert_eq!(pinned(&words).collect::<Vec<_>>().await, ["a", "b"]);
            boxed(2).collect::<Vec<_>>().await;
            local(2).collect::<Vec<_>>().await;
            let _ = tried(3).into_stream().collect::<Vec<_>>().await;
            let _ = later(2).await.map(|s| drop(s));
            let _ = later(20).await.map(|s| drop(s));
            drop(perhaps(0));
            let _ = perhaps(2).unwrap().next().await;
        });
    });
    println!("{}", recorder.tree().outline());
    println!("{:#?}", recorder.calls()[0].summary());
}
