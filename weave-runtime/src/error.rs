//! The one error of configuration, delivery, store and client.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// What went wrong in configuring, delivering, storing or reading.
///
/// Opaque, so that new causes are no breaking change; ask it with the `is_` predicates. Cheap to clone.
/// Instrumented functions never see one: their problems are counted in [`health`](crate::health).
///
/// ```
/// let error = "xyz".parse::<weave::CallId>().unwrap_err();
/// assert!(error.is_invalid());
/// assert_eq!(
///     error.to_string(),
///     r#""xyz" is not a call id: expected 16 hexadecimal digits, not all zero"#
/// );
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: Kind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Config,
    Invalid,
    Store,
    NotFound,
    Timeout,
    Decode,
    Delivery,
    Feature,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $predicate:ident, $make:ident, $kind:ident;)*) => {
        impl Error {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $predicate(&self) -> bool {
                    self.0.kind == Kind::$kind
                }
            )*
            $(
                #[allow(dead_code, reason = "each feature uses its own kinds")]
                pub(crate) fn $make(message: impl Into<String>) -> Self {
                    Self::new(Kind::$kind, message.into(), None)
                }
            )*
        }
    };
}

kinds! {
    /// The configuration is wrong: a value in the builder or in an environment variable.
    is_config, config, Config;
    /// An argument is not of the form asked for, such as an id that is not hexadecimal.
    is_invalid, invalid, Invalid;
    /// The local store could not be opened, read or written.
    is_store, store, Store;
    /// What was asked for does not exist.
    is_not_found, not_found, NotFound;
    /// The time given was not enough.
    is_timeout, timeout, Timeout;
    /// A recorded value is not of the type asked for, or was cut when it was recorded.
    is_decode, decode, Decode;
    /// Some calls could not be delivered, see [`FlushReport`](crate::FlushReport).
    is_delivery, delivery, Delivery;
    /// The crate was built without the feature that this needs.
    is_feature, feature, Feature;
}

impl Error {
    fn new(kind: Kind, message: String, source: Option<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Arc::new(Inner { kind, message, source }))
    }

    /// Makes an error for a [`Sink`](crate::Sink) of your own that could not deliver.
    ///
    /// ```
    /// let error = weave::Error::undelivered("the queue at 10.0.0.1 is full");
    /// assert!(error.is_delivery());
    /// ```
    #[must_use]
    pub fn undelivered(message: impl Into<String>) -> Self {
        Self::delivery(message)
    }

    /// The same error with what caused it.
    #[allow(dead_code, reason = "each feature uses its own kinds")]
    pub(crate) fn because(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(self.0.kind, self.0.message.clone(), Some(source.into()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &self.0.kind).field("message", &self.0.message);
        if let Some(source) = &self.0.source {
            debug.field("source", source);
        }
        debug.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}
