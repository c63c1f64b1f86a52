//! Which function a call ran: its identity, its version, its place and its source.

use weave::testing::Recorder;

mod shop {
    #[weave::op]
    pub(super) fn buy() {}

    #[derive(Debug)]
    pub(super) struct Cart<T>(pub(super) T);

    impl<T> Cart<T> {
        #[weave::op]
        pub(super) fn buy(&self) {
            #[weave::op]
            fn pay() {}
            pay();
        }

        #[weave::op]
        pub(super) async fn send(&self) {}
    }
}

mod bank {
    use super::shop::Cart;

    #[weave::op]
    pub(super) fn buy() {}

    pub(super) trait Pay {
        #[weave::op]
        fn pay(&self) {}

        fn refund(&self);
    }

    impl Pay for Cart<u8> {
        #[weave::op]
        fn refund(&self) {}
    }

    impl Pay for &Cart<u16> {
        #[weave::op]
        fn refund(&self) {}
    }

    impl Pay for Vec<Cart<u8>> {
        #[weave::op]
        fn refund(&self) {}
    }

    impl Cart<String> {
        #[weave::op]
        pub(crate) fn close(self) -> String {
            self.0
        }
    }

    impl dyn Pay {
        #[weave::op]
        pub(crate) fn check(&self) {}
    }
}

#[weave::op(name = "look: up")]
fn named() {}

macro_rules! runners {
    ($($name:ident: $body:expr),*) => {
        $(
            struct $name;

            impl $name {
                #[weave::op]
                fn run() -> u8 {
                    $body
                }
            }
        )*
    };
}

runners!(First: 1, Second: 1, Third: 3);

fn identities(body: impl FnOnce()) -> String {
    let recorder = Recorder::new();
    recorder.run(body);
    recorder.calls().iter().map(|call| call.op().identity().to_owned()).collect::<Vec<_>>().join(" ")
}

#[test]
fn functions_of_one_name_differ_by_their_module_or_type() {
    let recorded = identities(|| {
        shop::buy();
        bank::buy();
        shop::Cart(1).buy();
        First::run();
        Second::run();
    });
    assert_eq!(recorded, "shop.buy bank.buy Cart.buy Cart.buy.pay First.run Second.run");
}

#[test]
fn methods_are_named_by_their_type_wherever_the_impl_is_and_default_ones_by_the_trait() {
    use bank::Pay;

    let recorded = identities(|| {
        futures::executor::block_on(shop::Cart(1).send());
        shop::Cart(1_u8).pay();
        shop::Cart(1_u8).refund();
        (&shop::Cart(1_u16)).refund();
        vec![shop::Cart(1)].refund();
        shop::Cart(String::new()).close();
        let pays: &dyn Pay = &shop::Cart(1_u8);
        pays.check();
    });
    assert_eq!(
        recorded,
        "Cart.send Pay.pay Cart-u8.refund Cart-u16.refund Vec-Cart-u8.refund Cart-String.close Pay.check"
    );
}

#[test]
fn a_name_that_was_given_is_the_identity_and_that_of_a_call_by_hand() {
    let recorded = identities(|| {
        named();
        weave::start_call("my op/with: odd chars").finish(1);
    });
    assert_eq!(recorded, "look-up my-op-with-odd-chars");
}

#[test]
fn a_function_at_the_root_of_a_crate_is_named_by_the_crate() {
    // This file is a module of the crate `it`: what `main.rs` has of its own stands at its root.
    assert_eq!(identities(crate::at_the_root), "it.at_the_root");
}

#[test]
fn the_body_makes_the_digest_and_the_annotation_does_not() {
    mod plain {
        #[weave::op]
        pub(super) fn double(n: u8) -> u8 {
            n * 2
        }
    }
    mod moved {

        /// Doubles a number.
        #[weave::op(name = "twice", skip(n), kind = "math")]
        pub(super) fn double(n: u8, // Up to 127.
        ) -> u8 {
            // By hand.
            n * 2
        }
    }
    mod changed {
        #[weave::op]
        pub(super) fn double(n: u8) -> u8 {
            n * 3
        }
    }

    let recorder = Recorder::new();
    recorder.run(|| (plain::double(1), moved::double(1), changed::double(1)));
    let calls = recorder.calls();
    let digest = |at: usize| calls[at].op().digest().unwrap();
    assert_eq!(digest(0), digest(1));
    assert_ne!(digest(0), digest(2));
    assert!(digest(0).len() == 43 && digest(0).chars().all(|c| c.is_ascii_alphanumeric()), "{}", digest(0));
}

#[test]
fn what_a_macro_makes_of_other_parts_is_another_version() {
    let recorder = Recorder::new();
    recorder.run(|| (First::run(), Second::run(), Third::run()));
    let calls = recorder.calls();
    let digest = |at: usize| calls[at].op().digest().unwrap();
    assert_eq!(digest(0), digest(1));
    assert_ne!(digest(1), digest(2));
}

#[test]
fn an_op_knows_its_place_and_a_call_by_hand_has_none() {
    let recorder = Recorder::new();
    recorder.run(|| {
        shop::buy();
        weave::start_call("by hand").finish(1);
    });
    let calls = recorder.calls();
    let op = calls[0].op();
    assert_eq!((op.name(), op.kind(), op.module()), ("buy", weave::Kind::Op, Some("it::versions::shop")));
    assert!(op.file().unwrap().ends_with("versions.rs"));
    assert_eq!(op.line(), Some(7));
    let op = calls[1].op();
    assert_eq!((op.digest(), op.module(), op.file(), op.line(), op.source()), (None, None, None, None, None));
}

/// The source of a function has its comments, which nothing else that is compiled has: so one is looked for in this very
/// program, also when that is built with `CARGO_PROFILE_DEV_DEBUG_ASSERTIONS=false`.
#[test]
fn source_text_is_in_builds_for_debugging_or_where_it_is_asked_for() {
    #[weave::op]
    fn told(n: u8) -> u8 {
        // a sentinel among comments: 5b1f0c
        n
    }

    let recorder = Recorder::new();
    recorder.run(|| told(1));
    let calls = recorder.calls();
    // In halves, and not by `format!`, which would join them when it is compiled.
    let sentinel = ["a sentinel among", "comments: 5b1f0c"].join(" ");
    let is_kept = cfg!(debug_assertions) || cfg!(feature = "capture-code");
    let source = calls[0].op().source();
    assert_eq!(source.is_some(), is_kept);
    assert!(source.is_none_or(|text| text.starts_with("fn told(n: u8) -> u8 {\n") && text.contains(&sentinel)));
    let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert_eq!(program.windows(sentinel.len()).any(|bytes| bytes == sentinel.as_bytes()), is_kept);
}
