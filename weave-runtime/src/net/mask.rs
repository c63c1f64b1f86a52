//! Keeps what a server repeats of our credentials out of what is shown.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::percent_decoded;
use crate::secret::Secret;

/// Headers of ours that are none, and that messages are about.
const PLAIN: [&str; 1] = ["project_id"];

/// Shorter texts are in many words.
const SHORTEST: usize = 4;

/// Puts stars in place of the credentials in an answer, one for each byte: whatever it is written in stays whole. Any header
/// may be one, whatever it is called, and so may anything in the query of the URL.
pub(crate) fn mask(body: &mut [u8], headers: &[(String, Secret)], query: &str) {
    for (_, value) in headers.iter().filter(|(name, _)| !PLAIN.contains(&name.as_str())) {
        each_form(value.expose(), &mut |form| cover(body, form.as_bytes()));
    }
    for (_, value) in query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('=')) {
        cover(body, value.as_bytes());
        if let Some(value) = percent_decoded(value) {
            cover(body, value.as_bytes());
        }
    }
}

/// The value, what comes after its scheme, and the password that this may stand for.
fn each_form(value: &str, cover: &mut dyn FnMut(&str)) {
    cover(value);
    let Some(credential) = value.split_whitespace().next_back() else { return };
    cover(credential);
    let Some(text) = STANDARD.decode(credential).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else { return };
    cover(&text);
    if let Some((_, password)) = text.split_once(':') {
        cover(password);
    }
}

fn cover(body: &mut [u8], secret: &[u8]) {
    if secret.len() < SHORTEST {
        return;
    }
    let mut from = 0;
    while let Some(rest) = body.get_mut(from..).filter(|rest| rest.len() >= secret.len()) {
        let Some(at) = rest.windows(secret.len()).position(|window| window == secret) else { return };
        if let Some(found) = rest.get_mut(at..at + secret.len()) {
            found.fill(b'*');
        }
        from += at + secret.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_repeated_is_covered_in_all_its_forms_and_nothing_else_is() {
        let headers = [
            ("Authorization".to_owned(), Secret::new("Basic YXBpOmh1bnRlcjI=")),
            ("x-honeycomb-team".to_owned(), Secret::new("abc")),
            ("project_id".to_owned(), Secret::new("team/project")),
        ];
        let mut body =
            b"no key hunter2 (api:hunter2, YXBpOmh1bnRlcjI=) abc in team/project; hunter; /v1?k=a%2Fbc&v=2".to_vec();
        let length = body.len();
        mask(&mut body, &headers, "?k=a%2Fbc&v=2");
        assert_eq!(body.len(), length);
        let expected = "no key ******* (***********, ****************) abc in team/project; hunter; /v1?k=******&v=2";
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }
}
