//! Types and bodies that are rarely met.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::future::ready;
use std::io::{self, Read};
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

use futures::executor::block_on;
use futures::future::Either;
use futures::stream::{self, BoxStream, Stream, StreamExt};

use super::*;

fn all<T>(stream: impl Stream<Item = T>) -> Vec<T> {
    block_on(stream.collect())
}

same! { opaque_within_opaque gives "([1, 2], [3, 4], 5, [6], 7)"
    records r#"a_stream_later(n: 2) -> "<futures_util::stream::iter::Iter<core::ops::range::RangeInclusive<u8>>>"
futures_in_a_stream(n: 3) -> ["Ready(Some(3))","Ready(Some(4))"]
a_future_later() -> 5
boxed_twice(n: 6) -> [6]
sized(n: 7) -> 7"#;
    #[op]
    fn a_stream_later(n: u8) -> impl Future<Output = impl Stream<Item = u8>> {
        async move { stream::iter(1..=n) }
    }
    #[op]
    fn futures_in_a_stream(n: u8) -> impl Stream<Item = impl Future<Output = u8>> {
        stream::iter([ready(n), ready(n + 1)])
    }
    #[op]
    async fn a_future_later() -> impl Future<Output = u8> {
        ready(5)
    }
    #[op]
    fn boxed_twice(n: u8) -> Pin<Box<dyn Future<Output = Option<BoxStream<'static, u8>>> + Send>> {
        Box::pin(async move { Some(stream::iter([n]).boxed()) })
    }
    #[op]
    fn sized(n: u8) -> impl Sized + Into<u8> {
        n
    }
    fn run() -> impl Debug {
        (
            all(block_on(a_stream_later(2))),
            block_on(futures_in_a_stream(3).then(|future| future).collect::<Vec<_>>()),
            block_on(async { a_future_later().await.await }),
            block_on(boxed_twice(6)).map(all).unwrap(),
            Into::<u8>::into(sized(7)),
        )
    }
}

same! { opaque_in_other_places gives "(Err(\"odd\"), ([0], [1]), [\"a\", \"b\"], 1, [2], Ok(3))"
    records r#"two(n: 1) -> "(Iter { iter: 0..1 }, Iter { iter: 1..=1 })"
error_only(n: 1) failed: odd
array() -> ["a","b"]
dereferenced(text: "b") -> "b"
either(left: false) -> "<futures_util::future::either::Either<futures_util::stream::iter::Iter<core::ops::range::Range<u8>>, futures_util::stream::iter::Iter<core::array::iter::IntoIter<u8, 1>>>>"
later(n: 3) -> 3"#;
    #[op]
    fn error_only(n: u8) -> Result<u8, impl Error + use<>> {
        if n % 2 == 1 { Err(io::Error::other("odd")) } else { Ok(n) }
    }
    #[op]
    fn two(n: u8) -> (impl Stream<Item = u8>, impl Stream<Item = u8>) {
        (stream::iter(0..n), stream::iter(n..=n))
    }
    #[op]
    fn array() -> [impl Display + serde::Serialize; 2] {
        ["a", "b"]
    }
    #[op]
    fn dereferenced(text: &str) -> impl Deref<Target = str> + serde::Serialize {
        text.to_owned()
    }
    #[op]
    fn either(left: bool) -> Either<impl Stream<Item = u8>, impl Stream<Item = u8>> {
        if left { Either::Left(stream::iter(0..1)) } else { Either::Right(stream::iter([2])) }
    }
    #[op]
    async fn later(n: u8) -> Result<u8, impl Error> {
        yield_now().await;
        if n == 0 { Err(io::Error::other("none")) } else { Ok(n) }
    }
    fn run() -> impl Debug {
        let (first, second) = two(1);
        (
            error_only(1).map_err(|error| error.to_string()),
            (all(first), all(second)),
            array().map(|item| item.to_string()),
            dereferenced("b").len(),
            all(either(false)),
            block_on(later(3)).map_err(|error| error.to_string()),
        )
    }
}

