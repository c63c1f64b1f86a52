//! Bytes that go beside the JSON: taken while a value is captured, held until the call is finished.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::blob::Blob;

/// Why something is a reference to nothing where there is no call to hold it.
pub(crate) const NOT_HERE: &str = "content is kept of inputs and outputs only";

/// The contents of one call together may be this many times as large as one.
const MOST_TIMES: usize = 4;

/// How many are looked at to find bytes that are held already.
const LATEST: usize = 64;

thread_local! {
    // Plain cells, which need no destructor: the second is read by every call.

    /// Made by our own serialiser to the content that it meets: its bytes may go beside the JSON, if they are no more than
    /// this. Whoever else serialises it makes no offer.
    static OFFER: Cell<Option<usize>> = const { Cell::new(None) };

    static HAS_TAKEN: Cell<bool> = const { Cell::new(false) };

    static TAKEN: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
}

/// Numbers what is held.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Bytes on their way, by the number that stands for them in the JSON.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) id: u64,
    pub(crate) what: What,
    size: usize,
    weight: usize,
}

/// What is held.
#[derive(Clone)]
pub(crate) enum What {
    Blob(Blob),
    /// A string that is base64 or a data URL, still to be decoded.
    Base64(Arc<str>),
    /// Nothing, because there was more than so many bytes.
    TooLong(usize),
}

/// The bytes stay out.
impl std::fmt::Debug for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Blob(blob) => blob.fmt(f),
            Self::Base64(text) => write!(f, "<{} bytes of base64>", text.len()),
            Self::TooLong(_) => f.write_str("<too long>"),
        }
    }
}

/// Offers to take content of at most so many bytes, until it is [taken](take_offer).
pub(super) fn offer(most: usize) {
    OFFER.set(Some(most));
}

/// Whether there is an offer.
pub(super) fn has_offer() -> bool {
    OFFER.get().is_some()
}

/// The offer, which ends with this.
pub(super) fn take_offer() -> Option<usize> {
    OFFER.take()
}

/// Takes bytes, if there are at most so many; returns the number that stands for them. `None` where nothing is held.
pub(super) fn hold(blob: &Blob, most: usize) -> Option<u64> {
    if most == 0 {
        return None;
    }
    let size = blob.bytes().len();
    let what = if size > most { What::TooLong(most) } else { What::Blob(blob.clone()) };
    let weight = if let What::Blob(blob) = &what { blob.share() } else { 0 };
    push(what, size, weight)
}

/// The same for a string that is base64 and stands for `size` bytes.
pub(super) fn hold_base64(text: &str, size: usize) -> Option<u64> {
    push(What::Base64(text.into()), size, text.len())
}

fn push(what: What, size: usize, weight: usize) -> Option<u64> {
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let held = Held { id, what, size, weight };
    TAKEN.try_with(|taken| taken.borrow_mut().push(held)).ok()?;
    HAS_TAKEN.set(true);
    Some(id)
}

/// Whether anything was taken on this thread that no call has yet.
#[inline]
pub(crate) fn has_taken() -> bool {
    HAS_TAKEN.get()
}

/// Lets go of what was taken on this thread with a value that is not recorded.
pub(crate) fn forget_taken() {
    HAS_TAKEN.set(false);
    drop(TAKEN.try_with(RefCell::take));
}

/// What one call holds.
#[derive(Clone, Default, Debug)]
pub(crate) struct Holdings {
    /// In the order of their numbers.
    held: Vec<Held>,
    size: usize,
}

impl Holdings {
    pub(crate) const NONE: Self = Self { held: Vec::new(), size: 0 };

    /// Adds what was taken on this thread, as far as all of it together stays within the bound that goes with `most` bytes
    /// for one. Returns how many were left out.
    pub(crate) fn add_taken(&mut self, most: usize) -> u64 {
        HAS_TAKEN.set(false);
        let taken = TAKEN.try_with(RefCell::take).unwrap_or_default();
        let bound = most.saturating_mul(MOST_TIMES);
        let is_in_order = self.held.last().map(|held| held.id) < taken.first().map(|held| held.id);
        let mut left_out = 0;
        for mut held in taken {
            let size = self.size.saturating_add(if self.has(&held.what) { 0 } else { held.size });
            match held.what {
                What::TooLong(_) => left_out += 1,
                _ if size > bound => {
                    left_out += 1;
                    (held.what, held.weight) = (What::TooLong(bound), 0);
                }
                _ => self.size = size,
            }
            self.held.push(held);
        }
        if !is_in_order {
            self.held.sort_by_key(|held| held.id);
        }
        left_out
    }

    /// Whether the same bytes are among the latest: messages that grow have the same images again and again.
    fn has(&self, what: &What) -> bool {
        let What::Blob(blob) = what else { return false };
        let latest = self.held.iter().rev().take(LATEST);
        latest.into_iter().any(|held| matches!(&held.what, What::Blob(other) if other.is_same(blob)))
    }

    /// Bytes that this keeps in memory.
    pub(crate) fn weight(&self) -> usize {
        self.held.iter().map(|held| size_of::<Held>() + held.weight).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// What stands for this number.
    pub(crate) fn get(&self, id: u64) -> Option<&What> {
        let at = self.held.binary_search_by_key(&id, |held| held.id).ok()?;
        self.held.get(at).map(|held| &held.what)
    }
}
