//! Functions that are async, or return a future in another way.

use std::future::{IntoFuture, Ready, ready};
use std::pin::Pin;
use std::sync::mpsc;

use futures::executor::block_on;
use futures::future::{BoxFuture, Either, FusedFuture, FutureExt, LocalBoxFuture};

use super::*;

same! { as_often_polled gives "((4, 3), (3, 2), (2, 1), (1, 7))"
    records "yields(n: 3) -> 3\nopaque(n: 2) -> 2\nboxed(n: 1) -> 1\nat_once() -> 7";
    #[op]
    async fn yields(n: u8) -> u8 {
        for _ in 0..n {
            yield_now().await;
        }
        n
    }
    #[op]
    fn opaque(n: u8) -> impl Future<Output = u8> {
        async move {
            for _ in 0..n {
                yield_now().await;
            }
            n
        }
    }
    #[op]
    fn boxed(n: u8) -> BoxFuture<'static, u8> {
        async move {
            yield_now().await;
            n
        }
        .boxed()
    }
    #[op]
    async fn at_once() -> u8 {
        7
    }
    fn run() -> impl Debug {
        (polls(yields(3)), polls(opaque(2)), polls(boxed(1)), polls(at_once()))
    }
}

same! { with_their_auto_traits
    gives "[\" Send Unpin\", \" Send\", \" Send Sync Unpin UnwindSafe RefUnwindSafe\", \" RefUnwindSafe\"]"
    records r#"boxed(n: 1) cancelled
ready_made(n: 1) cancelled"#;
    #[op]
    async fn takes(receiver: mpsc::Receiver<u8>, cell: Cell<u8>) -> u8 {
        yield_now().await;
        cell.get() + receiver.recv().unwrap_or_default()
    }
    #[op]
    fn ready_made(n: u8) -> impl Future<Output = u8> {
        ready(n)
    }
    #[op]
    fn boxed(n: u8) -> BoxFuture<'static, u8> {
        async move { n }.boxed()
    }
    #[op]
    async fn holds(n: std::rc::Rc<u8>) -> u8 {
        yield_now().await;
        *n
    }
    fn run() -> [String; 4] {
        let (_sender, receiver) = mpsc::channel();
        [
            auto_traits!(boxed(1)),
            auto_traits!(takes(receiver, Cell::new(1))),
            auto_traits!(ready_made(1)),
            auto_traits!(holds(std::rc::Rc::new(1))),
        ]
    }
}

same! { dropping_their_arguments gives "1" drops "abldwc"
    records r#"run_through(a: "Noisy(\"a\")", b: "Noisy(\"b\")", _d: "Noisy(\"d\")") -> 1"#;
    #[op]
    async fn run_through(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, _d: Noisy) -> u8 {
        let _local = Noisy("l");
        drop(a);
        yield_now().await;
        let _moved = b;
        1
    }
    fn run() -> u8 {
        block_on(run_through(Noisy("a"), (Noisy("b"), Noisy("c")), Noisy("w"), Noisy("d")))
    }
}

same! { by_other_roads gives "(1, 2, 3, 4, Err(\"odd\"), true)"
    records r#"local(n: "1") -> 1
either(left: false) -> 2
fails_first(n: 3) -> 3
concrete(n: 4) -> "<core::future::ready::Ready<u8>>"
fails_first(n: 5) failed: odd
fused(n: 6) -> 6"#;
    #[op]
    fn local(n: std::rc::Rc<u8>) -> LocalBoxFuture<'static, u8> {
        Box::pin(async move { *n })
    }
    #[op]
    fn either(left: bool) -> impl Future<Output = u8> + Send {
        if left { Either::Left(async { 1 }) } else { Either::Right(ready(2)) }
    }
    #[op]
    fn fails_first(n: u8) -> Result<impl Future<Output = u8>, String> {
        if n == 5 {
            return Err("odd".into());
        }
        Ok(async move { n })
    }
    #[op]
    fn concrete(n: u8) -> Ready<u8> {
        ready(n)
    }
    #[op]
    fn fused(n: u8) -> impl FusedFuture<Output = u8> + Unpin {
        ready(n).fuse()
    }
    fn run() -> impl Debug {
        let first = (block_on(local(1.into())), block_on(either(false)), block_on(fails_first(3).unwrap()));
        let fourth = block_on(concrete(4));
        let fifth = fails_first(5).map(block_on);
        let mut fused = fused(6);
        let _ = block_on(&mut fused);
        (first.0, first.1, first.2, fourth, fifth, fused.is_terminated())
    }
}

same! { borrowing_across_awaits gives "(\"ab\", 2, [\"a\"])"
    records r#"append(text: "a", more: "b") -> "ab"
through_dyn(log: "<&mut dyn std::io::Write>", n: 2) -> 2
into_future() -> ["a"]"#;
    #[op]
    async fn append<'a>(text: &'a mut String, more: &str) -> &'a str {
        yield_now().await;
        text.push_str(more);
        text
    }
    #[op]
    async fn through_dyn(log: &mut (dyn std::io::Write + '_), n: usize) -> usize {
        yield_now().await;
        log.write(&vec![0; n]).unwrap()
    }
    struct Ask<'a>(&'a str);
    impl<'a> IntoFuture for Ask<'a> {
        type Output = Vec<&'a str>;
        type IntoFuture = Pin<Box<dyn Future<Output = Vec<&'a str>> + Send + 'a>>;
        #[op(skip(self))]
        fn into_future(self) -> Self::IntoFuture {
            Box::pin(async move { vec![self.0] })
        }
    }
    fn run() -> impl Debug {
        let (mut text, mut log) = ("a".to_owned(), Vec::new());
        let appended = block_on(append(&mut text, "b")).to_owned();
        (appended, block_on(through_dyn(&mut log, 2)), block_on(async { Ask("a").await }))
    }
}

same! { recursive_when_boxed gives "(6, 3)"
    records "sum(n: 2) -> 6\n└─ sum(n: 1) -> 5\n   └─ sum(n: 0) -> 4\nboxed(n: 1) -> 3\n└─ boxed(n: 0) -> 2";
    #[op]
    async fn sum(n: u8) -> u8 {
        if n == 0 { 4 } else { Box::pin(sum(n - 1)).await + 1 }
    }
    #[op]
    fn boxed(n: u8) -> BoxFuture<'static, u8> {
        Box::pin(async move { if n == 0 { 2 } else { boxed(n - 1).await + 1 } })
    }
    fn run() -> (u8, u8) {
        (block_on(sum(2)), block_on(boxed(1)))
    }
}