same! { held_in_boxes_and_behind_pointers gives "(1, 2, \"ab\", Some(3), 4)"
    records r#"reader(text: "ab") -> "<alloc::boxed::Box<dyn std::io::Read>>"
iterator_by_reference(items: "<&mut dyn core::iter::traits::iterator::Iterator<Item = u8>>") -> "<&mut dyn core::iter::traits::iterator::Iterator<Item = u8>>"
shared(n: 1) -> "<alloc::sync::Arc<dyn core::ops::function::Fn() -> u8 + core::marker::Send + core::marker::Sync>>"
found(items: [3]) -> "Some(3)"
unnamed() -> 4"#;
    struct Holder<'a>(&'a mut u8);
    #[op]
    fn shared(n: u8) -> Arc<dyn Fn() -> u8 + Send + Sync> {
        Arc::new(move || n)
    }
    #[op]
    fn iterator_by_reference<'a>(items: &'a mut dyn Iterator<Item = u8>) -> &'a mut dyn Iterator<Item = u8> {
        items.next();
        items
    }
    #[op]
    fn reader(text: &'static str) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(text.as_bytes()))
    }
    #[op]
    fn found(items: &[u8]) -> Option<&dyn Debug> {
        items.first().map(|item| item as &dyn Debug)
    }
    #[op(skip(holder))]
    fn unnamed(holder: &'_ mut Holder<'_>) -> u8 {
        *holder.0 += 1;
        *holder.0
    }
    fn run() -> impl Debug {
        let (mut text, mut n) = (String::new(), 3);
        reader("ab").unwrap().read_to_string(&mut text).unwrap();
        let second = iterator_by_reference(&mut (1..3)).next().unwrap();
        (shared(1)(), second, text, found(&[3]).map(|_| 3), unnamed(&mut Holder(&mut n)))
    }
}

same! { bodies_with_macros_and_items gives "(3, Err(\"2 is small\"), 5, 6, true)"
    records r#"own_macro(n: 1) -> 3
ensured(n: 2) failed: 2 is small
by_constant(a: 1, b: 2, c: 3) -> 5
implemented(self: "<Late>") -> 6
places() -> true"#;
    macro_rules! ensure {
        ($condition:expr, $($message:tt)*) => {
            if !$condition {
                return Err(format!($($message)*));
            }
        };
    }
    #[op]
    fn own_macro(n: u8) -> u8 {
        macro_rules! plus {
            ($n:expr) => {
                $n + 2
            };
        }
        plus!(n)
    }
    #[op]
    fn ensured(n: u8) -> Result<u8, String> {
        ensure!(n > 2, "{n} is small");
        Ok(n)
    }
    #[op]
    fn by_constant(a: u8, (b, .., c): (u8, u8, u8)) -> u8 {
        const LIMIT: u8 = 5;
        static NAMES: [&str; 1] = ["x"];
        if NAMES.len() == 1 { (a + b + c).min(LIMIT) } else { 0 }
    }
    struct Late;
    const _: () = {
        impl Late {
            #[op]
            fn implemented(&self) -> u8 {
                enum Kind {
                    Six = 6,
                }
                Kind::Six as u8
            }
        }
    };
    #[op]
    fn places() -> bool {
        let here = || std::panic::Location::caller().line();
        here() == line!() - 1 && module_path!().contains("bodies_with_macros")
    }
    fn run() -> impl Debug {
        (own_macro(1), ensured(2), by_constant(1, (2, 0, 3)), Late.implemented(), places())
    }
}

same! { spawned gives "(6, 3)"
    records "detached(self: \"<Shared>\", n: 2) -> 6\nowned(text: \"abc\") -> 3";
    struct Shared(u8);
    impl Shared {
        #[op]
        async fn detached(self: Arc<Self>, n: u8) -> u8 {
            yield_now().await;
            self.0 * n
        }
    }
    #[op]
    fn owned(text: String) -> impl Future<Output = usize> + Send + 'static {
        async move { text.len() }
    }
    fn run() -> impl Debug {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let first = weave::spawn(Arc::new(Shared(3)).detached(2)).await.unwrap();
            (first, tokio::spawn(owned("abc".to_owned())).await.unwrap())
        })
    }
}

same! { of_many_arguments gives "(78, 36)"
    records r#"twelve(a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10, k: 11, l: 12) -> 78
taken_apart(a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8) -> 36"#;
    #[op]
    #[allow(clippy::too_many_arguments)]
    fn twelve(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8) -> u8 {
        [a, b, c, d, e, f, g, h, i, j, k, l].iter().sum()
    }
    struct Pair<T>(T, T);
    #[op]
    fn taken_apart(
        &(a, ref b): &(u8, u8),
        Pair(c, d): Pair<u8>,
        [e, .., f]: [u8; 3],
        (Pair(&g, _), &mut h): (Pair<&u8>, &mut u8),
    ) -> u8 {
        a + b + c + d + e + f + g + h
    }
    fn run() -> (u8, u8) {
        (twelve(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), taken_apart(&(1, 2), Pair(3, 4), [5, 0, 6], (Pair(&7, &0), &mut 8)))
    }
}
