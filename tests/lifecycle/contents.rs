//! Bytes beside calls, in the store.

use rusqlite::Connection;
use serde_json::{Value, json};
use weave::Content;

use crate::alone::{Alone, alone, eventually};

#[weave::op]
fn look(image: &Content, #[allow(unused_variables)] question: u32) -> Value {
    json!({ "thumbnail": thumbnail(image) })
}

/// Base64 that is long enough to be taken out.
fn thumbnail(image: &Content) -> String {
    Content::from_bytes(&image.bytes()[..75_000], "image/png").to_base64()
}

fn image() -> Content {
    let bytes: Vec<u8> = (0..2_000_000_u32).map(|at| (at.wrapping_mul(at) >> 7) as u8).collect();
    Content::from_bytes(bytes, "image/png").named("a.png")
}

fn counted(turn: &Alone, table: &str) -> i64 {
    let database = Connection::open(turn.dir().join("weave.db")).unwrap();
    database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn an_image_of_a_hundred_calls_is_stored_once_and_read_whole() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    let image = image();
    for question in 0..100 {
        look(&image, question);
    }
    weave.shutdown().into_result().unwrap();

    assert_eq!((counted(&turn, "contents"), counted(&turn, "content_uses")), (2, 200));
    let stored: u64 = std::fs::read_dir(turn.dir()).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(stored < 4_500_000, "{stored} bytes for an image of 2,000,000");

    let calls = turn.stored();
    assert_eq!(calls.len(), 100);
    for (question, call) in calls.iter().enumerate().step_by(33) {
        assert_eq!(call.input::<usize>("question").unwrap(), question);
        assert_eq!(call.input::<Content>("image").unwrap(), image);
        assert_eq!(call.output_json().unwrap(), json!({ "thumbnail": thumbnail(&image) }).to_string());
    }
    let exported = serde_json::to_value(&calls[7]).unwrap();
    let back: Content = serde_json::from_value(exported["inputs"]["image"].clone()).unwrap();
    assert_eq!(back, image);
}

#[test]
fn what_redaction_takes_out_leaves_no_byte_in_any_file() {
    let turn = alone();
    let weave = turn.builder().redact_keys(["image"]).init().unwrap();
    let secret = Content::from_bytes([b"the-secret-pixels".as_slice(), &[0; 100_000]].concat(), "image/png");
    look(&secret, 1);
    weave.shutdown().into_result().unwrap();
    assert_eq!(counted(&turn, "contents"), 1, "the thumbnail, which is not under a secret key");

    let turn = {
        drop(turn);
        alone()
    };
    let weave = turn.builder().redact_keys(["image", "thumbnail"]).init().unwrap();
    look(&secret, 1);
    weave.shutdown().into_result().unwrap();
    assert_eq!(turn.stored()[0].inputs_json(), r#"{"image":"REDACTED","question":1}"#);
    for file in std::fs::read_dir(turn.dir()).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        assert!(!bytes.windows(17).any(|window| window == b"the-secret-pixels"), "{}", path.display());
    }
}

#[test]
fn a_running_call_shows_its_content_and_keeps_it() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    let image = image();
    let open = weave::start_call("paint").input("like", &image);
    let running = eventually("the running call", || turn.stored().pop());
    assert_eq!(running.input::<Content>("like").unwrap(), image);
    open.finish(Content::from_text("painted"));
    weave.shutdown().into_result().unwrap();
    let ended = turn.stored().pop().unwrap();
    assert_eq!(ended.input::<Content>("like").unwrap(), image);
    assert_eq!(ended.output::<Content>().unwrap().text(), Some("painted"));
    assert_eq!((counted(&turn, "contents"), counted(&turn, "content_uses")), (2, 2));
}

#[test]
fn a_list_of_calls_does_not_hold_their_images() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    let image = image();
    (0..5).for_each(|question| _ = look(&image, question));
    weave.shutdown().into_result().unwrap();
    let calls = turn.stored();
    std::fs::remove_dir_all(turn.dir()).unwrap();
    let error = calls[0].input::<Content>("image").unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert!(calls[0].output_json().unwrap().starts_with(r#"{"thumbnail":{"weave.base64":{"#), "a reference is left");
    assert!(calls[0].to_string().contains("<image/png, 2.0 MB>"), "{}", calls[0]);
}

#[test]
fn content_that_is_too_large_is_counted() {
    let turn = alone();
    let weave = turn.builder().content_bytes(1_000_000).init().unwrap();
    look(&image(), 1);
    weave.flush().into_result().unwrap();
    assert_eq!(weave.health().contents_left_out, 1);
    assert_eq!(counted(&turn, "contents"), 1, "the thumbnail");
}
