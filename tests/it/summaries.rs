//! What the summary of a call says of those below it.

use serde_json::{Value, json};
use weave::testing::Recorder;

#[derive(serde::Serialize)]
struct Completion {
    model: &'static str,
    usage: Value,
}

#[weave::llm]
fn complete(model: &'static str, tokens: u64) -> Completion {
    Completion { model, usage: json!({ "prompt_tokens": tokens, "completion_tokens": 1 }) }
}

#[weave::op]
fn fail() -> Result<(), String> {
    Err("no".to_owned())
}

/// The summary of each call by its name, in the order in which they started.
fn summaries(recorder: &Recorder) -> Value {
    recorder.calls().iter().map(|call| json!([call.op_name(), call.summary()])).collect()
}

#[test]
fn statuses_are_counted_with_those_of_all_below() {
    #[weave::op]
    fn middle() {
        let _ = (fail(), fail());
    }
    #[weave::op]
    fn root() {
        middle();
        let _ = fail();
    }
    let recorder = Recorder::new();
    recorder.run(root);
    let counts = |success: u64, error: u64| json!({ "status_counts": { "success": success, "error": error } });
    let calls = [("root", 2, 3), ("middle", 1, 2), ("fail", 0, 1), ("fail", 0, 1), ("fail", 0, 1)];
    let expected: Value = calls.map(|(name, success, error)| json!([name, counts(success, error)])).to_vec().into();
    assert_eq!(summaries(&recorder), expected);
    assert_eq!(recorder.calls()[0].status_counts().error, 3);
}

#[test]
fn tokens_are_added_by_model() {
    #[weave::op]
    fn root() {
        complete("small", 3);
        complete("small", 4);
        complete("large", 9);
    }
    let recorder = Recorder::new();
    recorder.run(root);
    assert_eq!(
        recorder.calls()[0].summary()["usage"],
        json!({
            "small": { "prompt_tokens": 7, "completion_tokens": 2, "requests": 2 },
            "large": { "prompt_tokens": 9, "completion_tokens": 1, "requests": 1 },
        })
    );
}

#[test]
fn what_passes_on_the_answer_of_a_model_does_not_count_its_tokens_again() {
    #[weave::op]
    fn ask() -> Completion {
        complete("small", 3)
    }
    let recorder = Recorder::new();
    recorder.run(ask);
    let calls = recorder.calls();
    let once = json!({ "small": { "prompt_tokens": 3, "completion_tokens": 1, "requests": 1 } });
    assert_eq!(calls[0].summary()["usage"], once);
    assert_eq!((calls[0].usage(), calls[1].usage().unwrap().input_tokens), (None, Some(3)));
}

#[test]
fn what_users_sum_up_is_added_to_the_calls_above_but_never_to_what_is_counted() {
    #[weave::op]
    fn judge(score: u32) {
        let call = weave::current_call();
        call.merge_summary("judged", json!({ "score": score, "by": ["me"] }));
        call.merge_summary("status_counts", json!({ "success": 99 }));
    }
    #[weave::op]
    fn root() {
        judge(2);
        judge(3);
    }
    let recorder = Recorder::new();
    recorder.run(root);
    assert_eq!(
        json!(recorder.calls()[0].summary()),
        json!({ "judged": { "score": 5, "by": ["me", "me"] }, "status_counts": { "success": 3, "error": 0 } })
    );
}

#[test]
fn how_many_items_a_stream_gave_is_said_of_the_stream_alone() {
    #[weave::op]
    fn numbers() -> impl Iterator<Item = u32> {
        0..3
    }
    #[weave::op]
    fn root() {
        numbers().for_each(drop);
    }
    let recorder = Recorder::new();
    recorder.run(root);
    let calls = recorder.calls();
    assert_eq!(json!(calls[0].summary()), json!({ "status_counts": { "success": 2, "error": 0 } }));
    assert_eq!(calls[1].summary()["item_count"], 3);
}

#[test]
fn a_cancelled_call_counts_as_none_that_failed() {
    #[weave::op]
    async fn wait() {
        std::future::pending::<()>().await;
    }
    #[weave::op]
    async fn root() {
        let _ = tokio::time::timeout(std::time::Duration::from_millis(1), wait()).await;
    }
    let recorder = Recorder::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(recorder.wrap(root()));
    assert_eq!(recorder.tree().outline(), "root()\n└─ wait() cancelled");
    assert_eq!(recorder.calls()[0].summary()["status_counts"], json!({ "success": 2, "error": 0 }));
}
