//! Other attributes above and below ours, and what stands before `fn`.

use std::panic::Location;

use super::*;

same! { qualifiers gives "(3, 4)"
    records "in_c(n: 2) -> 3\nlater(n: 3) -> 4";
    #[op]
    extern "C" fn in_c(n: i32) -> i32 {
        n + 1
    }
    #[op]
    pub(in super::super) async extern "Rust" fn later(n: u8) -> u8 {
        n + 1
    }
    fn run() -> impl Debug {
        (in_c(2), polls(later(3)).1)
    }
}

same! { the_place_of_the_caller gives "(true, true)" records "here()\nhere_of_method(self: \"<Here>\")";
    #[op]
    #[track_caller]
    fn here() -> &'static Location<'static> {
        Location::caller()
    }
    struct Here;
    impl Here {
        #[track_caller]
        #[op]
        fn here_of_method(&self) -> u32 {
            Location::caller().line()
        }
    }
    fn run() -> (bool, bool) {
        let this = Location::caller().line();
        let _ = this;
        (here().line() == line!(), Here.here_of_method() == line!())
    }
}

same! { panics_placed_at_the_caller gives "panicked: at the caller's" records "falls() panicked: the thread panicked";
    #[op]
    #[track_caller]
    fn falls() {
        panic!("at the caller's")
    }
    fn run() {
        falls()
    }
}

same! { that_change_nothing gives "(1, 2, 3, 4)"
    records "documented(n: 1) -> 1\nold(n: 2) -> 2\nconditional(n: 3) -> 3\nexported(n: 4) -> 4";
    /// Documented.
    #[op]
    #[inline(always)]
    #[must_use = "it is a number"]
    pub(crate) fn documented(n: u8) -> u8 {
        n
    }
    #[deprecated(note = "it is old")]
    #[cold]
    #[op]
    fn old(n: u8) -> u8 {
        n
    }
    #[cfg_attr(all(), op)]
    #[cfg_attr(any(), track_caller)]
    fn conditional(n: u8, #[cfg(any())] gone: Missing) -> u8 {
        n
    }
    #[op]
    #[doc(hidden)]
    #[allow(clippy::needless_pass_by_value)]
    pub(super) extern "C" fn exported(n: u8) -> u8 {
        n
    }
    #[allow(deprecated)]
    fn run() -> impl Debug {
        (documented(1), old(2), conditional(3), exported(4))
    }
}

same! { conditions_on_arguments gives "(1, 3)" records r#"one(a: 1) -> 1
two(a: 1, b: 2) -> 3"#;
    #[op]
    fn one(a: u8, #[cfg(any())] b: Missing) -> u8 {
        a
    }
    #[op]
    fn two(#[allow(unused_mut)] mut a: u8, #[cfg(all())] b: u8) -> u8 {
        a + b
    }
    fn run() -> (u8, u8) {
        (one(1), two(1, 2))
    }
}

same! { tests_and_mains gives "(3, 4, Ok(()))"
    records r#"above() -> 3
below() -> 4
tested()"#;
    #[tokio::main(flavor = "current_thread")]
    #[op]
    async fn above() -> u8 {
        tokio::task::yield_now().await;
        3
    }
    #[op]
    #[tokio::main(flavor = "current_thread")]
    async fn below() -> u8 {
        tokio::task::yield_now().await;
        4
    }
    #[op]
    #[test]
    fn tested() -> Result<(), String> {
        Ok(())
    }
    #[test]
    #[op]
    fn tested_below() {
        assert_eq!(1 + 1, 2);
    }
    #[tokio::test]
    #[op]
    async fn tested_in_tokio() {
        tokio::task::yield_now().await;
    }
    #[op]
    #[tokio::test]
    async fn tested_below_tokio() {
        tokio::task::yield_now().await;
    }
    #[test]
    #[should_panic(expected = "as it should")]
    #[op]
    fn tested_to_panic() {
        panic!("as it should")
    }
    fn run() -> impl Debug {
        (above(), below(), tested())
    }
}

same! { beside_those_of_tracing gives "(2, 3, Err(\"no\"))"
    records "above(n: 1) -> 2\nbelow(n: 2) -> 3\nfails(n: 3) failed: no";
    #[op]
    #[tracing::instrument(ret)]
    fn above(n: u8) -> u8 {
        n + 1
    }
    #[tracing::instrument(skip_all)]
    #[op]
    async fn below(n: u8) -> u8 {
        yield_now().await;
        n + 1
    }
    #[op]
    #[tracing::instrument(err)]
    async fn fails(n: u8) -> Result<u8, String> {
        Err("no".to_owned())
    }
    fn run() -> impl Debug {
        (above(1), polls(below(2)).1, polls(fails(3)).1)
    }
}

same! { twice_on_one_function gives "2"
    records r#"second(n: 1) -> 2
└─ first(n: 1) -> 2"#;
    #[op(name = "first")]
    #[op(name = "second")]
    fn plus(n: u8) -> u8 {
        n + 1
    }
    fn run() -> u8 {
        plus(1)
    }
}

same! { of_every_kind gives "(1, 2, 3)"
    records "turn talk(n: 1) -> 1\nllm ask(n: 2) -> 2\ntool fetch(n: 3) -> 3";
    #[turn]
    fn talk(n: u8) -> u8 {
        n
    }
    #[llm]
    async fn ask(n: u8) -> u8 {
        n
    }
    #[tool]
    fn fetch(n: u8) -> u8 {
        n
    }
    fn run() -> impl Debug {
        (talk(1), polls(ask(2)).1, fetch(3))
    }
}
