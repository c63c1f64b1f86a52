//! `store SHAPE RATE SECONDS [THREADS]` records calls into a store of its own, so many a second (0: as many as it can), and
//! prints how many arrived and what they cost. `scripts/measure-store` runs it.

#![expect(clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "it is a program, and its user reads why")]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// A thread that keeps to a rate makes a burst of calls each so often.
const BEAT: Duration = Duration::from_millis(1);

#[weave::op]
fn leaf(city: &str, days: u32) -> String {
    black_box(days);
    city.to_owned()
}

#[weave::op]
fn branch(city: &str) -> usize {
    (0..9).map(|days| leaf(city, days).len()).sum()
}

/// What is called, and how many calls that makes.
#[derive(Clone, Copy)]
struct Shape {
    run: fn(),
    calls: u32,
}

fn shape(name: &str) -> Shape {
    match name {
        "roots" => Shape { run: || _ = black_box(leaf("Rome", 3)), calls: 1 },
        "trees" => Shape { run: || _ = black_box(branch("Rome")), calls: 10 },
        other => panic!("{other:?} is not a shape: expected roots or trees"),
    }
}

/// Makes calls until the time is over; how many it made and, where the system tells, the processor time that took.
fn record(shape: Shape, rate: u32, time: Duration) -> (u64, Option<Duration>) {
    let (begun, mut made, mut beats) = (Instant::now(), 0, 0);
    while begun.elapsed() < time {
        let due = if rate == 0 { 1_000.0 } else { (BEAT * (beats + 1)).as_secs_f64() * f64::from(rate) - made as f64 };
        for _ in 0..(due / f64::from(shape.calls)) as u32 {
            (shape.run)();
            made += u64::from(shape.calls);
        }
        beats += 1;
        if rate > 0 {
            std::thread::sleep((BEAT * beats).saturating_sub(begun.elapsed()));
        }
    }
    (made, processor_time(Path::new("/proc/thread-self")))
}

/// The processor time of a thread, on Linux.
fn processor_time(thread: &Path) -> Option<Duration> {
    let line = fs::read_to_string(thread.join("schedstat")).ok()?;
    line.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The processor time of our own threads, with their names.
fn background() -> Vec<(String, Duration)> {
    let Ok(threads) = fs::read_dir("/proc/self/task") else { return Vec::new() };
    let mut found: Vec<_> = threads
        .flatten()
        .filter_map(|thread| {
            Some((fs::read_to_string(thread.path().join("comm")).ok()?, processor_time(&thread.path())?))
        })
        .filter(|(name, _)| name.starts_with("weave"))
        .collect();
    found.sort();
    found
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |at: usize, default| arguments.get(at).map_or(default, |text| text.parse().unwrap());
    let name = arguments.first().map_or("trees", String::as_str);
    let (shape, rate, seconds, threads) = (shape(name), number(1, 10_000), number(2, 1), number(3, 2));
    let dir = tempfile::tempdir().unwrap();
    let guard = weave::builder("bench").dir(dir.path()).print_call_link(false).init().unwrap();

    let begun = Instant::now();
    let work = || record(shape, rate / threads, Duration::from_secs(seconds.into()));
    let done: Vec<(u64, Option<Duration>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (recorded, waiting) = (begun.elapsed(), weave::health().sinks[0].pending);
    let report = weave::flush();
    let all = begun.elapsed();

    let made: u64 = done.iter().map(|(made, _)| made).sum();
    let (sent, lost) = (report.sinks[0].sent, report.dropped + report.sinks[0].dropped);
    let per_second = |calls: u64, time: Duration| calls as f64 / time.as_secs_f64();
    let per_call = |time: Duration, calls: u64| time.as_nanos() as f64 / calls.max(1) as f64;
    println!("{name}: {:.0} calls/s made, {:.0} calls/s stored", per_second(made, recorded), per_second(sent, all));
    println!("  {lost} dropped, {waiting} waiting when the last was made");
    if let Some(callers) = done.iter().map(|(_, time)| *time).sum::<Option<Duration>>() {
        println!("  {:6.0} ns per call on the callers' threads", per_call(callers, made));
    }
    for (thread, time) in background() {
        println!("  {:6.0} ns per call on the thread {}", per_call(time, sent), thread.trim_end());
    }
    let size: u64 = fs::read_dir(dir.path()).unwrap().flatten().map(|file| file.metadata().unwrap().len()).sum();
    println!("  {} bytes per call on disk", size / sent.max(1));
    drop(guard);
}
