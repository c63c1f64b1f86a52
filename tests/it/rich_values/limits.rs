//! How much content is kept.

use serde_json::Value;
use weave::Content;
use weave::testing::Recorder;

use super::{holds_bytes, png, recorded_by};

#[test]
fn content_that_is_too_large_is_said_to_be_left_out() {
    let recorder = Recorder::with(weave::builder("test").content_bytes(1_000)).unwrap();
    let large = Content::from_bytes(vec![0; 1_001], "video/mp4");
    let fits = Content::from_bytes(vec![1; 1_000], "video/mp4");
    let call = recorded_by(&recorder, (large, fits.clone()));
    let error = call.output::<(Content, Content)>().unwrap_err().to_string();
    let expected = "the content of 1001 bytes (video/mp4) was not recorded: it is longer than 1000 bytes";
    assert!(error.contains(expected), "{error}");
    assert_eq!(call.output::<(Value, Content)>().unwrap().1, fits);
    assert_eq!(
        recorder.tree().outline(),
        "pass(value: [<video/mp4, 1.0 kB, left out>,<video/mp4, 1.0 kB>]) -> [<video/mp4, 1.0 kB, left out>,<video/mp4, 1.0 kB>]"
    );
}

#[test]
fn the_contents_of_one_call_are_bounded_together() {
    let recorder = Recorder::with(weave::builder("test").content_bytes(1_000)).unwrap();
    let contents: Vec<Content> = (0..6).map(|n| Content::from_bytes(vec![n; 900], "a/b")).collect();
    let call = recorded_by(&recorder, contents);
    let kept = call.input::<Vec<Value>>("value").unwrap();
    let kept = kept.iter().filter(|value| value["weave.content"].get("left_out").is_none());
    assert_eq!(kept.count(), 4);
}

#[test]
fn the_same_content_many_times_counts_once() {
    let recorder = Recorder::with(weave::builder("test").content_bytes(1_000)).unwrap();
    let given = vec![Content::from_bytes(vec![7; 900], "a/b"); 20];
    let call = recorded_by(&recorder, given.clone());
    assert_eq!(call.output::<Vec<Content>>().unwrap(), given);
    assert_eq!(call.contents().unwrap().len(), 40);
}

#[test]
fn content_beyond_the_limit_of_a_value_is_cut_with_it() {
    let recorder = Recorder::with(weave::builder("test").value_bytes(200)).unwrap();
    let call = recorded_by(&recorder, ("x".repeat(190), png()));
    assert!(call.output_json().unwrap().contains("weave.cut"), "{call}");
    assert!(!holds_bytes(&call), "{call:?}");
}
