//! What has headers.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

/// A message that can carry a context in its headers: the metadata of a queue or of gRPC, the environment of a process.
///
/// There are implementations for `HashMap` and `BTreeMap` of strings, for lists of pairs, and, with the feature `http`, for
/// `http::HeaderMap`, which is that of axum, hyper, reqwest and tonic. For others:
///
/// ```
/// use std::borrow::Cow;
///
/// /// A message whose headers are lines of text.
/// struct Mail(Vec<String>);
///
/// impl weave::Carrier for Mail {
///     fn get(&self, name: &str) -> Option<Cow<'_, str>> {
///         self.0.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(Cow::Borrowed)
///     }
///     fn set(&mut self, name: &str, value: String) {
///         self.remove(name);
///         self.0.push(format!("{name}: {value}"));
///     }
///     fn remove(&mut self, name: &str) {
///         self.0.retain(|line| !line.starts_with(&format!("{name}: ")));
///     }
/// }
///
/// let mut mail = Mail(vec!["subject: hello".to_owned()]);
/// weave::Context::current().with_baggage("tenant", "acme").inject(&mut mail);
/// assert_eq!(mail.0, ["subject: hello", "baggage: tenant=acme"]);
/// assert_eq!(weave::Context::extract(&mail).baggage("tenant").as_deref(), Some("acme"));
/// ```
pub trait Carrier {
    /// The value of a header, whose name is in lower case and matches in any case. Several of one name are one value, joined
    /// by commas.
    fn get(&self, name: &str) -> Option<Cow<'_, str>>;

    /// Sets a header in place of those of its name. The value is ASCII, without control characters.
    fn set(&mut self, name: &str, value: String);

    /// Removes a header.
    fn remove(&mut self, name: &str);
}

impl<S: BuildHasher> Carrier for HashMap<String, String, S> {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        HashMap::get(self, name).map(Cow::from).or_else(|| joined(self.iter(), name))
    }

    fn set(&mut self, name: &str, value: String) {
        Carrier::remove(self, name);
        self.insert(name.to_owned(), value);
    }

    fn remove(&mut self, name: &str) {
        self.retain(|other, _| !other.eq_ignore_ascii_case(name));
    }
}

impl Carrier for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        BTreeMap::get(self, name).map(Cow::from).or_else(|| joined(self.iter(), name))
    }

    fn set(&mut self, name: &str, value: String) {
        Carrier::remove(self, name);
        self.insert(name.to_owned(), value);
    }

    fn remove(&mut self, name: &str) {
        self.retain(|other, _| !other.eq_ignore_ascii_case(name));
    }
}

impl Carrier for Vec<(String, String)> {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        joined(self.iter().map(|(name, value)| (name, value)), name)
    }

    fn set(&mut self, name: &str, value: String) {
        Carrier::remove(self, name);
        self.push((name.to_owned(), value));
    }

    fn remove(&mut self, name: &str) {
        self.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }
}

/// The values of one name. Two of `traceparent` make none that is valid, as they should.
fn joined<'a>(headers: impl Iterator<Item = (&'a String, &'a String)>, name: &str) -> Option<Cow<'a, str>> {
    let named = headers.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| Cow::from(value));
    named.reduce(|first, next| Cow::Owned(format!("{first},{next}")))
}
