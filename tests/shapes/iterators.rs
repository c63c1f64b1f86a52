//! Functions that return iterators: the call ends with the iterator, and is current during each step.

use std::panic::{AssertUnwindSafe, catch_unwind};

use weave::Status;
use weave::testing::Recorder;

#[weave::op]
fn square(n: u32) -> u32 {
    n * n
}

#[weave::op]
fn squares(n: u32) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator {
    (0..n).map(square)
}

#[weave::op]
fn boxed<'a, T: Clone + std::fmt::Debug>(items: &'a [T]) -> Box<dyn Iterator<Item = T> + 'a> {
    Box::new(items.iter().cloned())
}

#[weave::op]
fn lines(text: &str) -> Result<impl Iterator<Item = Result<u8, std::num::ParseIntError>>, String> {
    if text.is_empty() { Err("no lines".to_owned()) } else { Ok(text.lines().map(str::parse)) }
}

#[weave::op]
fn countdown(n: u8) -> Option<Box<dyn Iterator<Item = u8> + Send>> {
    (n > 0).then(|| Box::new((0..n).rev()) as Box<dyn Iterator<Item = u8> + Send>)
}

#[weave::op]
fn panicking() -> impl Iterator<Item = u8> {
    (0..3).map(|n| if n == 1 { panic!("one") } else { n })
}

#[weave::op]
fn concrete(n: u8) -> std::vec::IntoIter<u8> {
    vec![n].into_iter()
}

#[weave::op]
fn range(n: u8) -> std::ops::Range<u8> {
    0..n
}

fn outline(body: impl FnOnce()) -> String {
    let recorder = Recorder::new();
    recorder.run(body);
    recorder.tree().outline()
}

#[test]
fn an_iterator_is_followed_to_its_end() {
    let both = "squares(n: 2) -> [0,1]\n├─ square(n: 0) -> 0\n└─ square(n: 1) -> 1";
    assert_eq!(outline(|| squares(2).for_each(drop)), both);
    assert_eq!(outline(|| boxed(&[1, 2]).for_each(drop)), r#"boxed(items: "[1, 2]") -> ["1","2"]"#);
    assert_eq!(outline(|| countdown(2).unwrap().for_each(drop)), "countdown(n: 2) -> [1,0]");
}

#[test]
fn both_ends_and_the_length_are_kept() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let mut squares = squares(4);
        assert_eq!((squares.len(), squares.size_hint()), (4, (4, Some(4))));
        assert_eq!((squares.next_back(), squares.next(), squares.len()), (Some(9), Some(0), 2));
    });
    assert_eq!(recorder.tree().outline(), "squares(n: 4) -> [9,0] partial\n├─ square(n: 3) -> 9\n└─ square(n: 0) -> 0");
}

#[test]
fn what_is_passed_over_is_left_to_the_iterator_and_not_recorded() {
    #[weave::op]
    fn numbers() -> impl DoubleEndedIterator<Item = u64> {
        0..=u64::MAX
    }
    let recorder = Recorder::new();
    recorder.run(|| {
        let mut numbers = numbers();
        assert_eq!((numbers.nth(1 << 60), numbers.nth_back(1 << 60)), (Some(1 << 60), Some(u64::MAX - (1 << 60))));
    });
    assert_eq!(recorder.tree().outline(), "numbers() -> [1152921504606846976,17293822569102704639] partial");
}

#[test]
fn dropped_early_or_never_asked_it_is_partial() {
    assert_eq!(outline(|| drop(squares(3))), "squares(n: 3) -> [] partial");
    assert_eq!(outline(|| assert_eq!(countdown(3).unwrap().next(), Some(2))), "countdown(n: 3) -> [2] partial");
}

#[test]
fn an_err_item_fails_the_call_and_the_iterator_goes_on() {
    let recorder = Recorder::new();
    let parsed = recorder.run(|| lines("1\nx\n3").unwrap().flatten().collect::<Vec<_>>());
    assert_eq!(parsed, [1, 3]);
    assert_eq!(recorder.tree().outline(), "lines(text: \"1\\nx\\n3\") -> [1,3] failed: invalid digit found in string");
    assert_eq!(outline(|| drop(lines(""))), "lines(text: \"\") failed: no lines");
    assert_eq!(outline(|| drop(countdown(0))), "countdown(n: 0)");
}

#[test]
fn a_panic_goes_on() {
    let recorder = Recorder::new();
    let panic = recorder.run(|| catch_unwind(AssertUnwindSafe(|| panicking().for_each(drop))));
    assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"one"));
    assert_eq!((recorder.calls()[0].status(), recorder.calls()[0].output_json()), (Status::Error, Some("[0]")));
}

#[test]
fn a_concrete_iterator_is_a_placeholder_and_a_range_a_value() {
    assert_eq!(outline(|| concrete(1).for_each(drop)), "concrete(n: 1) -> \"<alloc::vec::into_iter::IntoIter<u8>>\"");
    assert_eq!(outline(|| range(2).for_each(drop)), r#"range(n: 2) -> {"end":2,"start":0}"#);
}

#[test]
fn an_iterator_moved_to_a_thread_keeps_its_place() {
    let recorder = Recorder::new();
    let items = recorder.run(|| countdown(2).unwrap().map(u32::from).map(square));
    std::thread::spawn(|| items.for_each(drop)).join().unwrap();
    assert_eq!(recorder.tree().outline(), "countdown(n: 2) -> [1,0]");
}
