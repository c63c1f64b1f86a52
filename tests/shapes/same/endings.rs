//! How a stream, an iterator or a future ends: whole, dropped on the way, in a panic, on another thread.

use std::pin::Pin;

use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream, StreamExt};

use super::*;

same! { arguments_live_as_long_as_the_stream gives "3" drops "|cab"
    records "held(a: \"Noisy(\\\"a\\\")\", b: \"Noisy(\\\"b\\\")\", c: \"Noisy(\\\"c\\\")\") -> [0,1,2]";
    #[op]
    fn held(a: Noisy, b: Noisy, c: Noisy) -> BoxStream<'static, u8> {
        stream::iter(0..3)
            .map(move |n| {
                let _held = (&c, &a, &b);
                n
            })
            .boxed()
    }
    fn run() -> usize {
        let mut stream = held(Noisy("a"), Noisy("b"), Noisy("c"));
        let mut count = 0;
        while block_on(stream.next()).is_some() {
            count += 1;
        }
        drop(Noisy("|"));
        count
    }
}

same! { dropped_on_the_way gives "Some(0)" drops "a|b"
    records r#"held(a: "Noisy(\"a\")", b: "Noisy(\"b\")") -> [0] partial"#;
    #[op]
    fn held(a: Noisy, b: Noisy) -> impl Stream<Item = u8> + Unpin {
        drop(a);
        stream::iter(0..3).map(move |n| {
            let _held = &b;
            n
        })
    }
    fn run() -> Option<u8> {
        let mut stream = held(Noisy("a"), Noisy("b"));
        let first = block_on(stream.next());
        drop(Noisy("|"));
        first
    }
}

same! { never_polled gives "()" drops "ba|a"
    records r#"stream(a: "Noisy(\"a\")", b: "Noisy(\"b\")") -> [] partial"#;
    #[op]
    fn stream(a: Noisy, b: Noisy) -> impl Stream<Item = u8> {
        let _both = (&a, &b);
        stream::iter([1])
    }
    #[op]
    async fn future(a: Noisy) {
        yield_now().await;
        drop(a);
    }
    fn run() {
        drop(stream(Noisy("a"), Noisy("b")));
        drop(Noisy("|"));
        drop(future(Noisy("a")));
    }
}

same! { panicking_in_an_item gives "panicked: item 1" drops "b"
    records r#"falls(b: "Noisy(\"b\")") -> [0] partial panicked: item 1"#;
    #[op]
    fn falls(b: Noisy) -> impl Stream<Item = u8> {
        stream::iter(0..3).map(move |n| {
            let _held = &b;
            assert!(n < 1, "item {n}");
            n
        })
    }
    fn run() -> Vec<u8> {
        block_on(falls(Noisy("b")).collect())
    }
}

same! { panicking_before_the_first_item gives "panicked: early" drops "b"
    records r#"falls(b: "Noisy(\"b\")", early: true) panicked: early"#;
    #[op]
    fn falls(b: Noisy, early: bool) -> Box<dyn Iterator<Item = u8>> {
        assert!(!early, "early");
        drop(b);
        Box::new(0..1)
    }
    fn run() -> usize {
        falls(Noisy("b"), true).count()
    }
}

same! { panicking_while_it_is_dropped gives "panicked: dropped" drops "b"
    records r#"falls(guard: "Falls(Noisy(\"b\"))") -> [0] partial"#;
    #[derive(Debug)]
    struct Falls(Noisy);
    impl Drop for Falls {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    #[op]
    fn falls(guard: Falls) -> impl Iterator<Item = u8> {
        (0..3).map(move |n| {
            let _held = &guard;
            n
        })
    }
    fn run() -> Option<u8> {
        falls(Falls(Noisy("b"))).next()
    }
}

same! { moved_to_a_thread gives "[1, 2]"
    records "numbers(n: 2) -> [1,2]\n├─ plus(n: 0) -> 1\n└─ plus(n: 1) -> 2";
    #[op]
    fn plus(n: u8) -> u8 {
        n + 1
    }
    #[op]
    fn numbers(n: u8) -> impl Stream<Item = u8> + Send + 'static {
        stream::iter(0..n).map(plus)
    }
    fn run() -> Vec<u8> {
        let stream = numbers(2);
        std::thread::spawn(move || block_on(stream.collect())).join().unwrap()
    }
}

same! { one_inside_another gives "[1, 2]"
    records "outer(n: 2) -> [1,2]\n└─ inner(n: 2) -> [0,1]\n   ├─ plus(n: 0) -> 0\n   └─ plus(n: 1) -> 1";
    #[op]
    fn plus(n: u8) -> u8 {
        n
    }
    #[op]
    fn inner(n: u8) -> impl Iterator<Item = u8> {
        (0..n).map(plus)
    }
    #[op]
    fn outer(n: u8) -> impl Iterator<Item = u8> {
        inner(n).map(|n| n + 1)
    }
    fn run() -> Vec<u8> {
        outer(2).collect()
    }
}

same! { a_future_dropped_on_the_way gives "(false, false)" drops "ba|ba"
    records r#"waits(a: "Noisy(\"a\")", b: "Noisy(\"b\")") cancelled
boxed(a: "Noisy(\"a\")", b: "Noisy(\"b\")") cancelled"#;
    #[op]
    async fn waits(a: Noisy, b: Noisy) {
        std::future::pending::<()>().await;
        drop(a);
    }
    #[op]
    fn boxed(a: Noisy, b: Noisy) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(async move {
            let (_a, _b) = (a, b);
            std::future::pending().await
        })
    }
    fn run() -> (bool, bool) {
        let first = poll_once(waits(Noisy("a"), Noisy("b")));
        drop(Noisy("|"));
        (first, poll_once(boxed(Noisy("a"), Noisy("b"))))
    }
}

same! { forgotten gives "0" records "numbers(n: 1) running\nnext_call() -> 0";
    #[op]
    fn numbers(n: u8) -> impl Iterator<Item = u8> {
        0..n
    }
    #[op]
    fn next_call() -> u8 {
        0
    }
    fn run() -> u8 {
        std::mem::forget(numbers(1));
        next_call()
    }
}
