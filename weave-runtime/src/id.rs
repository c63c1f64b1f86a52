//! The ids of calls and traces, in the form that OpenTelemetry and Weave share.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $int:ty, $digits:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($int);

        impl $name {
            /// Makes an id from its number. Zero is what OpenTelemetry calls an invalid id.
            #[must_use]
            pub const fn from_int(value: $int) -> Self {
                Self(value)
            }

            /// The id as a number.
            #[must_use]
            pub const fn to_int(self) -> $int {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("{:0", $digits, "x}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// # Errors
            ///
            /// When the text is not the full number of hexadecimal digits, or is all zeros.
            fn from_str(text: &str) -> Result<Self, Error> {
                let plain = text.len() == $digits && text.bytes().all(|b| b.is_ascii_hexdigit());
                match <$int>::from_str_radix(text, 16) {
                    Ok(value) if plain && value != 0 => Ok(Self(value)),
                    _ => Err(Error::invalid(format!(
                        concat!("{:?} is not a ", $what, " id: expected ", $digits, " hexadecimal digits, not all zero"),
                        text
                    ))),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id_type! {
    /// The id of one call: an OpenTelemetry span id, 16 hexadecimal digits in text.
    ///
    /// ```
    /// let id: weave::CallId = "00f067aa0ba902b7".parse()?;
    /// assert_eq!(id.to_string(), "00f067aa0ba902b7");
    /// assert!("xyz".parse::<weave::CallId>().unwrap_err().is_invalid());
    /// # Ok::<(), weave::Error>(())
    /// ```
    CallId, u64, 16, "call"
}

id_type! {
    /// The id of one trace, shared by all calls below one root: 32 hexadecimal digits in text.
    ///
    /// ```
    /// let id: weave::TraceId = "4bf92f3577b34da6a3ce929d0e0e4736".parse()?;
    /// assert_eq!(id.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
    /// # Ok::<(), weave::Error>(())
    /// ```
    TraceId, u128, 32, "trace"
}

/// A call's id or none, in the eight bytes of an id: what every call carries three times over.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct MaybeCallId(u64);

impl MaybeCallId {
    pub(crate) const NONE: Self = Self(0);

    /// No call's id either: for marking something.
    pub(crate) const MARK: Self = Self(u64::MAX);

    /// The id of a span, which is none when it is all zero.
    pub(crate) const fn of(span: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(span))
    }

    /// That of this call.
    pub(crate) const fn some(id: CallId) -> Self {
        Self(id.0)
    }

    pub(crate) const fn get(self) -> Option<CallId> {
        if self.0 == 0 { None } else { Some(CallId(self.0)) }
    }
}
