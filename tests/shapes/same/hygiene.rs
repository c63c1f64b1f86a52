//! Names: the user's that are like ours, those that hide the standard library's, and those that a macro makes.

use super::*;

same! { arguments_named_as_ours_are gives "(15, 6)"
    records r#"odd(__weave_call: 1, __weave_inputs: 2, __weave_ret: 3, __arg0: 4, __WEAVE_OP: 5) -> 15
later(__weave_seat: 1, ret: 2, call: 3) -> 6"#;
    #[op]
    #[allow(non_snake_case)]
    fn odd(__weave_call: u8, __weave_inputs: u8, __weave_ret: u8, __arg0: u8, __WEAVE_OP: u8) -> u8 {
        __weave_call + __weave_inputs + __weave_ret + __arg0 + __WEAVE_OP
    }
    #[op]
    async fn later(__weave_seat: u8, ret: u8, call: u8) -> u8 {
        __weave_seat + ret + call
    }
    fn run() -> (u8, u8) {
        (odd(1, 2, 3, 4, 5), polls(later(1, 2, 3)).1)
    }
}

same! { the_prelude_hidden gives "(3, 4)"
    records "hidden(n: 2) -> 3\nhidden_later(n: 3) -> 4";
    mod inside {
        #![allow(unused_macros, non_camel_case_types)]
        use super::op;
        use ::std::primitive::u8 as byte;
        pub(super) struct Result;
        pub(super) struct Option;
        pub(super) struct Some;
        pub(super) struct None;
        pub(super) struct Ok;
        pub(super) struct Err;
        pub(super) struct Box;
        pub(super) struct String;
        pub(super) struct Vec;
        pub(super) struct Drop;
        pub(super) struct Send;
        pub(super) struct Fn;
        pub(super) struct u8;
        pub(super) struct str;
        mod core {}
        mod std {}
        mod alloc {}
        mod weave {}
        macro_rules! module_path { () => { compile_error!("not this") } }
        macro_rules! line { () => { compile_error!("not this") } }
        #[op]
        pub(super) fn hidden(n: byte) -> byte {
            n + 1
        }
        #[op]
        pub(super) async fn hidden_later(n: byte) -> byte {
            n + 1
        }
    }
    fn run() -> (u8, u8) {
        (inside::hidden(2), polls(inside::hidden_later(3)).1)
    }
}

same! { items_of_the_body_hide_nothing gives "(2, 3)"
    records r#"shadows(a: 1) -> 2
traits(a: 2) -> 3"#;
    #[op]
    fn shadows(a: u8) -> u8 {
        #![allow(non_upper_case_globals)]
        struct Probe;
        const __weave_call: u8 = 0;
        struct Run;
        fn start() {}
        a + 1
    }
    trait Capture {
        fn capture(&self) -> u8 {
            0
        }
        fn describe(&self) {}
        fn is_on(&self) {}
        fn start(&self) {}
        fn conclude(&self) {}
        fn input(&self) {}
    }
    impl<T: ?Sized> Capture for T {}
    #[op]
    fn traits(a: u8) -> u8 {
        a + 1
    }
    fn run() -> (u8, u8) {
        (shadows(1), traits(2))
    }
}

same! { made_by_a_macro gives "(2, 3, 12, 5, [6], 7)"
    records r#"by_block(n: 1) -> 2
by_item(n: 2) -> 3
alike(a: 1, a: 2) -> 12
by_expression(n: 4) -> 5
by_type(n: 6) -> [6]
sum(a: 3, b: 4) -> 7"#;
    macro_rules! functions {
        ($vis:vis $name:ident($arg:ident: $ty:ty) -> $ret:ty $body:block) => {
            #[op]
            $vis fn $name($arg: $ty) -> $ret $body
        };
    }
    functions!(pub(super) by_block(n: u8) -> u8 { n + 1 });
    functions!(by_type(n: u8) -> Vec<u8> { vec![n] });
    macro_rules! item {
        ($item:item) => {
            #[op]
            $item
        };
    }
    item! {
        /// Passed on as one.
        fn by_item(n: u8) -> u8 {
            n + 1
        }
    }
    macro_rules! alike {
        ($a:ident) => {
            #[op]
            fn alike(a: u8, $a: u8) -> u8 {
                a * 10 + $a
            }
        };
    }
    alike!(a);
    macro_rules! expression {
        ($name:ident, $f:expr) => {
            #[op]
            fn $name(n: u8) -> u8 {
                $f(n)
            }
        };
    }
    expression!(by_expression, |n: u8| n + 1);
    macro_rules! many {
        ($name:ident: $($arg:ident),*) => {
            #[op]
            fn $name($($arg: u8),*) -> u8 {
                0 $(+ $arg)*
            }
        };
    }
    many!(sum: a, b);
    fn run() -> impl Debug {
        (by_block(1), by_item(2), alike(1, 2), by_expression(4), by_type(6), sum(3, 4))
    }
}

same! { raw_and_foreign_letters gives "(1, 2, 3)"
    records r#"match(type: 1) -> 1
zählen(größe: 2) -> 2
self_like(this: 3) -> 3"#;
    #[op]
    fn r#match(r#type: u8) -> u8 {
        r#type
    }
    #[op]
    fn zählen(größe: u8) -> u8 {
        größe
    }
    #[op]
    fn self_like(this: u8) -> u8 {
        let r#async = this;
        r#async
    }
    fn run() -> impl Debug {
        (r#match(1), zählen(2), self_like(3))
    }
}
