//! Times that were given, and those that follow from them.

use std::time::{Duration, SystemTime};

use super::outline::outline;
use super::times::intervals;
use crate::genai::{Llm, SubAgent, Tool, Turn};
use crate::record::Timestamp;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// The intervals of a turn in seconds, where now is 99.
fn seconds(turn: Turn) -> Vec<(i64, i64)> {
    let second = |time: Timestamp| time.0 / 1_000_000_000;
    let intervals = intervals(&outline(turn), Timestamp::from_system_time(at(99)));
    intervals.into_iter().map(|interval| (second(interval.start), second(interval.end))).collect()
}

#[test]
fn a_turn_goes_from_the_first_start_to_the_last_end_inside() {
    let llm = Llm::new("m").started_at(at(2)).ended_at(at(5));
    let tool = Tool::new("t").started_at(at(1)).ended_at(at(3));
    assert_eq!(seconds(Turn::new().step(llm).step(tool)), [(1, 5), (2, 5), (1, 3)]);
}

#[test]
fn what_is_given_is_stronger_than_what_is_inside() {
    let tool = Tool::new("t").started_at(at(1)).ended_at(at(9));
    assert_eq!(seconds(Turn::new().started_at(at(2)).ended_at(at(4)).step(tool.clone())), [(2, 4), (1, 9)]);
    assert_eq!(seconds(Turn::new().started_at(at(2)).step(tool)), [(2, 9), (1, 9)]);
}

#[test]
fn steps_without_times_follow_one_another_and_take_none() {
    let turn = Turn::new()
        .started_at(at(1))
        .ended_at(at(8))
        .step(Llm::new("m"))
        .step(Tool::new("t").started_at(at(2)).ended_at(at(4)))
        .step(SubAgent::new("s").step(Tool::new("u")));
    assert_eq!(seconds(turn), [(1, 8), (1, 1), (2, 4), (4, 4), (4, 4)]);
}

#[test]
fn times_come_up_through_sub_agents() {
    let inner = SubAgent::new("inner").step(Tool::new("t").started_at(at(3)).ended_at(at(4))).step(Tool::new("u"));
    let turn = Turn::new().step(SubAgent::new("outer").step(inner)).step(Llm::new("m"));
    assert_eq!(seconds(turn), [(3, 4), (3, 4), (3, 4), (3, 4), (4, 4), (4, 4)]);
}

#[test]
fn a_turn_without_times_is_now() {
    assert_eq!(seconds(Turn::new().step(Tool::new("t"))), [(99, 99), (99, 99)]);
}

#[test]
fn one_time_stands_for_both_and_an_end_before_the_start_counts_as_the_start() {
    assert_eq!(seconds(Turn::new().ended_at(at(7))), [(7, 7)]);
    assert_eq!(seconds(Turn::new().started_at(at(7))), [(7, 7)]);
    assert_eq!(seconds(Turn::new().started_at(at(7)).ended_at(at(3))), [(7, 7)]);
}

#[test]
fn a_nesting_without_end_is_laid_flat_without_recursion() {
    let deep = (0..100_000).fold(SubAgent::new("0"), |inside, n| SubAgent::new(n.to_string()).step(inside));
    assert_eq!(outline(Turn::new().step(deep)).len(), 100_002);
}
