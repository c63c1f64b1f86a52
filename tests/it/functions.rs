//! Every shape of a free function: each runs as before, and is recorded by its name with its arguments.

use std::fmt::Display;
use std::panic::Location;

use weave::testing::Recorder;

/// The outline of what `body` does.
fn outline(body: impl FnOnce()) -> String {
    let recorder = Recorder::new();
    recorder.run(body);
    recorder.tree().outline()
}

#[weave::op]
fn add(a: i32, b: i32) -> i32 {
    a + b
}

#[weave::op]
fn nothing() {}

#[test]
fn a_function_is_recorded_with_its_arguments_and_its_value() {
    assert_eq!(outline(|| assert_eq!(add(1, 2), 3)), "add(a: 1, b: 2) -> 3");
}

#[test]
fn a_function_that_returns_nothing_has_null_as_its_output() {
    let recorder = Recorder::new();
    recorder.run(nothing);
    assert_eq!(recorder.calls()[0].output_json(), Some("null"));
    assert_eq!(recorder.tree().outline(), "nothing()");
}

#[test]
fn an_async_function_is_recorded_when_it_is_awaited() {
    #[weave::op]
    async fn later(text: &str) -> String {
        tokio::task::yield_now().await;
        text.to_owned()
    }
    let recorder = Recorder::new();
    let text = futures::executor::block_on(recorder.wrap(later("now")));
    assert_eq!(text, "now");
    assert_eq!(recorder.tree().outline(), r#"later(text: "now") -> "now""#);
}

#[test]
fn generics_are_captured_by_what_their_bounds_allow() {
    #[weave::op]
    fn show<T: Display + serde::Serialize, U>(shown: T, hidden: U) -> String {
        drop(hidden);
        shown.to_string()
    }
    assert_eq!(outline(|| drop(show(7_u8, 1_i32))), r#"show(shown: 7, hidden: "<i32>") -> "7""#);
}

#[test]
fn lifetimes_and_const_generics_are_kept() {
    #[weave::op]
    fn longest<'a>(left: &'a str, right: &'a str) -> &'a str {
        if left.len() > right.len() { left } else { right }
    }
    #[weave::op]
    fn count<const N: usize>(items: [u8; N]) -> usize {
        let _ = items;
        N
    }
    let expected = "longest(left: \"ab\", right: \"c\") -> \"ab\"\ncount(items: \"[1, 2, 3]\") -> 3";
    assert_eq!(outline(|| _ = (longest("ab", "c"), count([1, 2, 3]))), expected);
}

#[test]
fn an_argument_may_be_an_impl_trait_or_a_closure() {
    #[weave::op]
    fn apply(items: impl IntoIterator<Item = u8>, change: impl Fn(u8) -> u8) -> Vec<u8> {
        items.into_iter().map(change).collect()
    }
    let recorder = Recorder::new();
    assert_eq!(recorder.run(|| apply([1, 2], |n| n * 2)), [2, 4]);
    let calls = recorder.calls();
    assert_eq!(calls[0].output::<Vec<u8>>().unwrap(), [2, 4]);
    assert_eq!(calls[0].input::<String>("items").unwrap(), "<[u8; 2]>");
}

#[test]
fn the_parts_of_a_pattern_are_recorded_by_their_names() {
    struct Point {
        x: i32,
        y: i32,
    }
    #[weave::op]
    fn spread((a, mut b): (u8, u8), Point { x, y: up }: Point, [first, .., last]: [u8; 3], _: u8) -> i32 {
        b += 1;
        i32::from(a + b + first + last) + x + up
    }
    let point = Point { x: 10, y: 20 };
    assert_eq!(
        outline(|| _ = spread((1, 2), point, [3, 4, 5], 6)),
        "spread(a: 1, b: 2, x: 10, up: 20, first: 3, last: 5) -> 42"
    );
}

#[test]
fn a_raw_identifier_is_recorded_without_its_mark() {
    #[weave::op]
    fn r#match(r#type: u8, mut r#in: u8) -> u8 {
        r#in += r#type;
        r#in
    }
    assert_eq!(outline(|| _ = r#match(1, 2)), "match(type: 1, in: 2) -> 3");
}

#[test]
fn a_recursion_is_a_tree() {
    #[weave::op]
    fn fibonacci(n: u64) -> u64 {
        if n < 2 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
    }
    let expected = "\
fibonacci(n: 3) -> 2
├─ fibonacci(n: 2) -> 1
│  ├─ fibonacci(n: 1) -> 1
│  └─ fibonacci(n: 0) -> 0
└─ fibonacci(n: 1) -> 1";
    assert_eq!(outline(|| _ = fibonacci(3)), expected);
}

#[test]
fn an_async_recursion_through_a_box_is_a_tree() {
    #[weave::op]
    async fn count_down(n: u32) -> u32 {
        if n == 0 { 0 } else { 1 + Box::pin(count_down(n - 1)).await }
    }
    let recorder = Recorder::new();
    futures::executor::block_on(recorder.wrap(count_down(2)));
    let expected = "\
count_down(n: 2) -> 2
└─ count_down(n: 1) -> 1
   └─ count_down(n: 0) -> 0";
    assert_eq!(recorder.tree().outline(), expected);
}

macro_rules! make_ops {
    ($($name:ident($argument:ident: $type:ty) -> $output:ty $body:block)*) => {
        $(
            #[weave::op]
            fn $name($argument: $type) -> $output $body
        )*
    };
}

make_ops! {
    triple(n: u32) -> u32 { n * 3 }
    negate(flag: bool) -> bool { !flag }
}

#[test]
fn functions_made_by_a_macro_are_recorded() {
    assert_eq!(outline(|| _ = (triple(2), negate(true))), "triple(n: 2) -> 6\nnegate(flag: true) -> false");
}

#[test]
fn a_function_with_another_abi_is_recorded() {
    #[weave::op]
    extern "C" fn halve(n: f64) -> f64 {
        n / 2.0
    }
    let pointer: extern "C" fn(f64) -> f64 = halve;
    assert_eq!(outline(|| _ = pointer(3.0)), "halve(n: 3.0) -> 1.5");
}

#[test]
fn a_function_that_never_returns_is_recorded_by_its_panic() {
    #[weave::op]
    fn give_up(why: &str) -> ! {
        panic!("gave up: {why}")
    }
    let recorder = Recorder::new();
    let caught = recorder.run(|| std::panic::catch_unwind(|| give_up("tired")));
    assert!(caught.is_err());
    assert_eq!(recorder.tree().outline(), r#"give_up(why: "tired") panicked: gave up: tired"#);
}

#[test]
fn a_function_that_tracks_its_caller_still_does() {
    #[weave::op]
    #[track_caller]
    fn whence() -> &'static Location<'static> {
        Location::caller()
    }
    let recorder = Recorder::new();
    let (location, line) = recorder.run(|| (whence(), line!()));
    assert_eq!((location.file(), location.line()), (file!(), line));
    assert_eq!(recorder.tree().outline(), "whence()");
}

#[test]
fn a_function_that_returns_a_closure_still_infers_its_signature() {
    #[weave::op]
    fn adder(n: i32) -> impl Fn(i32) -> i32 {
        move |m| n + m
    }
    assert_eq!(outline(|| assert_eq!(adder(1)(2), 3)), "adder(n: 1)");
}

#[test]
fn an_attribute_below_or_above_the_annotation_stays() {
    #[must_use]
    #[weave::op(name = "renamed")]
    #[inline]
    #[deprecated = "for the sake of the test"]
    fn old() -> u8 {
        1
    }
    #[allow(deprecated, reason = "that it is deprecated is the point")]
    let recorded = outline(|| _ = old());
    assert_eq!(recorded, "renamed() -> 1");
}
