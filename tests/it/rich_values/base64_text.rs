//! Base64 in strings: taken out when it is long, and put back.

use serde_json::{Value, json};
use weave::testing::Recorder;

use super::{base64, pass, recorded, recorded_by};

#[test]
fn base64_that_is_long_is_taken_out_and_put_back_byte_for_byte() {
    let (image, url) = (base64(90_000), format!("data:image/jpeg;base64,{}", base64(60_001)));
    let value = json!({ "image": image, "parts": [{ "url": url }], "short": base64(300), "image again": image });
    let recorder = Recorder::new();
    let call = recorded_by(&recorder, value.clone());
    assert_eq!(call.output_json().unwrap(), value.to_string());
    assert_eq!(call.inputs_json(), json!({ "value": value }).to_string());
    assert_eq!(call.input::<Value>("value").unwrap(), value);
    let outline = recorder.tree().outline();
    assert!(outline.starts_with(r#"pass(value: {"image":<base64, 90 kB>,"image again":<base64, 90 kB>"#), "{outline}");
    assert_eq!(
        recorder.run(|| pass(&url)).len() as u64,
        recorder.calls().last().unwrap().output::<String>().unwrap().len() as u64
    );
    assert_eq!(
        recorder.tree().outline().lines().last().unwrap(),
        "pass(value: <image/jpeg, 60 kB>) -> <image/jpeg, 60 kB>"
    );
}

#[test]
fn base64_that_is_longer_than_a_value_may_be_comes_back_whole() {
    let url = format!("data:image/png;base64,{}", base64(3_000_000));
    let call = recorded(json!([{ "image_url": { "url": url } }]));
    assert_eq!(call.output::<Value>().unwrap()[0]["image_url"]["url"], Value::from(url));
}

#[test]
fn other_long_text_stays_where_it_is() {
    let text = "so it goes ".repeat(9_000);
    let call = recorded(&text);
    assert_eq!(call.output_json().unwrap(), format!("{text:?}"));
}
