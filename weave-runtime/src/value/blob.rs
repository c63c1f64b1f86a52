//! Bytes that calls share, known by their hash.

use std::fmt;
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

/// Bytes that are never copied, only shared.
#[derive(Clone)]
pub(crate) struct Blob(Arc<Inner>);

struct Inner {
    bytes: Vec<u8>,
    /// Worked out when it is first asked for: in the background, for what is only recorded.
    digest: OnceLock<Digest>,
}

impl Blob {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Inner { bytes, digest: OnceLock::new() }))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    pub(crate) fn digest(&self) -> Digest {
        *self.0.digest.get_or_init(|| Digest(Sha256::digest(&self.0.bytes).into()))
    }

    /// Whether it is the very same memory.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// This holder's share of the memory: a hundred calls with the same image keep it once.
    pub(super) fn share(&self) -> usize {
        // The one who asks holds it beside whoever gave it.
        self.0.bytes.len() / Arc::strong_count(&self.0).saturating_sub(1).max(1)
    }
}

impl PartialEq for Blob {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.0.bytes == other.0.bytes
    }
}

impl Eq for Blob {}

/// The bytes stay out.
impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.bytes.len())
    }
}

/// The SHA-256 of a blob. Its text is hexadecimal, in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Digest(pub(crate) [u8; 32]);

impl Digest {
    /// Reads 64 hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() || pairs.len() != 32 {
            return None;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_sha_256_and_is_read_back() {
        let digest = Blob::new(b"abc".to_vec()).digest();
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((digest.to_string().as_str(), Digest::parse(text)), (text, Some(digest)));
        assert_eq!((Digest::parse(""), Digest::parse(&text.replace('b', "x"))), (None, None));
    }

    #[test]
    fn each_holder_counts_a_share_of_what_all_keep_together() {
        let given = Blob::new(vec![0; 600]);
        let first = given.clone();
        assert_eq!(first.share(), 600);
        let second = first.clone();
        assert_eq!(second.share(), 300);
    }
}
