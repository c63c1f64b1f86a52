//! Iterators, in every form in which a function can return them.

use std::collections::HashMap;
use std::fmt::Display;
use std::iter::FusedIterator;

use super::*;

same! { opaque gives "([0, 1], (3, Some(3)), \" Send Sync Unpin UnwindSafe RefUnwindSafe\")"
    records "numbers(n: 2) -> [0,1]\nnumbers(n: 3) -> [] partial";
    #[op]
    fn numbers(n: u8) -> impl Iterator<Item = u8> {
        0..n
    }
    fn run() -> impl Debug {
        let first = numbers(2).collect::<Vec<_>>();
        let second = numbers(3);
        (first, second.size_hint(), auto_traits!(second))
    }
}

same! { from_both_ends_with_a_length gives "(4, Some(3), Some(0), Some(2), 0, None)"
    records "numbers(n: 4) -> [3,0,2]";
    #[op]
    fn numbers(n: u32) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + FusedIterator {
        (0..n).collect::<Vec<_>>().into_iter()
    }
    fn run() -> impl Debug {
        let mut numbers = numbers(4);
        (numbers.len(), numbers.next_back(), numbers.next(), numbers.nth(1), numbers.len(), numbers.next())
    }
}

same! { boxed_in_every_way gives "([1, 2], [0], [\"a\", \"b\"], Some([1, 0]))"
    records r#"sent(n: 1) -> [0]
borrowed(items: "[1, 2]") -> ["1","2"]
words(text: "a b") -> ["a","b"]
countdown(n: 2) -> [1,0]"#;
    type Words<'a> = Box<dyn Iterator<Item = &'a str> + 'a>;
    #[op]
    fn borrowed<'a, T: Clone + Debug>(items: &'a [T]) -> Box<dyn Iterator<Item = T> + 'a> {
        Box::new(items.iter().cloned())
    }
    #[op]
    fn sent(n: u8) -> Box<dyn Iterator<Item = u8> + Send + Sync> {
        Box::new(0..n)
    }
    #[op]
    fn words(text: &str) -> Words<'_> {
        Box::new(text.split(' '))
    }
    #[op]
    fn countdown(n: u8) -> Option<Box<dyn DoubleEndedIterator<Item = u8>>> {
        if n == 0 { None } else { Some(Box::new((0..n).rev())) }
    }
    fn run() -> impl Debug {
        let sent = sent(1);
        let sent = std::thread::spawn(move || sent.collect::<Vec<_>>()).join().unwrap();
        let borrowed = borrowed(&[1, 2]).collect::<Vec<_>>();
        (borrowed, sent, words("a b").collect::<Vec<_>>(), countdown(2).map(Iterator::collect::<Vec<_>>))
    }
}

same! { fallible gives "(Ok([Ok(1), Err(ParseIntError { kind: InvalidDigit })]), Err(\"no lines\"))"
    records r#"lines(text: "1\nx") -> [1] failed: invalid digit found in string
lines(text: "") failed: no lines"#;
    #[op]
    fn lines(text: &str) -> Result<impl Iterator<Item = Result<u8, std::num::ParseIntError>>, String> {
        if text.is_empty() {
            Err("no lines")?;
        }
        Ok(text.lines().map(str::parse))
    }
    fn run() -> impl Debug {
        (lines("1\nx").map(Iterator::collect::<Vec<_>>), lines("").map(Iterator::collect::<Vec<_>>))
    }
}

same! { lazy gives "[\"made\", \"0\", \"between\", \"1\"]"
    records "lazy(n: 3) -> [0,1] partial";
    #[op(skip(log))]
    fn lazy<'a>(log: &'a RefCell<Vec<String>>, n: u8) -> impl Iterator<Item = u8> + 'a {
        log.borrow_mut().push("made".to_owned());
        (0..n).inspect(|n| log.borrow_mut().push(n.to_string()))
    }
    fn run() -> Vec<String> {
        let log = RefCell::new(Vec::new());
        let mut numbers = lazy(&log, 3);
        numbers.next();
        log.borrow_mut().push("between".to_owned());
        numbers.next();
        drop(numbers);
        log.into_inner()
    }
}

same! { of_items_that_are_not_named gives "([\"a\", \"b\"], [1])"
    records r#"shown(text: "a b") -> ["a","b"]
into_items(n: 1) -> [1]"#;
    #[op]
    fn shown(text: &str) -> impl Iterator<Item = impl Display> {
        text.split(' ')
    }
    #[op]
    fn into_items(n: u8) -> impl IntoIterator<Item = impl Display> + Debug {
        vec![n]
    }
    fn run() -> impl Debug {
        let shown = shown("a b").map(|item| item.to_string()).collect::<Vec<_>>();
        (shown, into_items(1).into_iter().map(|item| item.to_string().parse::<u8>().unwrap()).collect::<Vec<_>>())
    }
}

same! { that_can_be_cloned_or_peeked gives "([0, 1], [0, 1], Some(0), 0..2)"
    records r#"cloned(n: 2) -> {"end":2,"start":0}
peeked(n: 2) -> "<core::iter::adapters::peekable::Peekable<core::ops::range::Range<u8>>>"
range(n: 2) -> {"end":2,"start":0}"#;
    #[op]
    fn cloned(n: u8) -> impl Iterator<Item = u8> + Clone {
        0..n
    }
    #[op]
    fn peeked(n: u8) -> std::iter::Peekable<std::ops::Range<u8>> {
        (0..n).peekable()
    }
    #[op]
    fn range(n: u8) -> std::ops::Range<u8> {
        0..n
    }
    fn run() -> impl Debug {
        let first = cloned(2);
        (first.clone().collect::<Vec<_>>(), first.collect::<Vec<_>>(), peeked(2).peek().copied(), range(2))
    }
}

same! { accumulated gives "(6, 3)"
    records "summed(n: 4) -> 6\ncounted(n: 3)";
    fn sum(sum: &mut u64, n: &u64) {
        *sum += n;
    }
    #[op(accumulate = sum)]
    fn summed(n: u64) -> impl Iterator<Item = u64> {
        0..n
    }
    #[op(accumulate = off)]
    fn counted(n: u64) -> impl Iterator<Item = u64> {
        0..n
    }
    fn run() -> (u64, usize) {
        (summed(4).sum(), counted(3).count())
    }
}

same! { mutable_and_borrowed_from_a_map gives "{\"a\": 2}"
    records r#"values(map: {"a":1}) -> ["1"]"#;
    #[op]
    fn values<'a>(map: &'a mut HashMap<&'static str, u8>) -> impl Iterator<Item = Slot<'a>> {
        map.values_mut().map(Slot)
    }
    struct Slot<'a>(&'a mut u8);
    impl Debug for Slot<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Debug::fmt(self.0, f)
        }
    }
    fn run() -> HashMap<&'static str, u8> {
        let mut map = HashMap::from([("a", 1)]);
        values(&mut map).for_each(|slot| *slot.0 += 1);
        map
    }
}
