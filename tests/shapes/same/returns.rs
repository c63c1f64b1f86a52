//! What a function can return that goes on nowhere.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Display;
use std::sync::{Mutex, MutexGuard};

use super::*;

same! { coerced_to_the_declared_type gives "(\"1\", [1], \"dyn\", 3, 4, [0, 0], None)"
    records r#"boxed(n: 1) -> "<alloc::boxed::Box<dyn core::fmt::Display>>"
slice() -> [1]
dynamic() -> "\"dyn\""
pointer()
table()
collected(n: 2) -> [0,0]
nothing() -> "<core::option::Option<alloc::boxed::Box<dyn core::ops::function::Fn()>>>""#;
    #[op]
    fn boxed(n: u8) -> Box<dyn Display> {
        if n == 0 {
            return Box::new("none");
        }
        Box::new(n)
    }
    #[op]
    fn slice() -> &'static [u8] {
        &[1]
    }
    #[op]
    fn dynamic() -> &'static dyn Debug {
        &"dyn"
    }
    #[op(skip_output)]
    fn pointer() -> fn(u8) -> u8 {
        |n| n + 1
    }
    #[op(skip_output)]
    fn table() -> [fn(u8) -> u8; 2] {
        [|n| n + 1, |n| n + 2]
    }
    #[op]
    fn collected(n: usize) -> Vec<u8> {
        std::iter::repeat_n(Default::default(), n).collect()
    }
    #[op]
    fn nothing() -> Option<Box<dyn Fn()>> {
        None
    }
    fn run() -> impl Debug {
        let nothing = || nothing().map(|_| ());
        (boxed(1).to_string(), slice(), dynamic(), pointer()(2), table()[1](2), collected(2), nothing())
    }
}

same! { results_and_options gives "(Ok(4), Err(\"3 is odd\"), Err(\"invalid digit found in string\"), Some(Ok(1)), None, Ok(None))"
    records r#"half(n: 8) -> 4
half(n: 3) failed: 3 is odd
parsed(text: "x") failed: invalid digit found in string
first(texts: ["1"]) -> 1
first(texts: [])
transposed()"#;
    type Fallible<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;
    #[op]
    fn half(n: u8) -> Fallible<u8> {
        if n % 2 == 1 {
            return Err(format!("{n} is odd").into());
        }
        Ok(n / 2)
    }
    #[op]
    fn parsed(text: &str) -> Fallible<u8> {
        Ok(text.parse::<u8>()?)
    }
    #[op]
    fn first(texts: &[&str]) -> Option<Result<u8, std::num::ParseIntError>> {
        Some(texts.first()?.parse())
    }
    #[op]
    fn transposed() -> Result<Option<u8>, ()> {
        let inner: Option<u8> = None;
        Ok(inner)
    }
    fn run() -> impl Debug {
        let text = |error: Box<dyn Error + Send + Sync>| error.to_string();
        (
            half(8).map_err(text),
            half(3).map_err(text),
            parsed("x").map_err(text),
            first(&["1"]),
            first(&[]),
            transposed(),
        )
    }
}

same! { borrowed_from_the_arguments gives "(\"bc\", 5, \"a\", \"b\", 6, \"owned\")"
    records r#"slot(items: [1,2], at: 1) -> 2
guarded(total: "<&std::sync::poison::mutex::Mutex<u8>>") -> "6"
longest(a: "a", b: "bc") -> "bc"
cow(text: "a") -> "a"
cow(text: "b ") -> "b"
pair(a: "owned") -> ["owned",1]"#;
    #[op]
    fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
        if a.len() > b.len() { a } else { b }
    }
    #[op]
    fn slot(items: &mut [u8], at: usize) -> &mut u8 {
        &mut items[at]
    }
    #[op]
    fn cow(text: &str) -> Cow<'_, str> {
        if text.ends_with(' ') { Cow::Owned(text.trim().to_owned()) } else { Cow::Borrowed(text) }
    }
    #[op]
    fn guarded(total: &Mutex<u8>) -> MutexGuard<'_, u8> {
        total.lock().unwrap()
    }
    #[op]
    fn pair(a: &str) -> (&str, impl Display + serde::Serialize + use<>) {
        (a, 1)
    }
    fn run() -> impl Debug {
        let (mut items, total) = ([1, 2], Mutex::new(6));
        *slot(&mut items, 1) += 3;
        let guarded = *guarded(&total);
        (longest("a", "bc"), items[1], cow("a"), cow("b ").into_owned(), guarded, pair("owned").0)
    }
}

same! { never gives "panicked: no way" drops "a"
    records r#"give_up(why: "no way", a: "Noisy(\"a\")") panicked: no way"#;
    #[op]
    fn give_up(why: &str, a: Noisy) -> ! {
        let _a = a;
        panic!("{why}")
    }
    fn run() -> u8 {
        match 1_u8 {
            0 => 0,
            _ => give_up("no way", Noisy("a")),
        }
    }
}

same! { never_async gives "panicked: later" records "give_up_later() panicked: later";
    #[op]
    async fn give_up_later() -> ! {
        yield_now().await;
        panic!("later")
    }
    fn run() -> u8 {
        polls(give_up_later()).1
    }
}

same! { closures gives "(3, \"ab\", 4, 6, 7)"
    records r#"adder(n: 1)
prefixer(prefix: "a")
boxed(n: 2) -> "<alloc::boxed::Box<dyn core::ops::function::Fn(u8) -> u8>>"
waiter(n: 3)
asker(n: 3)"#;
    #[op]
    fn adder(n: u8) -> impl Fn(u8) -> u8 {
        move |m| n + m
    }
    #[op]
    fn prefixer<'a>(prefix: &'a str) -> impl for<'b> Fn(&'b str) -> String + 'a {
        move |text| format!("{prefix}{text}")
    }
    #[op]
    fn boxed(n: u8) -> Box<dyn Fn(u8) -> u8> {
        Box::new(move |m| n + m)
    }
    #[op]
    fn waiter(n: u8) -> impl Fn(u8) -> std::pin::Pin<Box<dyn Future<Output = u8>>> {
        move |m| Box::pin(async move { n + m })
    }
    #[op]
    fn asker(n: u8) -> impl AsyncFn(u8) -> u8 {
        async move |m| n + m
    }
    fn run() -> impl Debug {
        (adder(1)(2), prefixer("a")("b"), boxed(2)(2), polls(waiter(3)(3)).1, polls(asker(3)(4)).1)
    }
}

same! { panicking_with_what_is_no_text gives "7" drops "a"
    records r#"throws(a: "Noisy(\"a\")") panicked: a value that is not text"# ;
    #[op]
    fn throws(a: Noisy) -> u8 {
        std::panic::panic_any(u64::from(a.0.is_empty()) + 7)
    }
    fn run() -> u64 {
        *catch_unwind(|| throws(Noisy("a"))).unwrap_err().downcast::<u64>().unwrap()
    }
}
