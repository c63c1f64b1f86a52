//! How a call ends: success, error, panic, whatever the type that says so.

use std::fmt;
use std::panic::catch_unwind;

use weave::Status;
use weave::testing::Recorder;

fn outline(body: impl FnOnce()) -> String {
    let recorder = Recorder::new();
    recorder.run(body);
    recorder.tree().outline()
}

#[test]
fn ok_records_the_value_and_err_the_error() {
    #[weave::op]
    fn half(n: u32) -> Result<u32, String> {
        if n.is_multiple_of(2) { Ok(n / 2) } else { Err(format!("{n} is odd")) }
    }
    assert_eq!(outline(|| _ = (half(4), half(3))), "half(n: 4) -> 2\nhalf(n: 3) failed: 3 is odd");
}

#[test]
fn a_question_mark_and_an_early_return_end_the_call() {
    #[weave::op]
    fn parse(text: &str) -> Result<i32, std::num::ParseIntError> {
        if text.is_empty() {
            return Ok(0);
        }
        let n: i32 = text.parse()?;
        Ok(n)
    }
    let expected = "\
parse(text: \"\") -> 0
parse(text: \"7\") -> 7
parse(text: \"x\") failed: invalid digit found in string";
    assert_eq!(outline(|| _ = ["", "7", "x"].map(parse)), expected);
}

#[test]
fn an_alias_of_result_is_seen_through() {
    #[weave::op]
    fn open(path: &str) -> std::io::Result<()> {
        Err(std::io::Error::other(format!("no {path}")))
    }
    assert_eq!(outline(|| _ = open("x")), r#"open(path: "x") failed: no x"#);
}

#[test]
fn an_option_of_a_result_is_an_error_only_when_there_is_one() {
    #[weave::op]
    fn next(n: u8) -> Option<Result<u8, &'static str>> {
        match n {
            0 => None,
            1 => Some(Ok(1)),
            _ => Some(Err("many")),
        }
    }
    let recorder = Recorder::new();
    recorder.run(|| [0, 1, 2].map(next));
    assert_eq!(recorder.tree().outline(), "next(n: 0)\nnext(n: 1) -> 1\nnext(n: 2) failed: many");
    let outputs: Vec<_> = recorder.calls().iter().map(|call| call.output::<Option<u8>>().ok()).collect();
    assert_eq!(outputs, [Some(None), Some(Some(1)), None]);
}

#[test]
fn none_is_a_success() {
    #[weave::op]
    fn find(n: u8) -> Option<u8> {
        (n > 0).then_some(n)
    }
    assert_eq!(outline(|| _ = [0, 1].map(find)), "find(n: 0)\nfind(n: 1) -> 1");
}

#[test]
fn an_error_is_recorded_although_the_value_beside_it_cannot_be() {
    struct Opaque;
    #[weave::op]
    fn make(fail: bool) -> Result<Opaque, String> {
        if fail { Err("failed".to_owned()) } else { Ok(Opaque) }
    }
    let recorder = Recorder::new();
    let _ = recorder.run(|| (make(true), make(false)));
    let calls = recorder.calls();
    assert_eq!(calls[0].error().unwrap().message, "failed");
    let output = calls[1].output::<String>().unwrap();
    assert!(output.starts_with("<it::outcomes::") && output.ends_with("::Opaque>"), "{output}");
}

#[test]
fn an_error_is_its_type_and_what_it_displays() {
    #[derive(Debug)]
    struct Timeout(u32);
    impl fmt::Display for Timeout {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "timed out after {} s", self.0)
        }
    }
    #[derive(Debug)]
    #[allow(dead_code, reason = "read by Debug")]
    struct Undisplayed(u8);
    struct Mute;

    #[weave::op]
    fn displayed() -> Result<(), Timeout> {
        Err(Timeout(3))
    }
    #[weave::op]
    fn debugged() -> Result<(), Undisplayed> {
        Err(Undisplayed(1))
    }
    #[weave::op]
    fn mute() -> Result<(), Mute> {
        Err(Mute)
    }
    let recorder = Recorder::new();
    let _ = recorder.run(|| (displayed(), debugged(), mute()));
    let errors: Vec<_> = recorder.calls().iter().map(|call| call.error().unwrap().clone()).collect();
    assert!(errors[0].kind.ends_with("::Timeout"), "{}", errors[0].kind);
    assert_eq!(errors[0].message, "timed out after 3 s");
    assert_eq!(errors[1].message, "Undisplayed(1)");
    assert!(errors[2].message.ends_with("::Mute>"), "{}", errors[2].message);
}

