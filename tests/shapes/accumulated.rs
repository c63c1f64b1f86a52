//! `accumulate`: what a user's function makes of the items, or nothing.

use std::fmt::Debug;
use std::ops::ControlFlow;

use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use serde::Serialize;
use weave::testing::Recorder;

#[derive(Debug, Default, Serialize)]
struct Answer {
    text: String,
    done: bool,
}

impl Answer {
    fn add(&mut self, chunk: &&'static str) -> ControlFlow<()> {
        if *chunk == "." {
            self.done = true;
            return ControlFlow::Break(());
        }
        self.text.push_str(chunk);
        ControlFlow::Continue(())
    }
}

fn sum(sum: &mut u32, item: &u32) {
    assert!(*item != 7, "seven");
    *sum += item;
}

#[weave::llm(accumulate = Answer::add)]
fn ask(chunks: Vec<&'static str>) -> impl Stream<Item = Result<&'static str, String>> {
    stream::iter(chunks).map(|chunk| if chunk == "!" { Err("refused".to_owned()) } else { Ok(chunk) })
}

#[weave::op(accumulate = sum)]
fn numbers(n: u32) -> Box<dyn Iterator<Item = u32> + Send> {
    Box::new(0..n)
}

#[weave::op(accumulate = off)]
fn quiet(n: u32) -> BoxStream<'static, Result<u32, String>> {
    stream::iter(0..n).map(|n| if n == 2 { Err("two".to_owned()) } else { Ok(n) }).boxed()
}

fn show<T: Debug>(shown: &mut String, item: &T) {
    shown.push_str(&format!("{item:?} "));
}

fn show_results(shown: &mut String, item: &Result<u32, String>) {
    show(shown, item);
}

#[weave::op(accumulate = show)]
fn not_named(text: &str) -> impl Iterator<Item: Debug> {
    text.chars()
}

#[weave::op(accumulate = show_results)]
async fn not_all_named(n: u32) -> Option<impl Stream<Item = Result<impl Debug + use<>, String>>> {
    (n > 0).then(|| stream::iter(vec![Ok(n)]))
}

#[weave::op(skip_output)]
fn skipped(n: u32) -> impl Iterator<Item = u32> {
    0..n
}

fn outline<T>(body: impl FnOnce() -> T) -> String {
    let recorder = Recorder::new();
    recorder.run(|| drop(body()));
    recorder.tree().outline()
}

#[test]
fn a_function_makes_the_output() {
    assert_eq!(
        outline(|| block_on(ask(vec!["a", "b"]).count())),
        r#"llm ask(chunks: ["a","b"]) -> {"done":false,"text":"ab"}"#
    );
    assert_eq!(outline(|| numbers(4).sum::<u32>()), "numbers(n: 4) -> 6");
}

#[test]
fn items_that_are_errors_are_left_out_and_fail_the_call() {
    assert_eq!(
        outline(|| block_on(ask(vec!["a", "!"]).count())),
        r#"llm ask(chunks: ["a","!"]) -> {"done":false,"text":"a"} failed: refused"#
    );
}

#[test]
fn a_stream_that_was_complete_is_not_partial_although_it_is_dropped() {
    let taken = |n| outline(|| block_on(ask(vec!["a", ".", "b"]).take(n).count()));
    assert_eq!(taken(1), r#"llm ask(chunks: ["a",".","b"]) -> {"done":false,"text":"a"} partial"#);
    assert_eq!(taken(2), r#"llm ask(chunks: ["a",".","b"]) -> {"done":true,"text":"a"}"#);
}

#[test]
fn a_function_that_panics_costs_the_output_only() {
    assert_eq!(
        outline(|| assert_eq!(numbers(9).count(), 9)),
        r#"numbers(n: 9) -> {"weave.error":{"message":"the function given as `accumulate` panicked"}}"#
    );
}

#[test]
fn nothing_is_kept_when_it_is_off_but_errors_and_the_count() {
    assert_eq!(outline(|| block_on(quiet(4).count())), "quiet(n: 4) failed: two");
    assert_eq!(outline(|| skipped(4).count()), "skipped(n: 4)");
    let recorder = Recorder::new();
    recorder.run(|| block_on(quiet(4).count()));
    assert_eq!(recorder.calls()[0].summary()["item_count"], 4);
}

#[test]
fn items_without_a_name_are_accumulated_by_their_type() {
    let outline = outline(|| {
        not_named("ab").for_each(drop);
        block_on(async { not_all_named(1).await.unwrap().for_each(|_| async {}).await });
    });
    assert_eq!(outline, "not_named(text: \"ab\") -> \"'a' 'b' \"\nnot_all_named(n: 1) -> \"Ok(1) \"");
}
