//! The calls that are measured, by the name of the scenario.

mod turns;

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::{Stream, StreamExt};

#[inline(never)]
fn plain(city: &str, days: u32) -> String {
    black_box(days);
    black_box(city).to_owned()
}

#[weave::op]
#[inline(never)]
fn annotated(city: &str, days: u32) -> String {
    black_box(days);
    black_box(city).to_owned()
}

#[weave::op]
fn parent() {
    for _ in 0..10 {
        black_box(annotated("Rome", 3));
    }
}

async fn plain_async(polls: u32) -> u32 {
    for _ in 0..polls {
        YieldOnce(false).await;
    }
    polls
}

#[weave::op]
async fn annotated_async(polls: u32) -> u32 {
    for _ in 0..polls {
        YieldOnce(false).await;
    }
    polls
}

/// Pending once, then ready.
struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn plain_stream(items: u32) -> impl Stream<Item = u32> {
    futures::stream::iter(0..items)
}

#[weave::op(accumulate = off)]
fn annotated_stream(items: u32) -> impl Stream<Item = u32> {
    futures::stream::iter(0..items)
}

fn drain(stream: impl Stream<Item = u32>) -> u32 {
    drive(stream.fold(0, |sum, item| std::future::ready(sum + black_box(item))))
}

fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut task = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
    }
}

/// A sink that takes everything at once: what is measured is the caller's side.
struct Nowhere;

impl weave::Sink for Nowhere {
    fn name(&self) -> &str {
        "nowhere"
    }

    fn export(&mut self, _: &[weave::CallRecord]) -> Result<(), weave::Error> {
        Ok(())
    }
}

pub(crate) fn once(mode: &str) {
    match mode {
        "plain" => drop(black_box(plain(black_box("Rome"), black_box(3)))),
        "off" | "sync" | "unsampled" => drop(black_box(annotated(black_box("Rome"), black_box(3)))),
        "parent" => parent(),
        "plain-async-1" => drop(black_box(drive(plain_async(black_box(1))))),
        "plain-async-11" => drop(black_box(drive(plain_async(black_box(11))))),
        "async-1" => drop(black_box(drive(annotated_async(black_box(1))))),
        "async-11" => drop(black_box(drive(annotated_async(black_box(11))))),
        "plain-stream-1" => drop(black_box(drain(plain_stream(black_box(1))))),
        "plain-stream-11" => drop(black_box(drain(plain_stream(black_box(11))))),
        "stream-1" => drop(black_box(drain(annotated_stream(black_box(1))))),
        "stream-11" => drop(black_box(drain(annotated_stream(black_box(11))))),
        "turn-handles" => turns::by_handles(),
        "turn-annotated" => drop(black_box(turns::by_annotations(black_box("Weather in Rome?")))),
        other => panic!("{other:?} is no mode"),
    }
}

/// Starts a client for the scenarios that record.
fn init(mode: &str) -> Option<weave::Guard> {
    if mode.starts_with("plain") || mode == "off" {
        return None;
    }
    weave::builder("bench")
        .local(false)
        .sink(Nowhere)
        .queue_calls(10_000_000)
        .queue_bytes(1 << 32)
        .sample_rate(if mode == "unsampled" { 0.0 } else { 1.0 })
        // The collector comes when a batch is full, not in between.
        .flush_interval(Duration::from_secs(3600))
        .init()
        .ok()
}

/// Runs `count` calls, after enough of them to have everything in place.
pub(crate) fn run(count_calls: impl FnOnce(&str, u32)) {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let mode = arguments.first().map_or("sync", String::as_str);
    let count: u32 = arguments.get(1).and_then(|count| count.parse().ok()).unwrap_or(1);
    let _weave = init(mode);
    for _ in 0..64 {
        once(mode);
    }
    count_calls(mode, count);
}
