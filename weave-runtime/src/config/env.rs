//! The environment as configuration sees it: passed in, so that tests need not change the process's.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;

/// Variables by name.
#[derive(Clone, Debug)]
pub(crate) enum Environment {
    /// That of the process.
    Process,
    /// One given instead.
    Given(HashMap<String, String>),
}

impl Environment {
    /// A variable's text; absent and blank are the same.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = self.raw(name)?.to_string_lossy().into_owned();
        (!text.trim().is_empty()).then_some(text)
    }

    /// A variable that is a path, which need not be Unicode; absent and empty are the same.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.raw(name).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    fn raw(&self, name: &str) -> Option<OsString> {
        match self {
            Self::Process => std::env::var_os(name),
            Self::Given(variables) => variables.get(name).map(OsString::from),
        }
    }

    /// A variable that is yes or no.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Error> {
        self.read(name, "yes, true, 1, on, no, false, 0 or off", |value| match value.to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" | "on" => Some(true),
            "no" | "false" | "0" | "off" => Some(false),
            _ => None,
        })
    }

    /// A variable that is a number of something, at least one.
    pub(crate) fn count(&self, name: &str) -> Result<Option<usize>, Error> {
        self.read(name, "a whole number above zero", |value| value.parse().ok().filter(|count| *count > 0))
    }

    /// A variable that is a time in milliseconds, at least one.
    pub(crate) fn millis(&self, name: &str) -> Result<Option<Duration>, Error> {
        self.time(name, "milliseconds", Duration::from_millis)
    }

    /// A variable that is a time in milliseconds.
    pub(crate) fn millis_or_zero(&self, name: &str) -> Result<Option<Duration>, Error> {
        self.read(name, "milliseconds, a whole number", |value| value.parse().ok().map(Duration::from_millis))
    }

    /// A variable that is a number of something, or 0 for none of it.
    pub(crate) fn count_or_zero(&self, name: &str) -> Result<Option<usize>, Error> {
        self.read(name, "a whole number", |value| value.parse().ok())
    }

    /// A variable that is a time in seconds, at least one.
    pub(crate) fn seconds(&self, name: &str) -> Result<Option<Duration>, Error> {
        self.time(name, "seconds", Duration::from_secs)
    }

    fn time(&self, name: &str, unit: &str, time: fn(u64) -> Duration) -> Result<Option<Duration>, Error> {
        let expected = format!("{unit}, a whole number above zero");
        self.read(name, &expected, |value| value.parse().ok().filter(|units| *units > 0).map(time))
    }

    /// A variable that is a share of something.
    pub(crate) fn share(&self, name: &str) -> Result<Option<f64>, Error> {
        self.read(name, "a number from 0 to 1", |value| value.parse().ok().filter(|share| (0.0..=1.0).contains(share)))
    }

    /// A variable that is a list separated by commas.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        let items = self.text(name)?;
        Some(items.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
    }

    /// A variable that is one of several words, in whatever case.
    pub(crate) fn one_of<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        self.read(name, expected, |value| parse(&value.to_ascii_lowercase()))
    }

    fn read<T>(&self, name: &str, expected: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Error> {
        let Some(value) = self.text(name) else { return Ok(None) };
        match parse(value.trim()) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(Error::config(format!("{name} is {value:?}: expected {expected}"))),
        }
    }
}
