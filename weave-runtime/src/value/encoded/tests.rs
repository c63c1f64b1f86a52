use proptest::prelude::*;

use super::*;
use crate::value::mark;

fn varied(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| (at * at / 7 % 256) as u8).collect()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// A JSON text with its strings taken out and put back.
fn round_trip(json: &str) -> (String, String) {
    let mut blobs = Vec::new();
    let without = take_out(json, |blob| blobs.push(blob)).unwrap_or_else(|| json.to_owned());
    let whole = mark::replace(&without, |mark| {
        let card = mark.card()?;
        let blob = blobs.iter().find(|blob| card.digest.as_deref() == Some(&*blob.digest().to_string()))?;
        Some(restore(card, blob))
    });
    (whole.unwrap_or_else(|| without.clone()), without)
}

#[test]
fn a_long_string_is_a_card_until_it_is_put_back() {
    let image = [b"\x89PNG\r\n\x1a\n".as_slice(), &varied(70_000)].concat();
    let json = format!(r#"{{"a":["{}",1],"b":"x"}}"#, base64(&image));
    let (whole, without) = round_trip(&json);
    assert_eq!(whole, json);
    let digest = Blob::new(image).digest();
    let card = format!(r#"{{"weave.base64":{{"mime_type":"image/png","size":70008,"digest":"{digest}"}}}}"#);
    assert_eq!(without, format!(r#"{{"a":[{card},1],"b":"x"}}"#));
}

#[test]
fn a_data_url_keeps_what_stands_before_its_base64() {
    let json = format!("\n[ \"data:audio/wav;rate=16;base64,{}\" ]", base64(&varied(60_000)));
    let (whole, without) = round_trip(&json);
    assert_eq!(whole, json);
    assert!(without.contains(r#""mime_type":"audio/wav","size":60000,"#), "{without}");
    assert!(without.contains(r#""before":"data:audio/wav;rate=16;base64,""#), "{without}");
}

#[test]
fn what_could_not_be_made_again_byte_for_byte_is_left_alone() {
    let long = base64(&varied(60_000));
    for text in [
        format!("{long}\\n"),
        format!("{long} "),
        long[1..].to_owned(),
        format!("{}==", &long[2..]),
        format!("{}QR==", &long[4..]),
        long.replace('/', "_"),
        format!("data:image/png,{long}"),
        format!("data:{};base64,{long}", "x".repeat(300)),
        base64(&varied(1_000)),
        "x".repeat(100_000),
    ] {
        let json = format!("[\"{text}\"]");
        assert_eq!(take_out(&json, |_| {}), None, "{}", &text[..40]);
    }
    assert_eq!(take_out(&format!("{{\"{long}\":1}}"), |_| {}), None, "a key");
}

proptest! {
    #[test]
    fn every_byte_sequence_is_recognised_by_its_base64(bytes in proptest::collection::vec(any::<u8>(), 2..200)) {
        let text = format!("data:;base64,{}", base64(&bytes));
        let encoded = Encoded::read(&text).unwrap();
        prop_assert_eq!(encoded.size(), bytes.len());
        let blob = encoded.decode().unwrap();
        prop_assert_eq!(restore(&encoded.card(&blob), &blob), format!("\"{text}\""));
        prop_assert_eq!(blob.bytes(), bytes);
    }
}
