//! Figures, as a table in which each row holds or does not.

use std::fmt;
use std::fs;
use std::time::Duration;

/// How long callers waited.
#[derive(Debug, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// One more call.
    pub fn add(&mut self, time: Duration) {
        self.0.push(u32::try_from(time.as_nanos()).unwrap_or(u32::MAX));
    }

    /// Those of another thread.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// The time that this share of all stayed below.
    pub fn quantile(&mut self, share: f64) -> Duration {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        Duration::from_nanos(self.0.get(at).copied().unwrap_or_default().into())
    }

    /// The median, 99 and 99.9 percent, and the longest.
    pub fn row(&mut self) -> String {
        let [p50, p99, p999, most] = [0.5, 0.99, 0.999, 1.0].map(|share| self.quantile(share).as_nanos() as f64 / 1e3);
        format!("p50 {p50:.1} us, p99 {p99:.1} us, p99.9 {p999:.1} us, max {most:.0} us")
    }
}

/// Rows of a name, what it came to, and whether that is as it has to be.
#[derive(Debug, Default)]
pub struct Table(Vec<(String, String, Option<bool>)>);

impl Table {
    /// What is only told.
    pub fn tell(&mut self, name: &str, value: impl fmt::Display) {
        self.0.push((name.to_owned(), value.to_string(), None));
    }

    /// What has to hold.
    pub fn hold(&mut self, name: &str, value: impl fmt::Display, holds: bool) {
        self.0.push((name.to_owned(), value.to_string(), Some(holds)));
    }

    /// Whether all that has to hold does.
    pub fn is_good(&self) -> bool {
        self.0.iter().all(|row| row.2 != Some(false))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|row| row.0.chars().count()).max().unwrap_or_default();
        for (name, value, holds) in &self.0 {
            let mark = match holds {
                None => "",
                Some(true) => "  ok",
                Some(false) => "  WRONG",
            };
            writeln!(f, "{name:width$}  {value}{mark}")?;
        }
        Ok(())
    }
}

/// The most memory that this process ever had, in MiB. None where the system does not say.
pub fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes / 1024)
}
