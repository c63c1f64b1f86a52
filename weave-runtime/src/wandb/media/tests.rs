use super::*;
use crate::remote::Route;
use crate::tree::sample::Sample;

/// A call of a model with an image in the words of OpenAI.
fn asked(image: &str) -> CallRecord {
    let part = format!(r#"{{"type":"image_url","image_url":{{"url":"{image}"}}}}"#);
    let inputs = format!(r#"{{"messages":[{{"role":"user","content":[{part}]}}]}}"#);
    Sample::new(1, "complete").kind(Kind::Llm).inputs(&inputs).call()
}

#[test]
fn an_image_in_the_inputs_is_an_object_that_is_made_once() {
    let (mut media, mut values, mut items) = (Media::default(), Values::default(), Vec::new());
    let call = asked("data:image/gif;base64,R0lGODlh");
    let referring = media.refer(&call, &mut values, &mut items).unwrap();
    let routes: Vec<_> = items.iter().map(|item| item.route).collect();
    assert_eq!(routes, [Route::Files, Route::Files, Route::Ops]);
    let message = &referring.llm().unwrap().input_messages[0];
    let Part::Uri { uri, mime_type, .. } = &message.parts[0] else { panic!("{message:?}") };
    assert!(uri.starts_with("weave:///:entity/:project/object/Content:"), "{uri}");
    assert_eq!(mime_type.as_deref(), Some("image/gif"));
    assert!(media.refer(&call, &mut values, &mut items).is_some());
    assert_eq!(items.len(), 3);
}

#[test]
fn what_has_no_media_stays_as_it_is() {
    let (mut media, mut values, mut items) = (Media::default(), Values::default(), Vec::new());
    for call in [asked("https://example.com/a.png"), Sample::new(1, "f").kind(Kind::Tool).call()] {
        assert!(media.refer(&call, &mut values, &mut items).is_none() && items.is_empty());
    }
}
