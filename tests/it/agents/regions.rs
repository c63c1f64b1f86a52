//! Regions: what they make current, how what runs in them ends, and that nothing crosses over.

use std::panic::AssertUnwindSafe;

use futures::executor::block_on;
use futures::future::{join, pending};
use futures::{FutureExt, StreamExt, stream};
use weave::testing::Recorder;
use weave::{Conversation, Kind, OpenConversation, OpenLlm, OpenSubAgent, OpenTool, OpenTurn, Status, Turn};

use super::ambient::work;
use super::spans;

#[test]
fn handles_go_anywhere() {
    fn goes_anywhere<T: Clone + Send + Sync + 'static>() {}
    goes_anywhere::<OpenConversation>();
    goes_anywhere::<OpenTurn>();
    goes_anywhere::<OpenLlm>();
    goes_anywhere::<OpenTool>();
    goes_anywhere::<OpenSubAgent>();
}

#[test]
fn a_guard_makes_a_span_current_and_does_not_end_it() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn("Hello");
        {
            let _entered = turn.enter();
            let agent = weave::start_subagent("critic");
            {
                let _entered = agent.enter();
                work(1);
            }
            work(2);
        }
        assert!(turn.is_recording());
        work(3);
    });
    let expected = ["turn turn", "  sub_agent critic", "    op work", "  op work", "op work"];
    assert_eq!(spans(&recorder), expected);
}

#[test]
fn what_runs_in_a_span_ends_it_with_what_comes_back() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn("Hello");
        let back = block_on(turn.run(async |turn| {
            let copy = turn.clone();
            drop((turn, copy));
            assert!(weave::current_turn().unwrap().is_recording(), "what is given to the body ends nothing");
            work(1)
        }));
        assert_eq!(back, 1);
        let failed = block_on(weave::start_tool("add").try_run(async |_| "x".parse::<u32>()));
        assert!(failed.is_err());
        let fine = block_on(weave::start_tool("add").try_run(async |_| "1".parse::<u32>()));
        assert_eq!(fine, Ok(1));
        block_on(weave::start_llm("gpt-4o").run(async |llm| _ = llm.error("half")));
        let mut dropped = Box::pin(weave::start_turn("Dropped").run(async |turn| {
            turn.output("Half");
            pending::<()>().await;
        }));
        assert!(dropped.as_mut().now_or_never().is_none());
        drop(dropped);
        drop(weave::start_turn("Never polled").run(async |_| ()));
    });
    let calls = recorder.calls();
    let ends: Vec<_> = calls.iter().map(|call| (call.kind(), call.status())).collect();
    let expected = [
        (Kind::Turn, Status::Success),
        (Kind::Op, Status::Success),
        (Kind::Tool, Status::Error),
        (Kind::Tool, Status::Success),
        (Kind::Llm, Status::Error),
        (Kind::Turn, Status::Cancelled),
        (Kind::Turn, Status::Cancelled),
    ];
    assert_eq!(ends, expected);
    assert_eq!(calls[2].error().unwrap().kind, "core::num::error::ParseIntError");
    assert_eq!(calls[4].error().unwrap().message, "half");
    assert_eq!(calls[5].turn().unwrap().output_messages[0].text(), "Half");
}

#[test]
fn a_panic_in_a_span_is_recorded_and_goes_on() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let run = weave::start_turn("Hello").run(async |turn| {
            turn.start_tool("add").run(async |_| panic!("on purpose")).await;
        });
        assert!(block_on(AssertUnwindSafe(run).catch_unwind()).is_err());
    });
    let messages: Vec<_> = recorder.calls().iter().map(|call| call.error().unwrap().message.clone()).collect();
    assert_eq!(messages, ["on purpose", "on purpose"]);
}

#[test]
fn futures_and_streams_can_be_wrapped_without_ending_the_span() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn("Hello");
        let stream = turn.wrap_stream(stream::iter(0..2).map(work));
        let future = turn.wrap(async { work(2) });
        assert_eq!(block_on(join(stream.collect::<Vec<_>>(), future)), (vec![0, 1], 2));
        let chat = weave::start_conversation("chat");
        let texts = chat.wrap_stream(stream::iter(["a", "b"]).map(|text| weave::start_turn(text).end()));
        block_on(texts.collect::<Vec<_>>());
        block_on(chat.wrap(async { weave::start_turn("c").end() }));
        assert!(turn.is_recording());
    });
    let turns = ["turn turn @chat"; 3];
    assert_eq!(spans(&recorder), [&["turn turn", "  op work", "  op work", "  op work"][..], &turns].concat());
}

#[test]
fn a_conversation_that_is_run_ends_its_open_turn() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation("chat");
        let turn = block_on(chat.clone().run(async |chat| {
            assert_eq!(weave::current_conversation().unwrap().id(), chat.id());
            weave::start_turn("Hello")
        }));
        assert!(!turn.is_recording());
        let mut run = Box::pin(chat.run(async |chat| {
            let _turn = chat.start_turn("Hello");
            pending::<()>().await;
        }));
        assert!(run.as_mut().now_or_never().is_none());
    });
    assert_eq!(spans(&recorder), ["turn turn @chat", "turn turn @chat"]);
}

#[weave::llm]
async fn complete(prompt: &str) -> String {
    tokio::task::yield_now().await;
    weave::current_llm().unwrap().user(prompt);
    prompt.to_owned()
}

#[weave::tool]
async fn search(query: &str) -> String {
    tokio::task::yield_now().await;
    weave::start_llm(query).run(async |_| tokio::task::yield_now().await).await;
    query.to_owned()
}

