//! Ops where little is left to stand on: in destructors, while unwinding, at the end of a thread, very deep.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::catch_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};

use weave::testing::Recorder;

#[weave::op]
fn note(text: &str) -> usize {
    text.len()
}

struct Noting(&'static str);

impl Drop for Noting {
    fn drop(&mut self) {
        note(self.0);
    }
}

#[test]
fn an_op_in_a_destructor_is_below_the_call_in_which_it_runs() {
    #[weave::op]
    fn work() {
        let _first = Noting("last");
        let _second = Noting("first");
    }
    let recorder = Recorder::new();
    recorder.run(work);
    assert_eq!(recorder.tree().outline(), "work()\n├─ note(text: \"first\") -> 5\n└─ note(text: \"last\") -> 4");
}

#[test]
fn an_op_in_a_destructor_runs_while_the_thread_unwinds() {
    #[weave::op]
    fn work(argument: Noting) {
        let _local = Noting("local");
        let _argument = argument;
        panic!("out")
    }
    let recorder = Recorder::new();
    let caught = recorder.run(|| catch_unwind(|| work(Noting("argument"))));
    assert!(caught.is_err());
    let expected = "\
work(argument: \"<Noting>\") panicked: out
├─ note(text: \"argument\") -> 8
└─ note(text: \"local\") -> 5";
    assert_eq!(recorder.tree().outline().replace("it::destructors::", ""), expected);
}

#[test]
fn an_async_op_in_a_destructor_can_be_driven_to_its_end() {
    #[weave::op]
    async fn close(n: u8) -> u8 {
        n
    }
    struct Closing;
    impl Drop for Closing {
        fn drop(&mut self) {
            futures::executor::block_on(close(1));
        }
    }
    let recorder = Recorder::new();
    recorder.run(|| drop(Closing));
    assert_eq!(recorder.tree().outline(), "close(n: 1) -> 1");
}

/// Runs its closure when the thread ends.
struct AtEnd(Box<dyn Fn()>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        (self.0)();
    }
}

thread_local! {
    static EARLY: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
    static LATE: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
}

/// All that a thread can do with the library.
fn use_everything(context: &weave::Context) -> u32 {
    context.run(|| {
        note("at the end");
        weave::start_call("manual").input("a", 1).run(|| note("inside"));
        weave::scope().attribute("a", 1).run(|| note("scoped"));
        weave::call(|| note("called"));
        weave::current_call().set_attribute("a", 1);
        weave::bind(|| note("bound"))();
        // An executor would have thread-locals of its own.
        let future = pin!(weave::start_call("future").wrap(async { 1 }));
        assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_ready());
        assert!(catch_unwind(|| weave::start_call("panics").run(|| -> u8 { panic!("at the end") })).is_err());
        1
    })
}

#[test]
fn thread_locals_that_end_before_ours_are_recorded_and_those_after_do_no_harm() {
    let recorder = Recorder::new();
    let context = recorder.run(weave::Context::current);
    let ran = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&ran);
    let thread = std::thread::spawn(move || {
        let at_end = || {
            let (context, ran) = (context.clone(), Arc::clone(&counted));
            Some(AtEnd(Box::new(move || _ = ran.fetch_add(use_everything(&context), Ordering::Relaxed))))
        };
        // Thread-locals end in the opposite order of their first use.
        EARLY.set(at_end());
        context.run(|| note("alive"));
        LATE.set(at_end());
    });
    thread.join().unwrap();
    assert_eq!(ran.load(Ordering::Relaxed), 2);
    let names: Vec<_> = recorder.calls().iter().map(|call| call.op_name().to_owned()).collect();
    assert_eq!(names[..3], ["note", "note", "manual"]);
    assert_eq!(names.len(), 1 + 8);
}

#[test]
fn a_thread_whose_first_op_runs_in_a_destructor_ends_as_it_would_have() {
    let recorder = Recorder::new();
    let context = recorder.run(weave::Context::current);
    let ran = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&ran);
    std::thread::spawn(move || {
        EARLY.set(Some(AtEnd(Box::new(move || {
            note("outside");
            counted.fetch_add(use_everything(&context), Ordering::Relaxed);
        }))));
    })
    .join()
    .unwrap();
    assert_eq!(ran.load(Ordering::Relaxed), 1);
    assert_eq!(recorder.calls().len(), 8);
}

const NESTED: u32 = 70_000;

#[weave::op]
fn descend(left: u32) {
    if left > 1 {
        descend(left - 1);
    } else {
        weave::scope().run(|| note("bottom"));
        weave::current_call().set_attribute("deep", true);
    }
}

#[test]
fn seventy_thousand_nested_calls_are_recorded_each_below_its_parent() {
    let recorder = Arc::new(Recorder::new());
    let theirs = Arc::clone(&recorder);
    std::thread::Builder::new()
        .stack_size(2 << 30)
        .spawn(move || {
            theirs.run(|| descend(NESTED));
            theirs.run(|| note("after"));
        })
        .unwrap()
        .join()
        .unwrap();
    let calls = recorder.calls();
    assert_eq!(calls.len(), NESTED as usize + 2);
    let by_left: HashMap<u32, _> =
        calls.iter().filter_map(|call| Some((call.input::<u32>("left").ok()?, call))).collect();
    for left in 1..NESTED {
        assert_eq!(by_left[&left].parent_id(), Some(by_left[&(left + 1)].id()), "at {left}");
        assert_eq!(by_left[&left].trace_id(), by_left[&NESTED].trace_id());
    }
    assert_eq!(by_left[&NESTED].parent_id(), None);
    assert_eq!(by_left[&1].span_attributes()["deep"], true);
    let notes: Vec<_> =
        calls.iter().filter(|call| call.op_name() == "note").map(weave::CallRecord::parent_id).collect();
    assert_eq!(notes, [Some(by_left[&1].id()), None]);
}
