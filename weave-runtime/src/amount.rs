//! Durations, counts and numbers of tokens as people read them.

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::record::Usage;

/// Three digits below a minute (`840 µs`, `12.3 ms`, `1.24 s`), two units above (`2 m 05 s`, `1 h 30 m`).
pub(crate) fn duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    for (name, unit) in [("ns", 1), ("µs", 1_000), ("ms", 1_000_000)] {
        if let Some(number) = three_digits(nanos, unit) {
            return format!("{number} {name}");
        }
    }
    const SECOND: u128 = 1_000_000_000;
    let tenths = (nanos + SECOND / 20) / (SECOND / 10);
    if tenths < 600
        && let Some(number) = three_digits(nanos, SECOND)
    {
        return format!("{number} s");
    }
    let seconds = (nanos + SECOND / 2) / SECOND;
    match seconds / 60 {
        minutes @ 0..60 => format!("{minutes} m {:02} s", seconds % 60),
        minutes => format!("{} h {:02} m", grouped(minutes / 60), minutes % 60),
    }
}

/// `1,240 tokens`.
pub(crate) fn tokens(count: u64) -> String {
    counted(count, "token")
}

/// Bytes in the largest unit of which there is one: `18 B`, `1.2 MB`, `340 MB`.
pub(crate) fn bytes(count: u64) -> String {
    let (mut unit, mut name) = (1, "B");
    for larger in ["kB", "MB", "GB"] {
        // Rounded as it will be shown, so that none but the last unit has a thousand.
        if rounded(count, unit) < 1_000 {
            break;
        }
        (unit, name) = (unit * 1_000, larger);
    }
    match rounded(count, unit / 10) {
        tenths @ 0..100 if unit > 1 => format!("{}.{} {name}", tenths / 10, tenths % 10),
        _ => format!("{} {name}", grouped(rounded(count, unit))),
    }
}

fn rounded(count: u64, unit: u64) -> u128 {
    let unit = u128::from(unit.max(1));
    (u128::from(count) + unit / 2) / unit
}

/// `1 call`, `1,240 calls`.
pub(crate) fn counted(count: u64, unit: &str) -> String {
    format!("{} {unit}{}", grouped(count.into()), if count == 1 { "" } else { "s" })
}

/// The total where it was reported, else the sum of what was; `None` when nothing was.
pub(crate) fn total(usage: Usage) -> Option<u64> {
    usage.total_tokens.or_else(|| match (usage.input_tokens, usage.output_tokens) {
        (None, None) => None,
        (input, output) => Some(input.unwrap_or(0).saturating_add(output.unwrap_or(0))),
    })
}

/// Adds what a call used to a sum, of which the total is the sum of the totals. What none of them told stays unknown.
pub(crate) fn add(sum: &mut Usage, usage: Usage) {
    for (sum, count) in [
        (&mut sum.input_tokens, usage.input_tokens),
        (&mut sum.output_tokens, usage.output_tokens),
        (&mut sum.total_tokens, total(usage)),
        (&mut sum.cache_read_input_tokens, usage.cache_read_input_tokens),
        (&mut sum.cache_creation_input_tokens, usage.cache_creation_input_tokens),
        (&mut sum.reasoning_tokens, usage.reasoning_tokens),
    ] {
        if let Some(count) = count {
            *sum = Some(sum.unwrap_or(0).saturating_add(count));
        }
    }
}

/// Rounded to three digits; `None` from 1,000 units on.
fn three_digits(nanos: u128, unit: u128) -> Option<String> {
    let most_decimals = if unit == 1 { 0 } else { 2 };
    (0..=most_decimals).rev().find_map(|decimals| {
        let scale = 10_u128.pow(decimals);
        let scaled = (nanos * scale + unit / 2) / unit;
        let (whole, rest) = (scaled / scale, scaled % scale);
        match decimals {
            _ if scaled >= 1_000 => None,
            0 => Some(whole.to_string()),
            decimals => Some(format!("{whole}.{rest:0width$}", width = decimals as usize)),
        }
    })
}

/// `1,240`.
pub(crate) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
