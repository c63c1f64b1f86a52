//! Which conversations are shown.

use super::*;
use crate::record::Status;
use crate::tree::sample::Sample;

#[test]
fn a_conversation_is_shown_once_when_a_turn_of_it_has_ended() {
    let turn = |id| Sample::new(id, "t").kind(Kind::Turn).facts(|facts| facts.conversation_id = Some("c".to_owned()));
    let conversations = Conversations::default();
    conversations.meet(&turn(1).status(Status::Running).call());
    conversations.meet(&Sample::new(2, "t").kind(Kind::Turn).call());
    assert!(conversations.take().is_empty());
    conversations.meet(&turn(1).call());
    conversations.meet(&turn(3).call());
    assert_eq!(conversations.take(), ["c"]);
    conversations.meet(&turn(4).call());
    assert!(conversations.take().is_empty());
}
