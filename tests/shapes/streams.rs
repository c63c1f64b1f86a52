//! Functions that return streams, in every form: the call ends with the stream, and what is inside nests.

use std::pin::Pin;
use std::rc::Rc;

use futures::executor::block_on;
use futures::stream::{self, BoxStream, FusedStream, LocalBoxStream, StreamExt, TryStreamExt};
use futures::{Stream, TryStream};
use weave::testing::Recorder;

type Alias<'a> = Pin<Box<dyn Stream<Item = &'a str> + Send + Sync + 'a>>;

#[weave::op]
fn double(n: u32) -> u32 {
    n * 2
}

#[weave::op]
fn opaque(n: u32) -> impl Stream<Item = u32> + Send + Unpin {
    stream::iter(0..n).map(double)
}

#[weave::op]
fn alias<'a>(words: &'a [String]) -> Alias<'a> {
    Box::pin(stream::iter(words).map(String::as_str))
}

#[weave::op]
fn boxed(n: u32) -> BoxStream<'static, u32> {
    stream::iter(0..n).map(double).boxed()
}

#[weave::op]
fn local(n: u32) -> LocalBoxStream<'static, Rc<u32>> {
    stream::iter(0..n).map(Rc::new).boxed_local()
}

#[weave::op]
fn unpinned(n: u32) -> Box<dyn Stream<Item = u32> + Send + Unpin> {
    Box::new(stream::iter(0..n))
}

#[weave::op]
fn tried(n: u32) -> impl TryStream<Ok = u32, Error = String> {
    stream::iter(0..n).map(|n| if n == 1 { Err(format!("no {n}")) } else { Ok(n) })
}

#[weave::op]
async fn later(n: u32) -> Result<impl Stream<Item = u32>, String> {
    double(n);
    if n > 9 { Err("too many".to_owned()) } else { Ok(stream::iter(0..n)) }
}

type Fallible<T> = Result<T, String>;

#[weave::op]
async fn behind_an_alias(n: u32) -> Fallible<impl Stream<Item = u32>> {
    if n > 9 { Err("too many".to_owned()) } else { Ok(stream::iter(0..n)) }
}

/// No `Option`, although it is called one.
mod own {
    pub(super) struct Option<S>(pub(super) S);
}

#[weave::op]
fn in_a_look_alike(n: u32) -> own::Option<impl Stream<Item = u32>> {
    own::Option(stream::iter(0..n))
}

#[weave::op]
fn perhaps(n: u32) -> Option<BoxStream<'static, u32>> {
    (n > 0).then(|| stream::iter(0..n).boxed())
}

#[weave::op]
fn fused(n: u32) -> impl FusedStream<Item = u32> {
    stream::iter(0..n).fuse()
}

#[weave::op]
fn concrete(n: u32) -> stream::Iter<std::ops::Range<u32>> {
    stream::iter(0..n)
}

#[weave::op(value)]
fn as_value(n: u32) -> impl Stream<Item = u32> {
    stream::iter(0..n)
}

#[weave::op]
fn with_more_bounds(n: u32) -> impl Stream<Item = u32> + Clone {
    stream::iter(0..n)
}

/// The outline of what `body` records.
fn outline(body: impl AsyncFnOnce()) -> String {
    let recorder = Recorder::new();
    recorder.run(|| block_on(body()));
    recorder.tree().outline()
}

async fn drain(stream: impl Stream) {
    stream.for_each(|_| async {}).await;
}

#[test]
fn ops_inside_a_stream_nest_below_the_call_that_returned_it() {
    for nested in [outline(async || drain(opaque(2)).await), outline(async || drain(boxed(2)).await)] {
        let (_, tree) = nested.split_once('(').unwrap();
        assert_eq!(tree, "n: 2) -> [0,2]\n├─ double(n: 0) -> 0\n└─ double(n: 1) -> 2");
    }
}

#[test]
fn every_form_of_a_stream_is_followed() {
    assert_eq!(
        outline(async || { drain(alias(&["a".into(), "b".into()])).await }),
        r#"alias(words: ["a","b"]) -> ["a","b"]"#
    );
    assert_eq!(outline(async || drain(local(2)).await), r#"local(n: 2) -> ["0","1"]"#);
    assert_eq!(outline(async || drain(unpinned(2)).await), "unpinned(n: 2) -> [0,1]");
    assert_eq!(outline(async || drain(fused(2)).await), "fused(n: 2) -> [0,1]");
    assert_eq!(outline(async || { drain(perhaps(2).unwrap()).await }), "perhaps(n: 2) -> [0,1]");
}

#[test]
fn an_err_item_fails_the_call_and_the_stream_goes_on() {
    let recorder = Recorder::new();
    let items = recorder.run(|| block_on(tried(3).into_stream().collect::<Vec<_>>()));
    assert_eq!(items, [Ok(0), Err("no 1".to_owned()), Ok(2)]);
    assert_eq!(recorder.tree().outline(), "tried(n: 3) -> [0,2] failed: no 1");
}

#[test]
fn a_stream_from_an_async_function_belongs_to_the_same_call() {
    assert_eq!(
        outline(async || { drain(later(2).await.unwrap()).await }),
        "later(n: 2) -> [0,1]\n└─ double(n: 2) -> 4"
    );
}

#[test]
fn what_carries_a_stream_is_told_by_its_type_and_not_by_its_name() {
    assert_eq!(outline(async || drain(behind_an_alias(2).await.unwrap()).await), "behind_an_alias(n: 2) -> [0,1]");
    assert_eq!(outline(async || drop(behind_an_alias(10).await)), "behind_an_alias(n: 10) failed: too many");
    let look_alike = outline(async || drain(in_a_look_alike(2).0).await);
    assert!(look_alike.contains("own::Option<"), "{look_alike}");
}

#[test]
fn a_function_that_gives_no_stream_ends_at_once() {
    assert_eq!(outline(async || { drop(later(10).await) }), "later(n: 10) failed: too many\n└─ double(n: 10) -> 20");
    assert_eq!(outline(async || { drop(perhaps(0)) }), "perhaps(n: 0)");
}

#[test]
fn what_cannot_or_shall_not_be_followed_ends_at_the_return() {
    for outline in [
        outline(async || drain(concrete(2)).await),
        outline(async || drain(as_value(2)).await),
        outline(async || drain(with_more_bounds(2)).await),
    ] {
        assert!(outline.contains("(n: 2) -> \"") && outline.contains("Iter"), "{outline}");
    }
}

#[test]
fn the_extras_of_a_stream_are_kept() {
    let recorder = Recorder::new();
    recorder.run(|| {
        assert_eq!(opaque(3).size_hint(), (3, Some(3)));
        let stream = fused(1);
        assert!(!stream.is_terminated());
        futures::pin_mut!(stream);
        assert_eq!(block_on(stream.next()), Some(0));
        assert_eq!(block_on(stream.next()), None);
        assert!(stream.is_terminated());
    });
}

#[test]
fn nothing_changes_where_nobody_listens() {
    assert_eq!(block_on(opaque(3).collect::<Vec<_>>()), [0, 2, 4]);
    assert_eq!(block_on(boxed(3).collect::<Vec<_>>()), [0, 2, 4]);
    assert_eq!(block_on(later(10)).err().as_deref(), Some("too many"));
}
