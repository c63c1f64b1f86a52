//! How long a server asks to be left alone.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// Reads a number of seconds, or a date.
pub(super) fn parse(text: &str) -> Option<Duration> {
    static DATES: DateTimeParser = DateTimeParser::new();
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let then = DATES.parse_timestamp(text).ok()?;
    let now = Timestamp::try_from(SystemTime::now()).ok()?;
    // One that is over asks for nothing.
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_understood_and_nothing_else() {
        assert_eq!(parse(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(parse("0.25"), Some(Duration::from_millis(250)));
        assert_eq!(parse("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let soon = Timestamp::try_from(SystemTime::now()).unwrap() + Duration::from_secs(90);
        let soon = soon.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let wait = parse(&soon).unwrap();
        assert!((80..=90).contains(&wait.as_secs()), "{soon}: {wait:?}");
        for wrong in ["", "soon", "-3", "inf", "NaN", "Wed, 99 Oct 2015"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
