//! The ways in which a stream's call ends: once, whatever happens.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;

use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use weave::testing::Recorder;
use weave::{CallRecord, Status};

#[weave::op]
fn inner(n: u32) -> u32 {
    n
}

#[weave::op]
fn numbers(n: u32) -> impl Stream<Item = u32> + Send {
    stream::iter(0..n).map(|n| if n == 3 { panic!("three") } else { inner(n) })
}

struct CleansUp;

impl Drop for CleansUp {
    fn drop(&mut self) {
        inner(99);
    }
}

#[weave::op]
fn cleaning(n: u32) -> BoxStream<'static, u32> {
    let guard = CleansUp;
    stream::iter(0..n)
        .map(move |n| {
            let _guard = &guard;
            n
        })
        .boxed()
}

#[weave::llm]
fn chunks(n: u32) -> impl Stream<Item = u32> {
    stream::iter(0..n)
}

fn root(recorder: &Recorder) -> CallRecord {
    recorder.calls().into_iter().find(|call| call.parent_id().is_none()).unwrap()
}

#[test]
fn a_stream_is_open_until_it_ends() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let mut stream = pin!(numbers(2));
        block_on(stream.next());
        assert_eq!(root(&recorder).status(), Status::Running);
        assert_eq!(block_on(stream.next()), Some(1));
        assert_eq!(block_on(stream.next()), None);
        assert_eq!(root(&recorder).status(), Status::Success);
        assert!(!root(&recorder).is_partial());
    });
}

#[test]
fn dropped_before_its_end_it_is_a_partial_success() {
    let recorder = Recorder::new();
    recorder.run(|| block_on(Box::pin(numbers(3)).next()));
    assert_eq!(recorder.tree().outline(), "numbers(n: 3) -> [0] partial\n└─ inner(n: 0) -> 0");
}

#[test]
fn never_polled_it_is_a_partial_success_without_items() {
    let recorder = Recorder::new();
    recorder.run(|| drop(numbers(3)));
    assert_eq!(recorder.tree().outline(), "numbers(n: 3) -> [] partial");
}

#[test]
fn a_panic_goes_on_and_ends_it_with_what_there_was() {
    let recorder = Recorder::new();
    let panic = recorder.run(|| catch_unwind(AssertUnwindSafe(|| block_on(numbers(9).collect::<Vec<_>>()))));
    assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"three"));
    let call = root(&recorder);
    assert_eq!((call.status(), call.output_json()), (Status::Error, Some("[0,1,2]")));
    assert_eq!(call.error().unwrap().message, "three");
}

#[test]
fn cleaning_up_is_part_of_the_call() {
    let recorder = Recorder::new();
    recorder.run(|| drop(cleaning(1)));
    assert_eq!(recorder.tree().outline(), "cleaning(n: 1) -> [] partial\n└─ inner(n: 99) -> 99");
}

#[test]
fn on_another_thread_or_task_it_keeps_its_place() {
    let recorder = Recorder::new();
    let stream = recorder.run(|| numbers(1));
    std::thread::spawn(|| block_on(stream.collect::<Vec<_>>())).join().unwrap();
    assert_eq!(recorder.tree().outline(), "numbers(n: 1) -> [0]\n└─ inner(n: 0) -> 0");
}

#[test]
fn between_its_polls_it_is_not_current() {
    let recorder = Recorder::new();
    recorder.run(|| {
        block_on(async {
            let mut stream = pin!(numbers(2));
            while stream.next().await.is_some() {
                inner(7);
            }
        });
    });
    let outline = recorder.tree().outline();
    assert!(outline.starts_with("numbers(n: 2) -> [0,1]\n├─ inner(n: 0) -> 0\n└─ inner(n: 1) -> 1\n"), "{outline}");
    assert_eq!(recorder.tree().roots().count(), 3);
}

#[test]
fn the_number_of_items_and_the_time_to_the_first_are_recorded() {
    let recorder = Recorder::new();
    recorder.run(|| block_on(chunks(3).count()));
    let call = root(&recorder);
    assert_eq!(call.summary()["item_count"], 3);
    let millis = call.summary()["time_to_first_item_ms"].as_f64().unwrap();
    assert!(millis > 0.0);
    assert_eq!(call.llm().unwrap().time_to_first_chunk.unwrap().as_secs_f64(), millis / 1e3);
}

#[test]
fn a_list_is_bounded_and_its_count_exact() {
    let recorder = Recorder::new();
    recorder.run(|| block_on(chunks(30_000).count()));
    let call = root(&recorder);
    assert_eq!(call.summary()["item_count"], 30_000);
    assert!(call.output_json().unwrap().ends_with(r#",9999,{"weave.cut":{"length":30000}}]"#));
}

#[test]
fn a_list_is_bounded_in_bytes() {
    #[weave::op]
    fn pages(n: usize) -> impl Stream<Item = String> {
        stream::iter(0..n).map(|_| "x".repeat(1 << 10))
    }
    let recorder = Recorder::new();
    recorder.run(|| block_on(pages(3_000).count()));
    let call = root(&recorder);
    let output = call.output_json().unwrap();
    assert!(output.len() < 1_100_000, "{}", output.len());
    assert!(output.ends_with(r#"{"weave.cut":{"length":3000}}]"#));
}
