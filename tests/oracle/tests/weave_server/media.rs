//! Media in messages: uploaded, referred to, and readable.

use serde_json::json;
use weave::{Content, Conversation, Llm};

use crate::same::assert_same;
use crate::world::world;

const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n not much of a picture";

#[test]
fn a_picture_in_a_message_is_an_object_of_the_project() {
    world();
    let talk = weave::start_conversation(Conversation::new().agent("painter"));
    let turn = talk.start_turn("Look");
    let llm = Llm::new("sees").user("What is it?").media(Content::from_bytes(PIXEL, "image/png").named("pixel.png"));
    turn.start_llm(llm.output("A picture.")).end();
    let trace = turn.handle().trace_id().unwrap();
    turn.end();
    let (_, spans) = assert_same(trace);
    let reference = spans[1]["content_refs"][0].as_str().unwrap_or_else(|| panic!("no reference: {}", spans[1]));
    let (object, digest) = reference.rsplit_once("/object/").unwrap().1.split_once(':').unwrap();
    let read = world().server.ask("/obj/read", json!({ "object_id": object, "digest": digest }));
    let files = &read["obj"]["val"]["files"];
    assert_eq!(world().server.bytes("/file/content", json!({ "digest": files["content"] })), PIXEL, "{read}");
    assert!(!spans[1]["input_messages"].to_string().contains("base64"), "{}", spans[1]);
}