#[test]
fn a_failed_call_has_no_output() {
    #[weave::op]
    fn fail() -> Result<u8, &'static str> {
        Err("no")
    }
    let recorder = Recorder::new();
    let _ = recorder.run(fail);
    let calls = recorder.calls();
    assert_eq!((calls[0].status(), calls[0].output_json()), (Status::Error, None));
    assert!(calls[0].output::<u8>().unwrap_err().is_not_found());
}

#[test]
fn a_panic_is_recorded_at_every_level_that_it_passes() {
    #[weave::op]
    fn outer() {
        let _ = catch_unwind(middle);
    }
    #[weave::op]
    fn middle() {
        inner(3);
    }
    #[weave::op]
    fn inner(n: u8) {
        assert_eq!(n % 2, 0, "n is odd");
    }
    let expected = "\
outer()
└─ middle() panicked: assertion `left == right` failed: n is odd\\n  left: 1\\n right: 0
   └─ inner(n: 3) panicked: assertion `left == right` failed: n is odd\\n  left: 1\\n right: 0";
    assert_eq!(outline(outer), expected);
}

#[test]
fn a_panic_in_an_async_function_is_recorded_and_goes_on() {
    #[weave::op]
    async fn explode(n: u8) {
        tokio::task::yield_now().await;
        panic!("boom {n}")
    }
    let recorder = Recorder::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let joined = runtime.block_on(async { tokio::spawn(recorder.wrap(explode(1))).await });
    assert_eq!(*joined.unwrap_err().into_panic().downcast::<String>().unwrap(), "boom 1");
    assert_eq!(recorder.tree().outline(), "explode(n: 1) panicked: boom 1");
}

#[test]
fn a_guarded_function_that_panics_counts_as_failed() {
    #[weave::op]
    #[track_caller]
    fn tracked(fail: bool) {
        assert!(!fail);
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        tracked(false);
        assert!(catch_unwind(|| tracked(true)).is_err());
    });
    assert_eq!(recorder.tree().outline(), "tracked(fail: false)\ntracked(fail: true) panicked: the thread panicked");
}

#[test]
fn a_call_that_succeeds_while_the_thread_unwinds_is_a_success() {
    #[weave::op]
    #[track_caller]
    fn clean_up() {}
    #[weave::op]
    fn log(n: u8) -> u8 {
        n
    }
    struct Cleaner;
    impl Drop for Cleaner {
        fn drop(&mut self) {
            clean_up();
            log(1);
            weave::start_call("manual").run(|| 2);
            drop(weave::start_call("dropped"));
        }
    }
    #[weave::op]
    fn fail() {
        let _cleaner = Cleaner;
        panic!("unwind")
    }
    let expected = "\
fail() panicked: unwind
├─ clean_up()
├─ log(n: 1) -> 1
├─ manual() -> 2
└─ dropped()";
    assert_eq!(outline(|| _ = catch_unwind(fail)), expected);
}

#[test]
fn a_call_takes_time_and_knows_its_ids() {
    #[weave::op]
    fn outer() {
        inner();
    }
    #[weave::op]
    fn inner() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let recorder = Recorder::new();
    recorder.run(outer);
    let calls = recorder.calls();
    let [outer, inner] = &calls[..] else { panic!("{} calls", calls.len()) };
    assert_eq!((outer.parent_id(), inner.parent_id()), (None, Some(outer.id())));
    assert_eq!((outer.op_parent_id(), inner.op_parent_id()), (None, Some(outer.id())));
    assert_eq!(outer.trace_id(), inner.trace_id());
    assert_ne!(outer.id(), inner.id());
    let (above, below) = (outer.duration().unwrap(), inner.duration().unwrap());
    assert!(below >= std::time::Duration::from_millis(5) && above >= below, "{above:?} {below:?}");
    assert!(outer.started_at() <= inner.started_at() && inner.ended_at() <= outer.ended_at());
}

#[test]
fn a_call_is_seen_while_it_runs() {
    let recorder = Recorder::new();
    #[weave::op]
    fn watched(recorder: &Recorder) -> String {
        recorder.tree().outline()
    }
    let inside = recorder.run(|| watched(&recorder));
    assert!(inside.starts_with("watched(recorder: ") && inside.ends_with(") running"), "{inside}");
    assert_eq!(recorder.calls().len(), 1);
    assert_eq!(recorder.calls()[0].status(), Status::Success);
}
