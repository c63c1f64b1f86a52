//! Eight threads record while their backend is killed, held and started again at random. Then every call has to be there.
//!
//! ```text
//! soak [otlp|weave] [SECONDS] [SEED]
//! ```
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on fails, and a table is printed")]

use std::collections::HashSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use fastrand::Rng;
use oracle::{Backend, Made, Table, destination, make_calls, peak_memory, serve};
use weave::{Guard, SinkReport};

const THREADS: usize = 8;

/// More than this no caller may wait for us, in 999 of 1,000 calls.
const LONGEST_WAIT: Duration = Duration::from_millis(1);

/// In MiB: the queues of the pipeline and of the destination, what is in flight, and the program with its list of ids.
const MOST_MEMORY: u64 = 256;

/// So long the backend has for what is left, once it is up for good.
const PATIENCE: Duration = Duration::from_secs(180);

fn main() -> ExitCode {
    serve();
    let mut arguments = env::args().skip(1);
    let to = arguments.next().unwrap_or_else(|| "weave".to_owned());
    let seconds = arguments.next().map_or(60, |seconds| seconds.parse().unwrap());
    let seed = arguments.next().map_or_else(|| fastrand::u64(..1000), |seed| seed.parse().unwrap());
    println!("soak: to {to}, {seconds} s, seed {seed}");

    let dir = tempfile::tempdir().unwrap();
    let table = soak(&to, Duration::from_secs(seconds), Rng::with_seed(seed), dir.path());
    println!("\n{table}");
    if table.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn soak(to: &str, time: Duration, rng: Rng, dir: &Path) -> Table {
    let mut backend = Backend::new(dir);
    backend.start();
    let weave = destination(to, &backend.url(), &dir.join("store")).init().unwrap();
    let goes_on = AtomicBool::new(true);
    let mut made = Made::default();
    let faults = thread::scope(|scope| {
        let goes_on = &goes_on;
        let threads: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(|| make_calls(None, || goes_on.load(Ordering::Relaxed)))).collect();
        let faults = Faults::inflict(&mut backend, time, rng);
        goes_on.store(false, Ordering::Relaxed);
        for thread in threads {
            made.append(thread.join().unwrap());
        }
        faults
    });
    let at_the_end = remote(&weave);
    let began = Instant::now();
    let left = loop {
        let _ = weave.flush();
        let left = remote(&weave);
        if left.pending + left.spilled == 0 || began.elapsed() > PATIENCE {
            break left;
        }
    };
    let drained = began.elapsed();
    let lost_by_pipeline = weave.shutdown().dropped;

    let mut table = Table::default();
    table.tell("faults", faults.0);
    table.tell("waiting when they ended", format!("{} in memory, {} on disk", at_the_end.pending, at_the_end.spilled));
    table.tell("until that was delivered", format!("{:.2} s", drained.as_secs_f64()));
    of_calls(&mut table, &made, &backend.taken(), &left, lost_by_pipeline);
    of_callers(&mut table, &mut made);
    table
}

fn of_calls(table: &mut Table, made: &Made, taken: &[u64], report: &SinkReport, lost_by_pipeline: u64) {
    let all = made.ids.len() + made.children;
    let once: HashSet<u64> = taken.iter().copied().collect();
    let missing = made.ids.iter().filter(|id| !once.contains(id)).count();
    table.tell("calls made", all);
    table.hold("taken by the backend, by id", once.len(), once.len() == all);
    table.hold("made and not taken", missing, missing == 0);
    table.tell("taken again, after an answer was lost", taken.len() - once.len());
    table.hold("reported as sent", report.sent, report.sent == all as u64);
    table.hold("dropped", report.dropped + lost_by_pipeline, report.dropped + lost_by_pipeline == 0);
    table.hold("failed", report.failed, report.failed == 0);
    table.hold("left in memory, on disk", format!("{}, {}", report.pending, report.spilled), {
        report.pending + report.spilled == 0
    });
    if let Some(error) = &report.last_error {
        table.tell("last error", error);
    }
}

fn of_callers(table: &mut Table, made: &mut Made) {
    let memory = peak_memory();
    let text = memory.map_or_else(|| "not known".to_owned(), |memory| format!("{memory} MiB"));
    table.hold("most memory", text, memory.is_none_or(|memory| memory <= MOST_MEMORY));
    table.tell("a plain function", made.unrecorded.row());
    let holds = made.recorded.quantile(0.999) <= LONGEST_WAIT;
    table.hold("the same, recorded", made.recorded.row(), holds);
}

/// The figures of the one sink there is.
fn remote(weave: &Guard) -> SinkReport {
    weave.health().sinks.into_iter().next().unwrap()
}

/// What was done to the backend.
struct Faults(String);

impl Faults {
    /// Does things to a backend that is up, for so long, and leaves it up.
    fn inflict(backend: &mut Backend, time: Duration, mut rng: Rng) -> Self {
        let (mut kills, mut holds, mut away) = (0, 0, Duration::ZERO);
        let began = Instant::now();
        let pause = |rng: &mut Rng, most: u64| {
            let left = time.saturating_sub(began.elapsed());
            let pause = Duration::from_millis(rng.u64(50..most)).min(left);
            thread::sleep(pause);
            pause
        };
        while began.elapsed() < time {
            pause(&mut rng, 3_000);
            if rng.bool() {
                kills += 1;
                backend.kill();
                away += pause(&mut rng, 5_000);
                backend.start();
            } else {
                holds += 1;
                backend.hold();
                away += pause(&mut rng, 8_000);
                // Sometimes what it held is never answered.
                if rng.bool() {
                    backend.kill();
                    backend.start();
                }
                backend.let_go();
            }
        }
        Self(format!("killed {kills} times, held {holds} times, away for {:.1} s", away.as_secs_f64()))
    }
}
