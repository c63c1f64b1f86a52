//! One thing that Weave refuses costs nothing else.

use super::*;

/// A server that refuses requests with this text in them.
fn refusing(text: &'static str, status: u16) -> Backend {
    let backend = Backend::weave();
    backend.play(move |request| {
        let body = String::from_utf8_lossy(&request.body);
        match request.path.contains("/call") && body.contains(text) {
            true => Answer::status(status).json(r#"{"reason":"not that"}"#),
            false => fake_backend::weave::answer(request),
        }
    });
    backend
}

fn calls(client: &mut Client, inputs: &[&str]) -> Vec<Item> {
    let calls: Vec<_> = (1..).zip(inputs).map(|(id, inputs)| Sample::new(id, "f").inputs(inputs).call()).collect();
    client.items(&calls).into_iter().filter(|item| item.route == Route::Calls).collect()
}

fn send(client: &mut Client, items: &[Item]) -> Outcome {
    client.sender.send(items[0].route, items, Duration::from_secs(10))
}

#[test]
fn a_batch_that_is_refused_is_halved_and_one_call_alone_is_given_up() {
    let backend = refusing("odd", 400);
    let mut client = Client::new("e/p", &backend, &[]);
    let items = calls(&mut client, &[r#"{"n":1}"#, r#"{"n":"odd"}"#]);
    assert!(matches!(send(&mut client, &items), Outcome::Smaller(_)));
    assert!(matches!(send(&mut client, &items[..1]), Outcome::Taken));
    assert!(matches!(send(&mut client, &items[1..]), Outcome::Refused(_)));
}

#[test]
fn text_that_looks_like_a_reference_keeps_no_call_back() {
    // What the server says depends on what is missing: the rest of the reference, or a project that it may name.
    for status in [400, 403, 404] {
        let backend = refusing(r#""weave:///""#, status);
        let mut client = Client::new("e/p", &backend, &[]);
        let items = calls(&mut client, &[r#"{"n":1}"#, r#"{"n":"weave:///"}"#]);
        assert!(matches!(send(&mut client, &items), Outcome::Smaller(_)), "{status}");
        assert!(matches!(send(&mut client, &items[1..]), Outcome::Taken), "{status}");
        let sent = body(backend.requests_to(COMPLETE).last().unwrap());
        assert_eq!(sent["batch"][0]["inputs"]["n"], "weave: //");
    }
}

#[test]
fn a_reference_that_is_taken_stays_one() {
    let backend = Backend::weave();
    let mut client = Client::new("e/p", &backend, &[]);
    let items = calls(&mut client, &[r#"{"n":"weave:///e/p/object/a:b"}"#]);
    assert!(matches!(send(&mut client, &items), Outcome::Taken));
    let sent = body(&backend.requests_to(COMPLETE)[0]);
    assert_eq!(sent["batch"][0]["inputs"]["n"], "weave:///e/p/object/a:b");
}

#[test]
fn a_run_that_weave_does_not_know_keeps_no_call_back() {
    let backend = refusing(r#""wb_run_id":"e/p/gone""#, 404);
    let mut client = Client::new("e/p", &backend, &[("WANDB_RUN_ID", "gone")]);
    let items = calls(&mut client, &["{}", "{}"]);
    for _ in 0..2 {
        assert!(matches!(send(&mut client, &items), Outcome::Taken));
    }
    let sent = backend.requests_to(COMPLETE);
    assert_eq!((sent.len(), body(&sent[2])["batch"][0]["wb_run_id"].clone()), (3, Value::Null));
}

#[test]
fn a_project_that_is_gone_keeps_calls_whatever_is_in_them() {
    let backend = Backend::weave();
    backend.answer(COMPLETE, Answer::status(404));
    let mut client = Client::new("e/p", &backend, &[("WANDB_RUN_ID", "r")]);
    let items = calls(&mut client, &[r#"{"n":"weave:///"}"#, "{}"]);
    assert!(matches!(send(&mut client, &items[..1]), Outcome::Closed(_)));
    assert!(matches!(send(&mut client, &items[1..]), Outcome::Closed(_)));
}

#[test]
fn starts_of_two_calls_have_two_retry_ids() {
    let backend = Backend::weave();
    let running = |id| Sample::new(id, "f").status(Status::Running).call();
    Client::new("e/p", &backend, &[]).send(&[running(1), running(2)]);
    let ids: Vec<_> = backend
        .requests_to("/v2/e/p/call/start")
        .iter()
        .map(|one| one.header("x-weave-retry-id").map(str::to_owned))
        .collect();
    assert!(ids.len() == 2 && ids[0] != ids[1], "{ids:?}");
}
