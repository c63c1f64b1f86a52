//! Streams, in every form in which a function can return them.

use std::pin::{Pin, pin};
use std::rc::Rc;

use futures::executor::block_on;
use futures::stream::{self, BoxStream, FusedStream, LocalBoxStream, Stream, StreamExt, TryStream, TryStreamExt};

use super::*;

/// All items.
fn all<T>(stream: impl Stream<Item = T>) -> Vec<T> {
    block_on(stream.collect())
}

same! { opaque gives "([2, 4], (2, Some(2)), \" Send Sync Unpin UnwindSafe RefUnwindSafe\")"
    records "numbers(n: 2) -> [2,4]\nnumbers(n: 2) -> [] partial";
    #[op]
    fn numbers(n: u32) -> impl Stream<Item = u32> {
        stream::iter(1..=n).map(|n| n * 2)
    }
    fn run() -> (Vec<u32>, (usize, Option<usize>), String) {
        let stream = numbers(2);
        let second = numbers(2);
        (all(stream), second.size_hint(), auto_traits!(second))
    }
}

same! { neither_send_nor_unpin gives "([0, 1], \" RefUnwindSafe\", 3)"
    records r#"local(n: "2") -> [0,1]
local(n: "2") -> [0] partial"#;
    #[op]
    fn local(n: Rc<u8>) -> impl Stream<Item = u8> {
        stream::unfold((0, n), |(at, n)| async move {
            yield_now().await;
            (at < *n).then_some((at, (at + 1, n)))
        })
    }
    fn run() -> (Vec<u8>, String, u32) {
        let stream = local(Rc::new(2));
        let traits = auto_traits!(stream);
        let polled = {
            let mut first = pin!(local(Rc::new(2)));
            polls(std::future::poll_fn(|task| first.as_mut().poll_next(task))).0 + 1
        };
        (all(stream), traits, polled)
    }
}

same! { boxed_in_every_way gives "([\"a\", \"b\"], [0, 1], [0, 1], [0, 1], [\"a\"])"
    records r#"borrowed(text: "a b") -> ["a","b"]
boxed(n: 2) -> [0,1]
local(n: 2) -> ["0","1"]
unpinned(n: 2) -> [0,1]
alias(text: "a") -> ["a"]"#;
    type Words<'a> = Pin<Box<dyn Stream<Item = &'a str> + Send + 'a>>;
    #[op]
    fn borrowed<'a>(text: &'a str) -> Pin<Box<dyn Stream<Item = &'a str> + Send + 'a>> {
        Box::pin(stream::iter(text.split(' ')))
    }
    #[op]
    fn boxed(n: u8) -> BoxStream<'static, u8> {
        stream::iter(0..n).boxed()
    }
    #[op]
    fn local(n: u8) -> LocalBoxStream<'static, Rc<u8>> {
        stream::iter(0..n).map(Rc::new).boxed_local()
    }
    #[op]
    fn unpinned(n: u8) -> Box<dyn Stream<Item = u8> + Send + Unpin> {
        Box::new(stream::iter(0..n))
    }
    #[op]
    fn alias(text: &str) -> Words<'_> {
        Box::pin(stream::iter(text.split(' ')))
    }
    fn run() -> impl Debug {
        (all(borrowed("a b")), all(boxed(2)), all(local(2)), all(unpinned(2)), all(alias("a")))
    }
}

same! { generated_by_async_stream gives "([0, 1], [Ok(7), Err(\"invalid digit found in string\")])"
    records r#"plain(n: 2) -> [0,1]
├─ noted(n: 0) -> 0
└─ noted(n: 1) -> 1
tried(words: ["7","x","8"]) -> [7] failed: invalid digit found in string"#;
    #[op]
    fn noted(n: u8) -> u8 {
        n
    }
    #[op]
    fn plain(n: u8) -> impl Stream<Item = u8> {
        async_stream::stream! {
            for i in 0..n {
                yield_now().await;
                yield noted(i);
            }
        }
    }
    #[op]
    fn tried(words: Vec<&'static str>) -> impl Stream<Item = Result<u8, std::num::ParseIntError>> {
        async_stream::try_stream! {
            for word in words {
                let parsed: u8 = word.parse()?;
                yield parsed;
            }
        }
    }
    fn run() -> impl Debug {
        (all(plain(2)), all(tried(vec!["7", "x", "8"]).map_err(|error| error.to_string())))
    }
}

same! { fallible gives "([Ok(0), Err(\"one\"), Ok(2)], Some([0]), None, Ok([\"a\"]), Err(\"empty\"), Ok(None))"
    records r#"tried(n: 3) -> [0,2] failed: one
perhaps(n: 1) -> [0]
perhaps(n: 0)
checked(text: "a") -> ["a"]
checked(text: "") failed: empty
deep(n: 1)"#;
    #[op]
    fn tried(n: u8) -> impl TryStream<Ok = u8, Error = String> {
        stream::iter(0..n).map(|n| if n == 1 { Err("one".to_owned()) } else { Ok(n) })
    }
    #[op]
    fn perhaps(n: u8) -> Option<impl Stream<Item = u8>> {
        (n > 0).then(|| stream::iter(0..n))
    }
    #[op]
    fn checked(text: &str) -> Result<impl Stream<Item = &str>, String> {
        if text.is_empty() {
            return Err("empty".into());
        }
        Ok(stream::iter(text.split(' ')))
    }
    #[op]
    fn deep(n: u8) -> Result<Option<impl Stream<Item = u8>>, String> {
        match n {
            0 => Err("none".to_owned()),
            1 => Ok(None),
            n => Ok(Some(stream::iter(0..n))),
        }
    }
    fn run() -> impl Debug {
        (
            all(tried(3).into_stream()),
            perhaps(1).map(all),
            perhaps(0).map(all),
            checked("a").map(all),
            checked("").map(all),
            deep(1).map(|stream| stream.map(all)),
        )
    }
}

