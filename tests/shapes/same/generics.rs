//! Generic functions, and what stands in their bounds.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::ops::AddAssign;

use super::*;

same! { unbounded_and_bounded gives "(3, [7], 2, \"7\")"
    records r#"count(items: "<alloc::vec::Vec<char>>") -> 3
same_as(item: "[7]") -> "[7]"
sized(items: "['a', 'b']") -> 2
shown(item: 7) -> "7""#;
    #[op]
    fn count<T>(items: Vec<T>) -> usize {
        items.len()
    }
    #[op]
    fn same_as<T>(item: T) -> T
    where
        T: Debug,
    {
        item
    }
    #[op]
    fn sized<T: Debug, const N: usize>(items: [T; N]) -> usize {
        N
    }
    #[op]
    fn shown(item: impl std::fmt::Display + serde::Serialize) -> String {
        item.to_string()
    }
    fn run() -> impl Debug {
        (count(vec!['a', 'b', 'c']), same_as(vec![7]), sized(['a', 'b']), shown(7_u8))
    }
}

same! { const_parameters gives "([1, 1, 1], 12, [0, 2])"
    records r#"filled(n: 1) -> "[1, 1, 1]"
area() -> 12
evens(items: [0,1,2]) -> [0,2]"#;
    #[op]
    fn filled<const N: usize>(n: u8) -> [u8; N] {
        [n; N]
    }
    #[op]
    fn area<const WIDTH: usize, const HEIGHT: usize>() -> usize {
        const { WIDTH * HEIGHT }
    }
    #[op]
    fn evens<const STEP: usize>(items: &[u8; 3]) -> Vec<u8> {
        items.iter().step_by(STEP).copied().collect()
    }
    fn run() -> impl Debug {
        (filled::<3>(1), area::<3, 4>(), evens::<{ 1 + 1 }>(&[0, 1, 2]))
    }
}

same! { higher_ranked gives "(\"ab\", 3, [1, 2])"
    records r#"apply(text: "a", f: "<fn>") -> "ab"
total(items: "<&[u8; 2]>") -> 3
sorted(items: [2,1]) -> [1,2]"#;
    #[op(capture(f = "<fn>"))]
    fn apply<F>(f: F, text: &str) -> String
    where
        F: for<'a> Fn(&'a str) -> std::borrow::Cow<'a, str>,
    {
        f(text).into_owned()
    }
    #[op]
    fn total<T>(items: &T) -> u8
    where
        T: ?Sized,
        for<'a> &'a T: IntoIterator<Item = &'a u8>,
    {
        items.into_iter().sum()
    }
    #[op]
    fn sorted<K: Ord + serde::Serialize>(mut items: Vec<K>) -> Vec<K> {
        items.sort();
        items
    }
    fn run() -> impl Debug {
        (apply(|text| (text.to_owned() + "b").into(), "a"), total(&[1, 2]), sorted(vec![2, 1]))
    }
}

same! { where_a_reference_has_the_bound gives "(5, \"7\")"
    records r#"sum(item: "<&u8>", with: 4) -> 5
shown(item: "<u8>") -> "7""#;
    #[op]
    fn sum<'a, T>(item: &'a T, with: u8) -> u8
    where
        &'a T: std::ops::Add<u8, Output = u8>,
    {
        item + with
    }
    #[op]
    fn shown<T>(item: T) -> String
    where
        for<'a> &'a T: Debug,
    {
        format!("{:?}", &item)
    }
    fn run() -> impl Debug {
        (sum(&1, 4), shown(7_u8))
    }
}

same! { associated_types gives "(Some(1), {\"a\": 2}, [2], 3)"
    records r#"lend(self: "<Two>") -> [2]
first(items: "<alloc::vec::Vec<u8>>") -> 1
tally(words: "<[&str; 2]>") -> {"a":2}
decode(codec: "<&Text>", raw: "abc") -> 3"#;
    #[op]
    fn first<I>(items: I) -> Option<I::Item>
    where
        I: IntoIterator<Item: serde::Serialize>,
    {
        items.into_iter().next()
    }
    #[op]
    fn tally<I: IntoIterator>(words: I) -> BTreeMap<I::Item, u8>
    where
        I::Item: Ord + Hash + serde::Serialize,
    {
        let mut counts = BTreeMap::new();
        words.into_iter().for_each(|word| counts.entry(word).or_insert(0).add_assign(1));
        counts
    }
    trait Lend {
        type Item<'a>: Debug
        where
            Self: 'a;
        fn lend(&mut self) -> Self::Item<'_>;
    }
    struct Two([u8; 1]);
    impl Lend for Two {
        type Item<'a> = &'a [u8];
        #[op]
        fn lend(&mut self) -> Self::Item<'_> {
            &self.0
        }
    }
    trait Codec {
        type Out<'a>;
        fn decode<'a>(&self, raw: &'a str) -> Self::Out<'a>;
    }
    struct Text;
    impl Codec for Text {
        type Out<'a> = &'a str;
        fn decode<'a>(&self, raw: &'a str) -> &'a str {
            raw
        }
    }
    #[op]
    fn decode<C>(codec: &C, raw: &str) -> usize
    where
        C: for<'a> Codec<Out<'a> = &'a str>,
    {
        codec.decode(raw).len()
    }
    fn run() -> impl Debug {
        let lent = Two([2]).lend().to_vec();
        (first(vec![1_u8]), tally(["a", "a"]), lent, decode(&Text, "abc"))
    }
}

same! { async_generics gives "(7, [2, 4], \"done\")"
    records r#"echo(item: 7) -> 7
mapped(items: [1,2], f: "<f>") -> [2,4]
called(f: "<f>") -> "done""#;
    #[op]
    async fn echo<T: serde::Serialize + Send>(item: T) -> T {
        yield_now().await;
        item
    }
    #[op(capture(f = "<f>"))]
    async fn mapped<T, F, R>(items: Vec<T>, f: F) -> Vec<u8>
    where
        T: serde::Serialize + Copy,
        F: Fn(T) -> R,
        R: Future<Output = u8>,
    {
        let mut mapped = Vec::new();
        for item in items {
            mapped.push(f(item).await);
        }
        mapped
    }
    #[op(capture(f = "<f>"))]
    async fn called(f: impl AsyncFn(&str) -> String) -> String {
        f("done").await
    }
    fn run() -> impl Debug {
        (polls(echo(7)).1, polls(mapped(vec![1, 2], |n: u8| async move { n * 2 })).1, polls(called(async |text: &str| text.to_owned())).1)
    }
}
