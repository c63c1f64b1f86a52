//! A question about ops, built step by step.

use std::path::Path;

use super::{BlockingClient, Client};
use crate::error::Error;
use crate::query::{OpFilter, OpHistory};
use crate::record::Kind;

/// A question about ops: which functions were recorded, in which versions. Made by [`Client::ops`] or
/// [`BlockingClient::ops`]; the former's answers are futures.
///
/// An op has to satisfy every condition; repeated, a condition means "any of these".
///
/// ```no_run
/// let client = weave::Client::local(".weave").blocking();
///
/// for op in client.ops().kind(weave::Kind::Tool).list()? {
///     println!("{op}");
///     for version in &op.versions {
///         println!("  {version}"); // v0 src/shop.rs:12, 18 calls
///     }
/// }
/// # Ok::<(), weave::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a question is asked by `list`"]
pub struct Ops<C = Client> {
    client: C,
    filter: OpFilter,
}

impl<C> Ops<C> {
    pub(super) fn new(client: C) -> Self {
        Self { client, filter: OpFilter::default() }
    }

    /// The op with this [identity](crate::Op::identity). Repeated: any of them.
    pub fn identity(mut self, identity: impl Into<String>) -> Self {
        self.filter.identities.push(identity.into());
        self
    }

    /// Ops of which calls show this name. Repeated: any of them.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.filter.names.push(name.into());
        self
    }

    /// Ops of this kind. Repeated: of any of them.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.filter.kinds.push(kind);
        self
    }
}

impl Ops<Client> {
    /// The ops by identity, each with its versions in the order in which they first appeared.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no store, [`is_store`](Error::is_store) when it cannot be
    /// read, [`is_feature`](Error::is_feature) without the feature `local`. No matching op is no error.
    pub async fn list(self) -> Result<Vec<OpHistory>, Error> {
        let Self { client, filter } = self;
        client.ask(move |reader| reader.ops(&filter)).await
    }
}

/// The same answer for code that is not async.
impl Ops<BlockingClient> {
    /// The ops by identity, each with its versions in the order in which they first appeared.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no store, [`is_store`](Error::is_store) when it cannot be
    /// read, [`is_feature`](Error::is_feature) without the feature `local`. No matching op is no error.
    pub fn list(self) -> Result<Vec<OpHistory>, Error> {
        let Self { client, filter } = self;
        client.ask(move |reader| reader.ops(&filter))
    }
}

/// There is a store and no such op in it, unless its name was taken for its identity.
pub(super) fn missing(identity: &str, dir: &Path, of_this_name: &[OpHistory]) -> Error {
    let hint = if of_this_name.is_empty() {
        "`ops()` lists those that are there".to_owned()
    } else {
        let identities: Vec<String> = of_this_name.iter().map(|op| format!("{:?}", op.identity)).collect();
        format!("of this name there is {}", identities.join(", "))
    };
    Error::not_found(format!("there is no op {identity:?} in the store {}: {hint}", dir.display()))
}