same! { told_by_type_and_not_by_name gives "(Ok([1, 2]), [1, 2], [0], [3], [4])"
    records r#"by_alias(items: "[1, 2]") -> ["1","2"]
by_trait(items: "[1, 2]") -> ["1","2"]
by_macro(n: 1) -> [0]
by_projection() -> [3]
by_generic(stream: "<core::pin::Pin<alloc::boxed::Box<dyn futures_core::stream::Stream<Item = u8> + core::marker::Send>>>") -> "<core::pin::Pin<alloc::boxed::Box<dyn futures_core::stream::Stream<Item = u8> + core::marker::Send>>>""#;
    type Answer<T> = Result<BoxStream<'static, T>, String>;
    trait Source {
        type Items;
        fn open(self) -> Self::Items;
    }
    struct Three;
    impl Source for Three {
        type Items = BoxStream<'static, u8>;
        #[op(name = "by_projection", skip(self))]
        fn open(self) -> Self::Items {
            stream::iter([3]).boxed()
        }
    }
    macro_rules! items {
        ($t:ty) => { Pin<Box<dyn Stream<Item = $t> + Send>> };
    }
    #[op]
    fn by_alias<T: Debug + Send + 'static>(items: Vec<T>) -> Answer<T> {
        Ok(stream::iter(items).boxed())
    }
    #[op]
    fn by_trait<T>(items: Vec<T>) -> BoxStream<'static, T>
    where
        T: Debug + Send + 'static,
    {
        stream::iter(items).boxed()
    }
    #[op]
    fn by_macro(n: u8) -> items!(u8) {
        stream::iter(0..n).boxed()
    }
    #[op]
    fn by_generic<S: Stream<Item = u8>>(stream: S) -> S {
        stream
    }
    fn run() -> impl Debug {
        (
            by_alias(vec![1, 2]).map(all),
            all(by_trait(vec![1, 2])),
            all(by_macro(1)),
            all(Three.open()),
            all(by_generic(stream::iter([4]).boxed())),
        )
    }
}

same! { overridden gives "([0], [0])"
    records "streams(n: 1) -> [0]\nvalues(n: 1) -> \"Iter { iter: 0..1 }\"";
    trait Numbers: Stream<Item = u8> {}
    impl<S: Stream<Item = u8>> Numbers for S {}
    #[op(stream)]
    fn streams(n: u8) -> impl Numbers {
        stream::iter(0..n)
    }
    #[op(value)]
    fn values(n: u8) -> impl Stream<Item = u8> {
        stream::iter(0..n)
    }
    fn run() -> impl Debug {
        (all(streams(1)), all(values(1)))
    }
}

same! { borrowing_only_what_it_says gives "([1, 2], [3], \"kept\")"
    records "static_although_borrowed(prefix: \"p\", items: [1,2]) -> [1,2]\nmoves(items: [3]) -> [3]";
    #[op]
    fn static_although_borrowed(prefix: &str, items: Vec<u8>) -> impl Stream<Item = u8> + use<> {
        let _length = prefix.len();
        stream::iter(items)
    }
    #[op]
    fn moves<'a, T: Clone + serde::Serialize>(items: &'a [T]) -> impl Stream<Item = T> + use<'a, T> {
        stream::iter(items).map(Clone::clone)
    }
    fn run() -> impl Debug {
        let mut kept = "p".to_owned();
        let stream = static_although_borrowed(&kept, vec![1, 2]);
        kept = "kept".to_owned();
        (all(stream), all(moves(&[3])), kept)
    }
}

same! { fused gives "(false, [0], true)" records "fused(n: 1) -> [0]";
    #[op]
    fn fused(n: u8) -> impl FusedStream<Item = u8> + Unpin {
        stream::iter(0..n).fuse()
    }
    fn run() -> (bool, Vec<u8>, bool) {
        let mut stream = fused(1);
        let before = stream.is_terminated();
        (before, all(&mut stream), stream.is_terminated())
    }
}

same! { from_an_async_function gives "([0, 1], Some([\"a\"]), \" Send Sync UnwindSafe RefUnwindSafe\")"
    records r#"later(n: 2) -> [0,1]
later_boxed(text: "a") -> ["a"]"#;
    #[op]
    async fn later(n: u8) -> impl Stream<Item = u8> {
        yield_now().await;
        stream::iter(0..n)
    }
    #[op]
    async fn later_boxed<'a>(text: &'a str) -> Option<BoxStream<'a, &'a str>> {
        yield_now().await;
        Some(stream::iter(text.split(' ')).boxed())
    }
    #[op]
    async fn without_cells(n: u8) -> Result<impl Stream<Item = u8>, String> {
        Ok(stream::iter(0..n))
    }
    fn run() -> impl Debug {
        let never_polled = without_cells(1);
        (all(block_on(later(2))), block_on(later_boxed("a")).map(all), auto_traits!(never_polled))
    }
}
