//! Patterns as arguments, when they are captured, and when they are dropped.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use super::*;

same! { in_patterns gives "(10, 7, [\"a\"], 3, 6)"
    records r#"tuple(a: 1, b: 2, c: 3, d: 4) -> 10
fields(width: 3, tall: 4) -> 7
changed(words: ["b","a"], r: 1, type: 2) -> ["a"]
slice(whole: [1,2], first: 1, rest: [2]) -> 3
either(n: 5, _m: 1) -> 6"#;
    struct Size {
        width: u8,
        height: u8,
    }
    #[op]
    fn tuple((a, (b, c)): (u8, (u8, u8)), _: u8, [d, ..]: [u8; 2]) -> u8 {
        a + b + c + d
    }
    #[op]
    fn fields(Size { width, height: ref tall }: Size) -> u8 {
        width + tall
    }
    #[op]
    fn changed(mut words: Vec<&'static str>, ref r: u8, r#type: u8) -> Vec<&'static str> {
        words.swap_remove(0);
        let _both = (r, r#type);
        words
    }
    #[op]
    fn slice(whole @ &[first, ref rest @ ..]: &[u8; 2]) -> u8 {
        first + rest[0] + u8::from(whole.is_empty())
    }
    #[op]
    fn either((Ok(n) | Err(n), _m): (Result<u8, u8>, u8)) -> u8 {
        n + _m
    }
    fn run() -> impl Debug {
        (
            tuple((1, (2, 3)), 9, [4, 5]),
            fields(Size { width: 3, height: 4 }),
            changed(vec!["b", "a"], 1, 2),
            slice(&[1, 2]),
            either((Err(5), 1)),
        )
    }
}

same! { taken_apart_in_place gives "(\"xy\", [2])" drops "k"
    records r#"append(text: "x", kept: "Noisy(\"k\")") -> "xy"
grow(items: [1]) -> [2]"#;
    #[op]
    fn append((mut text, kept): (String, Noisy)) -> String {
        text.push('y');
        drop(kept);
        text
    }
    #[op]
    fn grow((ref mut items,): (Vec<u8>,)) -> Vec<u8> {
        items[0] += 1;
        std::mem::take(items)
    }
    fn run() -> impl Debug {
        (append(("x".to_owned(), Noisy("k"))), grow((vec![1],)))
    }
}

same! { dropped_in_their_order gives "1" drops "abldwc"
    records r#"sync(a: "Noisy(\"a\")", b: "Noisy(\"b\")", _d: "Noisy(\"d\")") -> 1"#;
    #[op]
    fn sync(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, _d: Noisy) -> u8 {
        let _local = Noisy("l");
        drop(a);
        let _moved = b;
        1
    }
    fn run() -> u8 {
        sync(Noisy("a"), (Noisy("b"), Noisy("c")), Noisy("w"), Noisy("d"))
    }
}

same! { dropped_when_it_panics gives "panicked: in the middle" drops "lba"
    records r#"falls(a: "Noisy(\"a\")", b: "Noisy(\"b\")") panicked: in the middle"#;
    #[op]
    fn falls(a: Noisy, b: Noisy) {
        let _local = Noisy("l");
        if !a.0.is_empty() {
            panic!("in the middle");
        }
    }
    fn run() {
        falls(Noisy("a"), Noisy("b"));
    }
}

same! { captured_before_the_body_and_never_cloned gives "([2, 1], 0)"
    records r#"counted(item: "Counts")
emptied(items: [1,2]) -> [2,1]"#;
    #[derive(Debug)]
    struct Counts;
    thread_local! {
        static CLONES: Cell<u8> = const { Cell::new(0) };
    }
    impl Clone for Counts {
        fn clone(&self) -> Self {
            CLONES.set(CLONES.get() + 1);
            Self
        }
    }
    #[op]
    fn emptied(items: &mut Vec<u8>) -> Vec<u8> {
        items.drain(..).rev().collect()
    }
    #[op]
    fn counted(item: Counts) {}
    fn run() -> impl Debug {
        counted(Counts);
        (emptied(&mut vec![1, 2]), CLONES.get())
    }
}

same! { locked_by_others gives "(1, 1, 1, 1)"
    records r#"locks(mutex: "<&alloc::sync::Arc<std::sync::poison::mutex::Mutex<u8>>>", rwlock: "<&std::sync::poison::rwlock::RwLock<u8>>") -> [1,1]
cells(cell: {"weave.error":{"message":"already mutably borrowed","type":"&core::cell::RefCell<u8>"}}, named: "<&std::collections::hash::map::HashMap<u8, std::sync::poison::mutex::Mutex<u8>>>") -> [1,1]"#;
    #[op]
    fn locks(mutex: &Arc<Mutex<u8>>, rwlock: &RwLock<u8>) -> (usize, u8) {
        (Arc::strong_count(mutex), u8::from(rwlock.try_read().is_err()))
    }
    #[op]
    fn cells(cell: &RefCell<u8>, named: &HashMap<u8, Mutex<u8>>) -> (u8, usize) {
        (u8::from(cell.try_borrow().is_err()), named.len())
    }
    fn run() -> impl Debug {
        let (mutex, rwlock, cell) = (Arc::new(Mutex::new(1)), RwLock::new(1), RefCell::new(1));
        let named = HashMap::from([(1, Mutex::new(1))]);
        let _held = (mutex.lock().unwrap(), rwlock.write().unwrap(), cell.borrow_mut(), named[&1].lock().unwrap());
        let (locks, cells) = (locks(&mutex, &rwlock), cells(&cell, &named));
        (locks.0, locks.1, cells.0, cells.1)
    }
}

same! { callable gives "(2, 3, 4, [5, 6], 7)"
    records r#"once(f: "<f>") -> 2
many(f: "<f>") -> 4
pointer(n: 3, f: "<fn>") -> 4
table(n: 4, all: 2) -> [5,6]
dynamic(f: "<&mut dyn core::ops::function::FnMut(u8) -> u8>") -> 7"#;
    #[op(capture(f = "<f>"))]
    fn once<F: FnOnce(Box<u8>) -> u8>(f: F) -> u8 {
        f(Box::new(1))
    }
    #[op(capture(f = "<f>"))]
    fn many(mut f: impl FnMut(u8) -> u8) -> u8 {
        f(0) + f(1)
    }
    #[op(capture(f = "<fn>"))]
    fn pointer(f: fn(u8) -> u8, n: u8) -> u8 {
        f(n)
    }
    #[op(capture(all = all.len()))]
    fn table(all: [fn(u8) -> u8; 2], n: u8) -> Vec<u8> {
        all.iter().map(|f| f(n)).collect()
    }
    #[op]
    fn dynamic(f: &mut dyn FnMut(u8) -> u8) -> u8 {
        f(6)
    }
    fn run() -> impl Debug {
        let mut calls = 0;
        (
            once(|n| *n + 1),
            many(|n| {
                calls += 1;
                n + calls
            }) - 1,
            pointer(|n| n + 1, 3),
            table([|n| n + 1, |n| n + 2], 4),
            dynamic(&mut |n| n + 1),
        )
    }
}

same! { not_sent_and_not_shared gives "(2, \" UnwindSafe\")"
    records r#"counted(n: "1", cell: 1) -> 2"#;
    #[op]
    async fn counted(n: Rc<u8>, cell: Cell<u8>) -> u8 {
        *n + cell.get()
    }
    fn run() -> impl Debug {
        (polls(counted(Rc::new(1), Cell::new(1))).1, auto_traits!(counted(Rc::new(1), Cell::new(1))))
    }
}
