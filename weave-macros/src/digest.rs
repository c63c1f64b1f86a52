//! The digest of a function, by which two versions of it are told apart.
//!
//! A new digest for each function of all users' programs would be a new version of each: what is hashed changes only
//! with a reason, and the tests hold it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use sha2::{Digest, Sha256};

mod normal;
mod tokens;

/// The SHA-256 of a function's tokens, without what formatting and comments change.
pub(crate) fn digest(item: TokenStream) -> String {
    encode(&Sha256::digest(normal::normal(item)))
}

/// Tokens less the comments of docs among them. Without any they are what they were, which prints as it was written.
pub(crate) fn without_docs(tokens: &TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut has_docs = false;
    for tree in tokens.clone() {
        match &tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket && tokens::is_doc(group) => {
                has_docs = true;
                kept.pop_if(|last| matches!(last, TokenTree::Punct(bang) if bang.as_char() == '!'));
                kept.pop();
            }
            _ => kept.push(tree),
        }
    }
    if has_docs { kept.into_iter().collect() } else { tokens.clone() }
}

/// The 43 characters in which Weave writes digests: URL-safe base64 with letters in place of its two signs.
fn encode(hash: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789XY";
    let mut text = String::with_capacity(hash.len() * 4 / 3 + 1);
    for bytes in hash.chunks(3) {
        let word = bytes.iter().enumerate().fold(0, |word, (at, byte)| word | usize::from(*byte) << (16 - 8 * at));
        text.extend((0..=bytes.len()).map(|at| char::from(LETTERS[word >> (18 - 6 * at) & 63])));
    }
    text
}

#[cfg(test)]
mod tests;
