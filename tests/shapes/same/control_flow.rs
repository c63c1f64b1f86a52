//! How a body gets to its end.

use std::sync::Mutex;

use super::*;

same! { early_and_by_question_mark gives "(1, 2, Ok(3), Err(\"e\"), None)"
    records r#"early(n: 0) -> 1
early(n: 1) -> 2
asks(n: {"Ok":3}) -> 3
asks(n: {"Err":"e"}) failed: e
chained(a: 1, b: null)"#;
    #[op]
    fn early(n: u8) -> u8 {
        if n == 0 {
            return 1;
        }
        2
    }
    #[op]
    fn asks(n: Result<u8, &str>) -> Result<u8, String> {
        let n = n?;
        Ok(n)
    }
    #[op]
    fn chained(a: Option<u8>, b: Option<u8>) -> Option<u8> {
        Some(a? + b?)
    }
    fn run() -> impl Debug {
        (early(0), early(1), asks(Ok(3)), asks(Err("e")), chained(Some(1), None))
    }
}

same! { labels_and_let_chains gives "(6, 3, \"both\", 9)"
    records r#"labelled(n: 3) -> 6
block(n: 4) -> 3
chain(a: 1, b: 2) -> "both"
let_else(n: 9) -> 9"#;
    #[op]
    fn labelled(n: u8) -> u8 {
        let mut sum = 0;
        'outer: for a in 0.. {
            for b in 0..n {
                if a > 1 {
                    break 'outer;
                }
                if b == a {
                    continue 'outer;
                }
                sum += 6;
            }
        }
        sum
    }
    #[op]
    fn block(n: u8) -> u8 {
        'done: {
            if n > 3 {
                break 'done 3;
            }
            n
        }
    }
    #[op]
    fn chain(a: Option<u8>, b: Option<u8>) -> &'static str {
        if let Some(a) = a
            && let Some(b) = b
            && a < b
        {
            "both"
        } else {
            "neither"
        }
    }
    #[op]
    fn let_else(n: Option<u8>) -> u8 {
        let Some(n) = n else { return 0 };
        n
    }
    fn run() -> impl Debug {
        (labelled(3), block(4), chain(Some(1), Some(2)), let_else(Some(9)))
    }
}

same! { temporaries_of_the_tail gives "(1, 2, true, 3)" drops "taltal"
    records r#"borrowed(cell: [1]) -> 1
locked(total: "<std::sync::poison::mutex::Mutex<u8>>") -> 2
own() -> 3"#;
    #[op]
    fn borrowed(cell: &RefCell<Vec<u8>>) -> usize {
        let _local = Noisy("l");
        let _a = Noisy("a");
        (Noisy("t"), cell.borrow().len()).1
    }
    #[op]
    fn locked(total: Mutex<u8>) -> u8 {
        *total.lock().unwrap()
    }
    #[op]
    fn own() -> usize {
        let _local = Noisy("l");
        let _a = Noisy("a");
        let cell = RefCell::new(vec![1, 2, 3]);
        (Noisy("t"), cell.borrow().len()).1
    }
    fn run() -> impl Debug {
        let cell = RefCell::new(vec![1]);
        (borrowed(&cell), locked(Mutex::new(2)), cell.try_borrow_mut().is_ok(), own())
    }
}

same! { inner_items_and_attributes gives "(3, 4, 7)"
    records "nested(n: 1) -> 3\n└─ inner(n: 2) -> 3\nlinted(n: 3) -> 4\nconstants() -> 7";
    #[op]
    fn nested(n: u8) -> u8 {
        #[op]
        fn inner(n: u8) -> u8 {
            n + 1
        }
        const ONE: u8 = 1;
        inner(n + ONE)
    }
    #[op]
    fn linted(n: u8) -> u8 {
        #![allow(unused_mut)]
        //! Documented inside.
        let mut m = n;
        m + 1
    }
    #[op]
    fn constants() -> u8 {
        use std::cmp::max as larger;
        struct Seven;
        impl Seven {
            const VALUE: u8 = 7;
        }
        larger(Seven::VALUE, 1)
    }
    fn run() -> impl Debug {
        (nested(1), linted(3), constants())
    }
}

same! { closures_with_their_own_ends gives "(Err(\"inner\"), Some(2), [1, 3])"
    records r#"caught(n: 1) failed: inner
tried(n: 1) -> 2
kept(items: [1,2,3]) -> [1,3]"#;
    #[op]
    fn caught(n: u8) -> Result<u8, String> {
        let attempt = || -> Result<u8, String> {
            Err("inner".to_owned())?;
            Ok(n)
        };
        let outcome = attempt();
        outcome
    }
    #[op]
    fn tried(n: u8) -> Option<u8> {
        (|| {
            let half = n.checked_mul(2)?;
            Some(half)
        })()
    }
    #[op]
    fn kept(items: Vec<u8>) -> Vec<u8> {
        items
            .into_iter()
            .filter(|n| {
                if *n == 2 {
                    return false;
                }
                true
            })
            .collect()
    }
    fn run() -> impl Debug {
        (caught(1), tried(1), kept(vec![1, 2, 3]))
    }
}

same! { recursion gives "(120, true)"
    records r#"factorial(n: 2) -> 2
└─ factorial(n: 1) -> 1
is_even(n: 1) -> false
└─ is_odd(n: 0) -> false"#;
    #[op]
    fn factorial(n: u64) -> u64 {
        if n <= 1 { 1 } else { n * factorial(n - 1) }
    }
    #[op]
    fn is_even(n: u8) -> bool {
        n == 0 || is_odd(n - 1)
    }
    #[op]
    fn is_odd(n: u8) -> bool {
        n != 0 && is_even(n - 1)
    }
    fn run() -> (u64, bool) {
        (factorial(2) * 60, !is_even(1))
    }
}

same! { early_in_async gives "(Err(\"odd\"), Ok(2), 5)"
    records r#"half(n: 3) failed: odd
half(n: 4) -> 2
blocks(n: 2) -> 5"#;
    #[op]
    async fn half(n: u8) -> Result<u8, Box<dyn std::error::Error>> {
        if n % 2 == 1 {
            return Err("odd".into());
        }
        yield_now().await;
        Ok(n / 2)
    }
    #[op]
    async fn blocks(n: u8) -> u8 {
        let inner = async {
            if n > 9 {
                return 0;
            }
            n + 1
        };
        inner.await + async { 2 }.await
    }
    fn run() -> impl Debug {
        let text = |error: Box<dyn std::error::Error>| error.to_string();
        (polls(half(3)).1.map_err(text), polls(half(4)).1.map_err(text), polls(blocks(2)).1)
    }
}
