//! Stands in for the console where the feature `console` is off.

use std::io::Write;

use crate::error::Error;
use crate::record::CallRecord;
use crate::sink::Sink;
use crate::tree::TreeStyle;

/// Draws the tree of each root call; not in this build, which has the feature `console` off.
#[derive(Debug)]
pub enum Console {}

impl Console {
    /// Would draw on stderr.
    ///
    /// # Errors
    ///
    /// Always [`is_feature`](Error::is_feature): this build has the feature `console` off.
    pub fn stderr(_env: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        Err(missing())
    }

    /// Would draw anywhere else.
    ///
    /// # Errors
    ///
    /// Always [`is_feature`](Error::is_feature): this build has the feature `console` off.
    pub fn new(_out: Box<dyn Write + Send>, _style: TreeStyle) -> Result<Self, Error> {
        Err(missing())
    }
}

impl Sink for Console {
    fn name(&self) -> &str {
        match *self {}
    }

    fn export(&mut self, _calls: &[CallRecord]) -> Result<(), Error> {
        match *self {}
    }
}

fn missing() -> Error {
    Error::feature("the console needs the feature `console` of weave-rs, which is off in this build")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_feature_that_is_off() {
        let error = Console::stderr(&|_| None).unwrap_err();
        assert!(error.is_feature());
        assert_eq!(
            error.to_string(),
            "the console needs the feature `console` of weave-rs, which is off in this build"
        );
    }
}
