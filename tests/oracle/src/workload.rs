//! The calls that are made, and the journal that outlives a kill.

use std::fs::{self, File, OpenOptions};
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use weave::OpenCall;

use crate::figures::Latencies;

/// Between two calls of a thread, so that threads that do nothing but record do not take all of the processors.
const PAUSE: Duration = Duration::from_millis(2);

/// One call in so many is of each rarer sort.
const OF_TOOLS: usize = 8;
const WITH_CHILD: usize = 5;
const LARGE: usize = 50;
const LONG: usize = 400;

#[weave::op]
fn plain(step: usize, text: &str) -> usize {
    step + text.len()
}

#[weave::op]
fn parent(step: usize, text: &str) -> usize {
    plain(step, text)
}

#[weave::tool]
fn tool(step: usize, text: &str) -> usize {
    step + text.len()
}

/// What the calls are compared with.
#[inline(never)]
fn unrecorded(step: usize, text: &str) -> usize {
    step + text.len()
}

/// What a thread made.
#[derive(Debug, Default)]
pub struct Made {
    /// Of the calls that have ended, less those of `children`.
    pub ids: Vec<u64>,
    /// How many had one, which ended too.
    pub children: usize,
    /// How long calls took.
    pub recorded: Latencies,
    /// How long it takes when nothing is recorded.
    pub unrecorded: Latencies,
}

impl Made {
    /// Those of another thread.
    pub fn append(&mut self, mut other: Self) {
        self.ids.append(&mut other.ids);
        self.children += other.children;
        self.recorded.append(other.recorded);
        self.unrecorded.append(other.unrecorded);
    }
}

/// Configures the client as a destination's name says, with what is common to all tests.
pub fn destination(name: &str, url: &str, dir: &Path) -> weave::Builder {
    let builder = weave::builder("entity/soak").dir(dir).print_call_link(false).environment([("WEAVE_CONSOLE", "no")]);
    match name {
        "otlp" => builder.otlp(true).otlp_endpoint(format!("{url}/v1/traces")),
        "weave" => builder.weave(true).api_key("0".repeat(40)).base_url(url).trace_server_url(url),
        other => panic!("{other:?}: expected otlp or weave"),
    }
}

/// Makes calls until told to stop: most small, some large, some of another kind, some with a child, some that take longer than
/// a flush interval. With a journal, every one that has ended is in it.
pub fn make_calls(mut journal: Option<Journal>, goes_on: impl Fn() -> bool) -> Made {
    let mut made = Made::default();
    let large = "x".repeat(20_000);
    let mut long: Option<(OpenCall, Instant)> = None;
    for step in 0.. {
        if !goes_on() {
            break;
        }
        let text = if step % LARGE == 0 { large.as_str() } else { "a short text" };
        let began = Instant::now();
        let (_, call) = weave::call(|| match step {
            _ if step % OF_TOOLS == 0 => tool(step, text),
            _ if step % WITH_CHILD == 0 => parent(step, text),
            _ => plain(step, text),
        });
        made.recorded.add(began.elapsed());
        made.children += usize::from(step % OF_TOOLS != 0 && step % WITH_CHILD == 0);
        let began = Instant::now();
        black_box(unrecorded(black_box(step), text));
        made.unrecorded.add(began.elapsed());
        let mut ended = vec![id_of(&call)];
        if step % LONG == 0 {
            if let Some((call, _)) = long.take_if(|(_, began)| began.elapsed() > Duration::from_secs(2)) {
                ended.push(id_of(&call.handle()));
                call.finish(step);
            }
            long.get_or_insert_with(|| (weave::start_call("long").input("step", step), Instant::now()));
        }
        if let Some(journal) = &mut journal {
            journal.write(&ended);
        }
        made.ids.append(&mut ended);
        thread::sleep(PAUSE);
    }
    if let Some((call, _)) = long {
        made.ids.push(id_of(&call.handle()));
        call.finish(0);
    }
    made
}

fn id_of(call: &weave::Call) -> u64 {
    u64::from_str_radix(&call.id().expect("the call is recorded").to_string(), 16).expect("ids are hexadecimal")
}

/// A file of the calls that have ended, each with the time.
#[derive(Debug)]
pub struct Journal(File);

impl Journal {
    /// Adds to a file, which is made if need be.
    pub fn open(path: &Path) -> Self {
        Self(OpenOptions::new().create(true).append(true).open(path).unwrap())
    }

    fn write(&mut self, ids: &[u64]) {
        let now = micros(SystemTime::now());
        let lines: String = ids.iter().map(|id| format!("{id:016x} {now}\n")).collect();
        // One write, which no buffer holds back.
        self.0.write_all(lines.as_bytes()).unwrap();
    }

    /// The calls that ended before a time.
    pub fn ended_before(path: &Path, time: SystemTime) -> Vec<u64> {
        let text = fs::read_to_string(path).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let calls = whole.lines().filter_map(|line| {
            let (id, at) = line.split_once(' ').unwrap();
            (at.parse::<u128>().unwrap() < micros(time)).then(|| u64::from_str_radix(id, 16).unwrap())
        });
        calls.collect()
    }
}

fn micros(time: SystemTime) -> u128 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros()
}
