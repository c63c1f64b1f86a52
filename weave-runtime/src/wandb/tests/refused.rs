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
    backend.answer(COMPLETE, Answer::status(404).json(r#"{"reason":"no project"}"#));
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

/// A server without the routes that begin so.
fn without(routes: &'static [&'static str]) -> Backend {
    let backend = Backend::weave();
    for route in routes {
        backend.answer(route, Answer::status(404).json(r#"{"detail":"Not Found"}"#));
    }
    backend
}

#[test]
fn an_old_server_takes_calls_by_its_old_route() {
    let backend = without(&["/v2/"]);
    let mut client = Client::new("e/p", &backend, &[]);
    let running = Sample::new(1, "f").status(Status::Running).call();
    assert!(matches!(client.send(&[running, Sample::new(2, "f").output("2").call()]), Outcome::Taken));
    assert!(matches!(client.send(&[Sample::new(1, "f").output("1").call()]), Outcome::Taken));
    let sent = backend.requests_to("/call/upsert_batch");
    let sent: Vec<_> = sent.iter().flat_map(|one| body(one)["batch"].as_array().unwrap().clone()).collect();
    let modes: Vec<_> = sent.iter().map(|item| item["mode"].as_str().unwrap()).collect();
    assert_eq!(modes, ["start", "start", "end", "start", "end"]);
    assert_eq!((&sent[4]["req"]["end"]["output"], &sent[4]["req"]["end"]["project_id"]), (&json!(1), &json!("e/p")));
    // What is not there is asked for once.
    assert_eq!(backend.requests_to("/v2/").len(), 1);
}

#[test]
fn an_old_server_that_was_replaced_takes_calls_by_the_new_route_again() {
    let backend = without(&["/v2/"]);
    let mut client = Client::new("e/p", &backend, &[]);
    let items = calls(&mut client, &["{}"]);
    assert!(matches!(send(&mut client, &items), Outcome::Taken));
    backend.answer("/v2/", Answer::status(200));
    let coded = r#"{"reason":"new","error_code":"CALLS_COMPLETE_MODE_REQUIRED"}"#;
    backend.answer("/call/upsert_batch", Answer::status(400).json(coded));
    assert!(matches!(send(&mut client, &items), Outcome::Taken));
    assert_eq!(backend.requests_to("/v2/").len(), 2);
}

#[test]
fn an_old_server_that_refuses_one_call_is_sent_the_others() {
    let backend = without(&["/v2/"]);
    let mut client = Client::new("e/p", &backend, &[]);
    let items = calls(&mut client, &["{}", "{}"]);
    // Before and after it is known that it is an old one.
    for _ in 0..2 {
        backend.once("/call/upsert_batch", Answer::status(400).json(r#"{"reason":"odd"}"#));
        assert!(matches!(send(&mut client, &items), Outcome::Smaller(_)));
        assert!(matches!(send(&mut client, &items[..1]), Outcome::Taken));
    }
    backend.once("/call/upsert_batch", Answer::status(500));
    assert!(matches!(send(&mut client, &items), Outcome::Failing(_)));
}

#[test]
fn a_server_without_agents_takes_their_spans_as_calls() {
    let backend = without(&["/agents/"]);
    let mut client = Client::new("e/p", &backend, &[]);
    let turn = Sample::new(1, "f").kind(crate::record::Kind::Turn).call();
    assert!(matches!(client.send(std::slice::from_ref(&turn)), Outcome::Taken));
    assert_eq!(backend.requests_to("/otel/v1/traces")[0].header("project_id"), Some("e/p"));
    backend.answer("/otel/", Answer::status(404));
    assert!(matches!(client.send(&[turn]), Outcome::Closed(_)));
}

#[test]
fn a_page_in_place_of_an_answer_means_that_nothing_was_taken() {
    let backend = Backend::weave();
    backend.answer(COMPLETE, Answer::status(200).body("text/html", "\n<!doctype html><title>Log in</title>"));
    let outcome = Client::new("e/p", &backend, &[]).send(&[Sample::new(1, "f").call()]);
    assert!(matches!(outcome, Outcome::Closed(_)), "{outcome:?}");
}
