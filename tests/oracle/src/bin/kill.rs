//! Kills a process that records with `kill -9` while its backend is down or hangs. Whoever comes next has to deliver what that
//! process had promised.
//!
//! ```text
//! kill [otlp|weave] [ROUNDS] [SEED]
//! ```
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on fails, and a table is printed")]

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, SystemTime};
use std::{env, thread};

use fastrand::Rng;
use oracle::{Backend, Journal, Table, destination, make_calls, serve};
use rusqlite::{Connection, OpenFlags};

/// Says to a process that it is to record, or to deliver: what, destination, address, folder, journal; a line each.
const ROLE: &str = "ORACLE_ROLE";

const FLUSH_INTERVAL: Duration = Duration::from_millis(200);

/// What ended so much earlier survives. Written down a moment later than it ended, which is on our side.
const PROMISED: Duration = Duration::from_millis(400);

const THREADS: usize = 4;

fn main() -> ExitCode {
    serve();
    if let Ok(role) = env::var(ROLE) {
        play(&role);
        return ExitCode::SUCCESS;
    }
    let mut arguments = env::args().skip(1);
    let to = arguments.next().unwrap_or_else(|| "weave".to_owned());
    let rounds = arguments.next().map_or(50, |rounds| rounds.parse().unwrap());
    let seed = arguments.next().map_or_else(|| fastrand::u64(..1000), |seed| seed.parse().unwrap());
    println!("kill: to {to}, {rounds} rounds, seed {seed}");
    let table = Kills::new(&to, seed).run(rounds);
    println!("\n{table}");
    if table.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a process that is killed, or comes after one, does.
fn play(role: &str) {
    let [what, to, url, dir, journal] = role.split('\n').collect::<Vec<_>>().try_into().unwrap();
    let builder = destination(to, url, Path::new(dir)).flush_interval(FLUSH_INTERVAL);
    let weave = builder.init().unwrap();
    if what == "deliver" {
        for _ in 0..20 {
            let _ = weave.flush();
            let sink = weave.health().sinks.into_iter().next().unwrap();
            if sink.pending + sink.spilled == 0 {
                break;
            }
        }
        println!("{}", weave.shutdown());
        return;
    }
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| make_calls(Some(Journal::open(Path::new(journal))), || true));
        }
    });
}

struct Kills {
    to: String,
    rng: Rng,
    dir: tempfile::TempDir,
    backend: Backend,
    promised: HashSet<u64>,
    /// What lay on disk after a kill.
    spilled: HashSet<u64>,
    recorded: HashSet<u64>,
    /// The rounds after which more was missing than before.
    lost_in: Vec<usize>,
    missing: usize,
    deliverers_killed: usize,
}

impl Kills {
    fn new(to: &str, seed: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let backend = Backend::new(dir.path());
        Self {
            to: to.to_owned(),
            rng: Rng::with_seed(seed),
            dir,
            backend,
            promised: HashSet::new(),
            spilled: HashSet::new(),
            recorded: HashSet::new(),
            lost_in: Vec::new(),
            missing: 0,
            deliverers_killed: 0,
        }
    }

    fn run(mut self, rounds: usize) -> Table {
        for round in 0..rounds {
            self.round(round);
        }
        let mut times: HashMap<u64, usize> = HashMap::new();
        for id in self.backend.taken() {
            *times.entry(id).or_default() += 1;
        }
        let unknown = times.keys().filter(|id| !self.recorded.contains(id)).count();
        let mut table = Table::default();
        table.tell("killed while recording", rounds);
        table.tell("killed while delivering for another", self.deliverers_killed);
        table.tell("calls that ended before a kill", self.recorded.len());
        let kept = self.spilled.iter().filter(|id| times.contains_key(id)).count();
        table.hold("on disk after a kill", self.spilled.len(), !self.spilled.is_empty());
        table.hold("of these delivered", kept, kept == self.spilled.len());
        table.hold("ended two flush intervals before a kill", self.promised.len(), !self.promised.is_empty());
        let there = self.promised.iter().filter(|id| times.contains_key(id)).count();
        table.hold("of these delivered", there, there == self.promised.len());
        table.tell("delivered beyond the promise", times.len() - there);
        table.tell("of these below others, which no journal has", unknown);
        table.tell("delivered again, after an answer was lost", times.values().filter(|times| **times > 1).count());
        table.hold("rounds that lost any", format!("{:?}", self.lost_in), self.lost_in.is_empty());
        table
    }

    /// One or two processes record and are killed; then others deliver, of which one may be killed, too.
    fn round(&mut self, round: usize) {
        let hangs = self.rng.bool();
        if hangs {
            self.backend.start();
            self.backend.hold();
        }
        let mut killed = Vec::new();
        for number in 0..self.rng.usize(1..=2) {
            let journal = self.dir.path().join(format!("{round}-{number}.journal"));
            killed.push((self.start("record", &journal), journal));
        }
        thread::sleep(Duration::from_millis(self.rng.u64(500..2_000)));
        for (mut process, journal) in killed {
            let now = SystemTime::now();
            process.kill().unwrap();
            process.wait().unwrap();
            self.promised.extend(Journal::ended_before(&journal, now - PROMISED));
            self.recorded.extend(Journal::ended_before(&journal, now + PROMISED));
        }
        self.spilled.extend(self.on_disk());
        self.backend.kill();
        self.backend.start();
        if self.rng.u8(..3) == 0 {
            let mut process = self.start("deliver", Path::new(""));
            thread::sleep(Duration::from_millis(self.rng.u64(5..60)));
            // It may be done already.
            let _ = process.kill();
            process.wait().unwrap();
            self.deliverers_killed += 1;
        }
        assert!(self.start("deliver", Path::new("")).wait().unwrap().success(), "delivering failed");
        let there: HashSet<u64> = self.backend.taken().into_iter().collect();
        self.backend.kill();
        let missing = self.promised.difference(&there).count();
        let lost = self.spilled.difference(&there).count();
        println!(
            "round {round:2}: {} promised so far, {missing} missing; {} were on disk, {lost} missing",
            self.promised.len(),
            self.spilled.len()
        );
        if missing > self.missing {
            self.lost_in.push(round);
        }
        self.missing = missing;
    }

    /// The calls that wait in the store now, when nobody records.
    fn on_disk(&self) -> Vec<u64> {
        let database = self.dir.path().join("store").join("weave.db");
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let Ok(database) = Connection::open_with_flags(database, flags) else { return Vec::new() };
        let mut statement = database.prepare("SELECT call_id FROM spilled WHERE call_id IS NOT NULL").unwrap();
        let ids = statement.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        ids.map(|id| id.unwrap().cast_unsigned()).collect()
    }

    fn start(&self, what: &str, journal: &Path) -> Child {
        let store: PathBuf = self.dir.path().join("store");
        let role = [what, &self.to, &self.backend.url(), store.to_str().unwrap(), journal.to_str().unwrap()].join("\n");
        let mut command = Command::new(env::current_exe().unwrap());
        command.env(ROLE, role).stdout(Stdio::null()).spawn().unwrap()
    }
}
