//! Methods, with every receiver there is.

use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

use super::*;

same! { by_value_and_by_reference gives "(1, 2, 3, Counter(4))"
    records r#"get(self: "<Counter>") -> 1
add(self: "<Counter>", n: 1) -> 2
set(self: "<Counter>", n: 3) -> 3
new(n: 4) -> "Counter(4)"
into_inner(self: "<Counter>") -> "Counter(4)""#;
    #[derive(Debug)]
    struct Counter(u8);
    impl Counter {
        #[op]
        fn new(n: u8) -> Self {
            Self(n)
        }
        #[op]
        fn get(&self) -> u8 {
            self.0
        }
        #[op]
        fn add(mut self, n: u8) -> u8 {
            self.0 += n;
            self.0
        }
        #[op]
        fn set(&mut self, n: u8) -> &mut u8 {
            self.0 = n;
            &mut self.0
        }
        #[op]
        fn into_inner(self: Self) -> Self {
            self
        }
    }
    fn run() -> impl Debug {
        let mut counter = Counter(1);
        let (got, added) = (counter.get(), Counter(1).add(1));
        (got, added, *counter.set(3), Counter::new(4).into_inner())
    }
}

same! { in_smart_pointers gives "(1, 2, 2, 3, 4, 5)" drops "boxed"
    records r#"boxed(self: "<Thing>") -> 1
counted(self: "<Thing>") -> 2
shared(self: "<Thing>") -> 2
pinned(self: "<Thing>") -> 3
pinned_box(self: "<Thing>") -> 4
by_ref_to_arc(self: "<Thing>") -> 5"#;
    struct Thing(u8, Option<Noisy>);
    impl Thing {
        #[op]
        fn boxed(self: Box<Self>) -> u8 {
            let inner = *self;
            inner.0
        }
        #[op]
        fn counted(self: Rc<Self>) -> usize {
            Rc::strong_count(&self)
        }
        #[op]
        fn shared(self: Arc<Self>) -> usize {
            Arc::strong_count(&self)
        }
        #[op]
        fn pinned(self: Pin<&mut Self>) -> u8 {
            self.get_mut().0 += 2;
            3
        }
        #[op]
        async fn pinned_box(self: Pin<Box<Self>>) -> u8 {
            yield_now().await;
            self.0
        }
        #[op]
        fn by_ref_to_arc(self: &Arc<Self>) -> u8 {
            self.0
        }
    }
    fn run() -> impl Debug {
        let (rc, arc) = (Rc::new(Thing(2, None)), Arc::new(Thing(5, None)));
        (
            Box::new(Thing(1, Some(Noisy("boxed")))).boxed(),
            Rc::clone(&rc).counted(),
            Arc::clone(&arc).shared(),
            pin!(Thing(1, None)).pinned(),
            polls(Box::pin(Thing(4, None)).pinned_box()).1,
            arc.by_ref_to_arc(),
        )
    }
}

same! { unsized_and_behind_dyn gives "(3, \"dyn\", 2, \"sized\")"
    records r#"length(self: "<str>") -> 3
name(self: "<Named>") -> "dyn"
count(self: "<[u8]>") -> 2
only_sized(self: "<Named>") -> "sized""#;
    trait Length {
        fn length(&self) -> usize;
    }
    impl Length for str {
        #[op]
        fn length(&self) -> usize {
            self.len()
        }
    }
    trait Name {
        #[op]
        fn name(&self) -> &'static str {
            "dyn"
        }
        #[op]
        fn only_sized(self) -> &'static str
        where
            Self: Sized,
        {
            "sized"
        }
    }
    struct Named;
    impl Name for Named {}
    trait Count {
        fn count(&self) -> usize;
    }
    impl<T> Count for [T] {
        #[op]
        fn count(&self) -> usize {
            self.len()
        }
    }
    fn run() -> impl Debug {
        let named: &dyn Name = &Named;
        ("abc".length(), named.name(), [1_u8, 2].as_slice().count(), Named.only_sized())
    }
}

same! { taking_self_apart gives "(\"n\", 2)" drops "cab"
    records r#"part(self: "<Parts>", a: "Noisy(\"a\")") -> "n""#;
    struct Parts {
        name: &'static str,
        _b: Noisy,
        _c: Noisy,
    }
    impl Parts {
        #[op]
        fn part(self, a: Noisy) -> &'static str {
            let Self { name, _c, .. } = self;
            drop(_c);
            let _a = a;
            name
        }
    }
    fn run() -> impl Debug {
        (Parts { name: "n", _b: Noisy("b"), _c: Noisy("c") }.part(Noisy("a")), 2)
    }
}

same! { dropped_last_although_first gives "()" drops "lbaself"
    records r#"consume(self: "<Own>", a: "Noisy(\"a\")", b: "Noisy(\"b\")")
consume_later(self: "<Own>", a: "Noisy(\"a\")")"#;
    struct Own(Noisy);
    impl Own {
        #[op]
        fn consume(self, a: Noisy, b: Noisy) {
            let _local = Noisy("l");
        }
        #[op]
        async fn consume_later(self, a: Noisy) {
            std::mem::forget(self);
            std::mem::forget(a);
        }
    }
    fn run() {
        Own(Noisy("self")).consume(Noisy("a"), Noisy("b"));
        polls(Own(Noisy("x")).consume_later(Noisy("a"))).1
    }
}

same! { only_what_is_named gives "(6, 3)"
    records r#"add(self: "<Adder>", b: 2) -> 6
sum(b: 2) -> 3"#;
    struct Adder(u8);
    impl Adder {
        #[op(only(self, b))]
        fn add(&self, a: u8, (b, c): (u8, u8)) -> u8 {
            self.0 + a + b + c
        }
    }
    #[op(only(b))]
    async fn sum(a: u8, b: u8) -> u8 {
        a + b
    }
    fn run() -> (u8, u8) {
        (Adder(0).add(1, (2, 3)), polls(sum(1, 2)).1)
    }
}

same! { of_a_generic_type gives "(\"x\", 3, Some(7))"
    records r#"get(self: "<Holder<&str>>") -> "x"
size(self: "<Holder<[u8; 3]>>") -> 3
find(self: "<Holder<alloc::vec::Vec<u8>>>", f: true) -> 7"#;
    struct Holder<T>(T);
    impl<T> Holder<T> {
        #[op]
        fn get(&self) -> &T
        where
            T: Debug + serde::Serialize,
        {
            &self.0
        }
    }
    impl<const N: usize> Holder<[u8; N]> {
        #[op]
        fn size(&self) -> usize {
            N
        }
    }
    impl<'a, T: 'a> Holder<T>
    where
        &'a T: IntoIterator<Item = &'a u8>,
    {
        #[op(capture(f = true))]
        fn find<F>(&'a self, f: F) -> Option<u8>
        where
            F: for<'b> Fn(&'b &u8) -> bool,
        {
            self.0.into_iter().find(|item| f(item)).copied()
        }
    }
    fn run() -> impl Debug {
        let (found, text) = (Holder(vec![1, 7]), Holder("x"));
        (*text.get(), Holder([1, 2, 3]).size(), found.find(|n| **n > 5))
    }
}