/// Everything in it says which conversation it is.
async fn converse(n: u32) {
    let name = format!("c{n}");
    let about = Conversation::new().id(&name).agent(&*name).model(&*name).attribute("n", n);
    weave::start_conversation(about)
        .run(async |_| {
            for _ in 0..2 {
                weave::start_turn(&*name).run(async |_| turn(&name).await).await;
            }
        })
        .await;
}

async fn turn(name: &str) {
    tokio::task::yield_now().await;
    let agent = weave::start_subagent(name);
    let work = agent.run(async |agent| {
        agent.start_tool(name).run(async |_| tokio::task::yield_now().await).await;
        assert_eq!(weave::current_conversation().unwrap().id(), Some(name));
        complete(name).await;
    });
    join(work, search(name)).await;
    weave::start_llm("").end();
    weave::end_turn();
}

fn assert_nothing_crossed_over(recorder: &Recorder, conversations: u32) {
    let calls = recorder.calls();
    for n in 0..conversations {
        let name = format!("c{n}");
        let of_it: Vec<_> = calls.iter().filter(|call| call.conversation_id() == Some(&name)).collect();
        assert_eq!(of_it.len(), 2 * 7, "{name}");
        for call in of_it {
            assert_eq!(call.span_attributes()["n"], n);
            assert_eq!(call.agent().unwrap().name.as_deref(), Some(&*name));
            let parent = calls.iter().find(|other| Some(other.id()) == call.parent_id());
            let expected = match call.kind() {
                Kind::Turn => None,
                Kind::Llm if call.op_name() == "complete" => Some(Kind::SubAgent),
                Kind::Tool if call.op_name() == name => Some(Kind::SubAgent),
                _ => Some(Kind::Turn),
            };
            assert_eq!(parent.map(weave::CallRecord::kind), expected, "{} {}", call.kind(), call.op_name());
            assert!(parent.is_none_or(|parent| parent.conversation_id() == Some(&name)));
            assert!(parent.is_none_or(|parent| parent.trace_id() == call.trace_id()));
            assert_eq!(call.status(), Status::Success);
            if call.kind() == Kind::Llm {
                assert_eq!(call.model(), Some(&*name));
            }
        }
    }
    assert_eq!(calls.len(), conversations as usize * 2 * 7);
    assert_eq!(recorder.traces().len(), conversations as usize * 2);
}

#[test]
fn conversations_that_take_turns_on_one_thread_do_not_cross_over() {
    let recorder = Recorder::new();
    block_on(recorder.wrap(join(converse(0), converse(1))));
    assert_nothing_crossed_over(&recorder, 2);
}

#[test]
fn a_hundred_conversations_on_four_threads_do_not_cross_over() {
    let recorder = Recorder::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    runtime.block_on(recorder.wrap(async {
        let tasks: Vec<_> = (0..100).map(|n| weave::spawn(converse(n))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }));
    assert_nothing_crossed_over(&recorder, 100);
}

#[test]
fn agents_side_by_side_have_their_own_spans_below_them() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let turn = weave::start_turn("Hello");
        let agent = |name: &'static str| {
            turn.start_subagent(name).run(async move |agent| {
                for _ in 0..2 {
                    weave::start_llm(name).end();
                    pending_once().await;
                }
                agent.start_subagent(format!("{name}'s")).in_scope(|| weave::start_tool(name).end());
            })
        };
        block_on(join(agent("a"), agent("b")));
        std::thread::scope(|threads| {
            threads.spawn(weave::bind(|| block_on(agent("c"))));
            threads.spawn(|| block_on(agent("d")));
        });
    });
    let calls = recorder.calls();
    for name in ["a", "b", "c", "d"] {
        let agent = calls.iter().find(|call| call.op_name() == name && call.kind() == Kind::SubAgent).unwrap();
        let below: Vec<_> = calls.iter().filter(|call| call.parent_id() == Some(agent.id())).collect();
        let kinds: Vec<_> = below.iter().map(|call| call.kind()).collect();
        assert_eq!(kinds, [Kind::Llm, Kind::Llm, Kind::SubAgent], "{name}");
        assert!(below[..2].iter().all(|llm| llm.model() == Some(name)));
        let tool = calls.iter().find(|call| call.parent_id() == Some(below[2].id())).unwrap();
        assert_eq!((tool.op_name(), tool.agent().unwrap().name.as_deref()), (name, Some(&*format!("{name}'s"))));
    }
}

async fn pending_once() {
    let mut is_ready = false;
    std::future::poll_fn(|task| {
        task.waker().wake_by_ref();
        if std::mem::replace(&mut is_ready, true) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

#[test]
fn work_that_was_carried_off_stays_in_its_turn_when_the_next_one_has_begun() {
    let recorder = Recorder::new();
    recorder.run(|| {
        let chat = weave::start_conversation("chat");
        let first = chat.start_turn(Turn::new().agent("first"));
        let late = first.in_scope(|| weave::bind(|| (work(1), weave::start_llm("gpt-4o").end()).0));
        chat.start_turn(Turn::new().agent("second")).in_scope(|| std::thread::spawn(late).join().unwrap());
    });
    let expected = ["turn first @chat", "turn second @chat", "  op work", "  llm chat @chat"];
    assert_eq!(spans(&recorder), expected);
    let calls = recorder.calls();
    assert!(calls[2..].iter().all(|call| call.trace_id() == calls[0].trace_id()));
    assert_eq!(calls[3].agent().unwrap().name.as_deref(), Some("first"));
}
