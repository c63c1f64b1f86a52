//! Any nesting of scopes and calls against a model of what each call is part of.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use proptest::prelude::*;
use weave::testing::Recorder;

/// Code: a call or a scope, with what is inside.
#[derive(Clone, Debug)]
enum Code {
    Call(Vec<Code>),
    /// A call in a thread that the context is carried to.
    Carried(Vec<Code>),
    Thread(&'static str, Vec<Code>),
    NoThread(Vec<Code>),
    Disabled(Vec<Code>),
    Sampled(bool, Vec<Code>),
    Attribute(u8, Vec<Code>),
}

fn code() -> impl Strategy<Value = Vec<Code>> {
    let leaf = Just(vec![Code::Call(Vec::new())]);
    leaf.prop_recursive(5, 40, 3, |inner| {
        let inside = inner.clone();
        let one = prop_oneof![
            4 => inside.clone().prop_map(Code::Call),
            1 => inside.clone().prop_map(Code::Carried),
            2 => (prop_oneof![Just("a"), Just("b")], inside.clone()).prop_map(|(id, code)| Code::Thread(id, code)),
            1 => inside.clone().prop_map(Code::NoThread),
            1 => inside.clone().prop_map(Code::Disabled),
            1 => (any::<bool>(), inside.clone()).prop_map(|(sampled, code)| Code::Sampled(sampled, code)),
            1 => (any::<u8>(), inside).prop_map(|(value, code)| Code::Attribute(value, code)),
        ];
        prop::collection::vec(one, 1..4)
    })
}

/// What is expected of a call: the numbers of its parent and of its turn, its thread, its attribute.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Expected {
    parent: Option<u32>,
    thread: Option<&'static str>,
    turn: Option<u32>,
    attribute: Option<u8>,
}

#[derive(Clone, Copy, Default)]
struct Inside {
    parent: Option<u32>,
    unsampled: bool,
    thread: Option<&'static str>,
    turn: Option<u32>,
    attribute: Option<u8>,
    disabled: bool,
    sampled: Option<bool>,
}

/// Counts calls as they start, recorded or not.
#[derive(Default)]
struct Numbers(Cell<u32>);

impl Numbers {
    fn next(&self) -> u32 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}

fn expect(code: &[Code], inside: Inside, numbers: &Numbers, expected: &RefCell<HashMap<u32, Expected>>) {
    for code in code {
        match code {
            Code::Call(code) | Code::Carried(code) => {
                let number = numbers.next();
                let is_root = inside.parent.is_none() && !inside.unsampled;
                let mut below = inside;
                if !inside.disabled && is_root && inside.sampled == Some(false) {
                    below.unsampled = true;
                } else if !inside.disabled && !inside.unsampled {
                    below.parent = Some(number);
                    below.turn = inside.thread.map(|_| inside.turn.unwrap_or(number));
                    let Inside { thread, attribute, .. } = inside;
                    let call = Expected { parent: inside.parent, thread, turn: below.turn, attribute };
                    expected.borrow_mut().insert(number, call);
                }
                expect(code, below, numbers, expected);
            }
            Code::Thread(id, code) => {
                expect(code, Inside { thread: Some(id), turn: None, ..inside }, numbers, expected);
            }
            Code::NoThread(code) => expect(code, Inside { thread: None, turn: None, ..inside }, numbers, expected),
            Code::Disabled(code) => expect(code, Inside { disabled: true, ..inside }, numbers, expected),
            Code::Sampled(sampled, code) => {
                expect(code, Inside { sampled: Some(*sampled), ..inside }, numbers, expected);
            }
            Code::Attribute(value, code) => {
                expect(code, Inside { attribute: Some(*value), ..inside }, numbers, expected);
            }
        }
    }
}

#[weave::op]
fn call(number: u32, body: impl FnOnce()) {
    body();
}

fn run(code: &[Code], next: &(dyn Fn() -> u32 + Sync)) {
    for code in code {
        match code {
            Code::Call(code) => call(next(), || run(code, next)),
            Code::Carried(code) => {
                let carried = weave::bind(|| call(next(), || run(code, next)));
                std::thread::scope(|threads| threads.spawn(carried).join().unwrap());
            }
            Code::Thread(id, code) => weave::scope().thread(*id).run(|| run(code, next)),
            Code::NoThread(code) => weave::scope().no_thread().run(|| run(code, next)),
            Code::Disabled(code) => weave::scope().disabled().run(|| run(code, next)),
            Code::Sampled(sampled, code) => weave::scope().sampled(*sampled).run(|| run(code, next)),
            Code::Attribute(value, code) => weave::scope().attribute("a", value).run(|| run(code, next)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_call_is_part_of_what_is_around_it(code in code(), keeps_errors in any::<bool>()) {
        let expected = RefCell::default();
        expect(&code, Inside::default(), &Numbers::default(), &expected);

        let recorder = Recorder::with(weave::builder("test").keep_errors(keeps_errors)).unwrap();
        let count = std::sync::atomic::AtomicU32::new(0);
        recorder.run(|| run(&code, &|| count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1));

        let calls = recorder.calls();
        let numbers: HashMap<_, u32> = calls.iter().map(|call| (call.id(), call.input("number").unwrap())).collect();
        let found: HashMap<u32, Expected> = calls
            .iter()
            .map(|call| {
                let thread = call.thread_id().map(|id| if id == "a" { "a" } else { "b" });
                let attribute = call.attributes().get("a").map(|value| value.as_u64().unwrap() as u8);
                let parent = call.parent_id().map(|id| numbers[&id]);
                (numbers[&call.id()], Expected { parent, thread, turn: call.turn_id().map(|id| numbers[&id]), attribute })
            })
            .collect();
        prop_assert_eq!(found, expected.into_inner());
    }
}
