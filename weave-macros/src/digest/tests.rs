//! What changes a digest and what does not.

mod cases;
mod formatting;
mod mutations;
mod repository;

use sha2::{Digest, Sha256};

use super::encode;

#[test]
fn a_digest_is_written_as_weave_writes_digests() {
    let digest = |text: &str| encode(&Sha256::digest(text));
    assert_eq!(digest("abc"), "ungWv48BzXpBQUDeXa4iI7ADYaOWF3qctBDYYfIAFa0");
    assert_eq!(digest(r#"{"a": "\u00e9", "b": 1}"#), "1zkT77MJtZhs3JWS7IaXxaAkwiQM4yF893fTlsTjg60");
}
