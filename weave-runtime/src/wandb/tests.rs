//! What arrives at a server, of calls that were written and sent.

mod refused;

use std::sync::Arc;
use std::time::Duration;

use fake_backend::{Answer, Backend, Received};
use serde_json::{Value, json};

use super::encoder::Head;
use super::object::{File, Object};
use super::*;
use crate::id::CallId;
use crate::record::{CallRecord, Contents, Status};
use crate::remote::{Encoder, Item, Outcome, Route, Sender};
use crate::tree::sample::Sample;
use crate::value::Blob;

const KEY: &str = "0123456789012345678901234567890123456789";
const COMPLETE: &str = "/v2/e/p/calls/complete";

fn config(project: &str, url: &str, environment: &[(&str, &str)]) -> WandbConfig {
    let urls = [("WANDB_BASE_URL", url), ("WF_TRACE_SERVER_URL", url), ("WANDB_API_KEY", KEY)];
    let environment = urls.iter().chain(environment).copied();
    let builder = crate::builder(project).print_call_link(false).environment(environment);
    crate::config::resolve(builder).unwrap().config.wandb.unwrap()
}

/// A client of this server.
struct Client {
    encoder: ForWeave,
    sender: ToWeave,
}

impl Client {
    fn new(project: &str, backend: &Backend, environment: &[(&str, &str)]) -> Self {
        let config = config(project, &backend.url(), environment);
        Self {
            encoder: ForWeave::new(&config, Conversations::default()),
            sender: ToWeave::new(&config, Conversations::default()).unwrap(),
        }
    }

    fn items(&mut self, calls: &[CallRecord]) -> Vec<Item> {
        let mut items = Vec::new();
        self.encoder.encode(calls, &mut items);
        items
    }

    /// Sends each route's items as the engine does, and gives what became of the last.
    fn send(&mut self, calls: &[CallRecord]) -> Outcome {
        let items = self.items(calls);
        let mut last = Outcome::Taken;
        for some in items.chunk_by(|one, next| one.route == next.route) {
            let route = some[0].route;
            for request in some.chunks(self.sender.most(route).items) {
                last = self.sender.send(route, request, Duration::from_secs(10));
                if !matches!(last, Outcome::Taken) {
                    return last;
                }
            }
        }
        last
    }
}

fn body(request: &Received) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

fn paths(backend: &Backend) -> Vec<String> {
    backend.requests().iter().map(|request| format!("{} {}", request.method, request.path)).collect()
}

fn reason(outcome: Outcome) -> String {
    match outcome {
        Outcome::Taken => panic!("it was taken"),
        Outcome::Partly { reason, .. } | Outcome::Later { reason, .. } => reason.to_string(),
        Outcome::Failing(reason) | Outcome::Smaller(reason) | Outcome::Refused(reason) | Outcome::Closed(reason) => {
            reason.to_string()
        }
    }
}

#[test]
fn the_project_is_looked_up_and_ops_are_published_before_their_calls() {
    let backend = Backend::weave();
    let mut client = Client::new("e/p", &backend, &[]);
    let calls = [Sample::new(1, "add").call(), Sample::new(2, "add").call()];
    assert!(matches!(client.send(&calls), Outcome::Taken));
    assert!(matches!(client.send(&calls[1..]), Outcome::Taken));
    let expected = [
        "GET /server_info",
        "POST /graphql",
        "POST /file/create",
        "POST /obj/create",
        "POST /v2/e/p/calls/complete",
        "POST /v2/e/p/calls/complete",
    ];
    assert_eq!(paths(&backend), expected);
    let requests = backend.requests();
    let object = body(&requests[3]);
    let calls = body(&requests[4]);
    let digest = object["obj"]["expected_digest"].as_str().unwrap();
    assert_eq!(calls["batch"].as_array().unwrap().len(), 2);
    assert_eq!(calls["batch"][0]["op_name"], format!("weave:///e/p/op/add:{digest}"));
    let credential = requests[4].header("authorization").unwrap();
    assert_eq!(credential, "Basic YXBpOjAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODk=");
    assert_eq!(requests[4].header("x-weave-retry-id").unwrap().len(), 36);
}

#[test]
fn a_call_has_every_member_that_the_python_sdk_sends() {
    let backend = Backend::weave();
    let mut client = Client::new("e/p", &backend, &[("WANDB_RUN_ID", "r1"), ("WEAVE_CAPTURE_SYSTEM_INFO", "no")]);
    let call = Sample::new(2, "half").below(1).inputs(r#"{"n":3}"#).fails("app::Odd", "3 is odd").display_name("Half");
    client.send(&[call.call()]);
    let sent = body(&backend.requests_to(COMPLETE)[0])["batch"][0].clone();
    let op_name = sent["op_name"].clone();
    assert_eq!(
        sent,
        json!({
            "project_id": "e/p",
            "id": "0000000000000002",
            "trace_id": "00000000000000000000000000000001",
            "parent_id": "0000000000000001",
            "thread_id": null,
            "turn_id": null,
            "op_name": op_name,
            "display_name": "Half",
            "started_at": "1970-01-01T00:00:00.002000Z",
            "ended_at": "1970-01-01T00:00:00.003000Z",
            "attributes": { "weave": { "client_version": env!("CARGO_PKG_VERSION"), "source": "rust-sdk" } },
            "inputs": { "n": 3 },
            "output": null,
            "summary": { "status_counts": { "success": 0, "error": 1 } },
            "otel_dump": null,
            "exception": r#"{"type":"Odd","message":"3 is odd"}"#,
            "wb_user_id": null,
            "wb_run_id": "e/p/r1",
            "wb_run_step": null,
            "wb_run_step_end": null,
        })
    );
}

#[test]
fn a_call_that_runs_is_told_as_a_start_and_later_as_an_end() {
    let backend = Backend::weave();
    let mut client = Client::new("e/p", &backend, &[]);
    let running = Sample::new(1, "long").inputs(r#"{"n":1}"#).status(Status::Running).call();
    let items = client.items(std::slice::from_ref(&running));
    assert!(items.iter().all(|item| item.call.is_none()));
    client.encoder = ForWeave::new(&config("e/p", &backend.url(), &[]), Conversations::default());
    client.send(&[running]);
    client.send(&[Sample::new(1, "long").output("1").partial().call()]);
    client.send(&[Sample::new(1, "long").output("1").call()]);
    let start = &backend.requests_to("/v2/e/p/call/start")[0];
    let end = &backend.requests_to("/v2/e/p/call/end")[0];
    assert_eq!(start.header("x-weave-trace-id"), Some("00000000000000000000000000000001"));
    let (start, end) = (body(start)["start"].clone(), body(end)["end"].clone());
    assert_eq!((&start["inputs"], &start["project_id"]), (&json!({ "n": 1 }), &json!("e/p")));
    assert!(start.get("ended_at").is_none() && start.get("summary").is_none() && start.get("output").is_none());
    assert_eq!((&end["id"], &end["output"], &end["is_eval"]), (&start["id"], &json!(1), &json!(false)));
    let summary = json!({ "status_counts": { "success": 1, "error": 0 }, "partial": true });
    assert_eq!((&end["summary"], end.get("op_name")), (&summary, None));
    // It has ended: from then on there is nothing to end.
    assert_eq!(backend.requests_to(COMPLETE).len(), 1);
}

#[test]
fn a_call_whose_start_is_not_there_is_sent_whole() {
    let backend = Backend::weave();
    let mut client = Client::new("e/p", &backend, &[]);
    client.items(&[Sample::new(1, "long").status(Status::Running).call()]);
    let no_start = r#"{"reason":"Cannot end call: no start found"}"#;
    backend.answer("/v2/e/p/call/end", Answer::status(404).json(no_start));
    assert!(matches!(client.send(&[Sample::new(1, "long").inputs(r#"{"n":1}"#).output("2").call()]), Outcome::Taken));
    let call = body(&backend.requests_to(COMPLETE)[0])["batch"][0].clone();
    assert_eq!(
        (&call["inputs"], &call["output"], &call["id"]),
        (&json!({ "n": 1 }), &json!(2), &json!("0000000000000001"))
    );
    backend.answer(COMPLETE, Answer::status(404).json(r#"{"reason":"no project"}"#));
    client.items(&[Sample::new(2, "long").status(Status::Running).call()]);
    assert!(matches!(client.send(&[Sample::new(2, "long").call()]), Outcome::Closed(_)));
}

#[test]
fn the_default_entity_is_asked_for_and_a_missing_project_is_made() {
    let backend = Backend::weave();
    backend.once("/graphql", Answer::status(200).json(r#"{"data":{"viewer":{"defaultEntity":{"name":"mine"}}}}"#));
    backend.once("/graphql", Answer::status(200).json(r#"{"data":{"project":null}}"#));
    let made = r#"{"data":{"upsertModel":{"model":{"name":"p-1"}}}}"#;
    backend.once("/graphql", Answer::status(200).json(made));
    let mut client = Client::new("p", &backend, &[]);
    assert!(matches!(client.send(&[Sample::new(1, "f").call()]), Outcome::Taken));
    let asked: Vec<_> = backend.requests_to("/graphql").iter().map(body).collect();
    assert_eq!(asked[1]["variables"], json!({ "name": "p", "entityName": "mine" }));
    assert_eq!(asked[2]["variables"], json!({ "name": "p", "entity": "mine" }));
    assert_eq!(body(&backend.requests_to("/v2/mine/p-1/calls/complete")[0])["batch"][0]["project_id"], "mine/p-1");
}

#[test]
fn statuses_say_what_becomes_of_the_items() {
    let sent = |answer: Answer| {
        let backend = Backend::weave();
        backend.once(COMPLETE, answer);
        Client::new("e/p", &backend, &[]).send(&[Sample::new(1, "f").call()])
    };
    let status = |status| sent(Answer::status(status).json(r#"{"reason":"because"}"#));
    assert!(matches!(status(200), Outcome::Taken));
    for busy in [408, 429, 503] {
        assert!(matches!(status(busy), Outcome::Later { .. }), "{busy}");
    }
    for failing in [500, 502, 504] {
        assert!(matches!(status(failing), Outcome::Failing(_)), "{failing}");
    }
    for large in [413, 422] {
        assert!(matches!(status(large), Outcome::Smaller(_)), "{large}");
    }
    for closed in [401, 403, 404, 501] {
        assert!(matches!(status(closed), Outcome::Closed(_)), "{closed}");
    }
    for refused in [400, 409] {
        assert!(matches!(status(refused), Outcome::Refused(_)), "{refused}");
    }
    let coded = r#"{"reason":"old","error_code":"CALLS_COMPLETE_MODE_REQUIRED"}"#;
    assert!(reason(sent(Answer::status(400).json(coded))).ends_with("old (CALLS_COMPLETE_MODE_REQUIRED)"));
    let later = sent(Answer::status(503).header("retry-after", "7"));
    assert!(matches!(later, Outcome::Later { after: Some(after), .. } if after == Duration::from_secs(7)), "{later:?}");
    assert!(matches!(sent(Answer::lost_ack()), Outcome::Later { .. }));
}

#[test]
fn a_refused_key_is_told_of_without_being_shown() {
    let backend = Backend::weave();
    backend.answer("/graphql", Answer::status(401).json(&json!({ "error": format!("{KEY} is no key") }).to_string()));
    let outcome = Client::new("e/p", &backend, &[]).send(&[Sample::new(1, "f").call()]);
    assert!(matches!(outcome, Outcome::Closed(_)));
    let reason = reason(outcome);
    assert!(reason.contains("WANDB_API_KEY") && reason.contains(" is no key"), "{reason}");
    assert!(!reason.contains(KEY), "{reason}");
}

#[test]
fn when_the_key_is_mended_calls_go_on() {
    let backend = Backend::weave();
    backend.once("/graphql", Answer::status(403));
    let mut client = Client::new("e/p", &backend, &[]);
    let items = client.items(&[Sample::new(1, "f").call()]);
    let mut send = |item: &Item| client.sender.send(item.route, std::slice::from_ref(item), Duration::from_secs(10));
    assert!(matches!(send(&items[0]), Outcome::Closed(_)));
    assert!(items.iter().all(|item| matches!(send(item), Outcome::Taken)));
}

#[test]
fn nobody_there_is_no_reason_to_give_up() {
    let backend = Backend::weave();
    backend.down();
    let outcome = Client::new("e/p", &backend, &[]).send(&[Sample::new(1, "f").call()]);
    assert!(matches!(outcome, Outcome::Later { .. }), "{outcome:?}");
}

#[test]
fn the_same_items_are_sent_with_the_same_retry_id() {
    let backend = Backend::weave();
    let mut client = Client::new("e/p", &backend, &[]);
    let items = client.items(&[Sample::new(1, "f").call(), Sample::new(2, "f").call()]);
    let calls: Vec<_> = items.into_iter().filter(|item| item.route == Route::Calls).collect();
    for some in [&calls[..], &calls[..], &calls[1..]] {
        assert!(matches!(client.sender.send(Route::Calls, some, Duration::from_secs(10)), Outcome::Taken));
    }
    let ids: Vec<_> =
        backend.requests_to(COMPLETE).iter().map(|one| one.header("x-weave-retry-id").map(str::to_owned)).collect();
    assert!(ids[0] == ids[1] && ids[1] != ids[2], "{ids:?}");
}

#[test]
fn markdown_and_times_have_the_form_that_weave_knows() {
    let backend = Backend::weave();
    let inputs = r##"{"text":{"weave.markdown":"# Rome"},"at":{"secs_since_epoch":1,"nanos_since_epoch":0}}"##;
    Client::new("e/p", &backend, &[]).send(&[Sample::new(1, "f").inputs(inputs).call()]);
    let sent = body(&backend.requests_to(COMPLETE)[0])["batch"][0]["inputs"].clone();
    assert_eq!(
        sent,
        json!({
            "text": {
                "_type": "CustomWeaveType",
                "weave_type": { "type": "rich.markdown.Markdown" },
                "val": { "markup": "# Rome", "code_theme": "monokai" },
            },
            "at": {
                "_type": "CustomWeaveType",
                "weave_type": { "type": "datetime.datetime" },
                "val": "1970-01-01T00:00:01.000000+00:00",
            },
        })
    );
}

#[test]
fn content_is_uploaded_before_the_call_that_has_it() {
    let backend = Backend::weave();
    let blob = Blob::new(b"abc".to_vec());
    let mark =
        json!({ "weave.content": { "mime_type": "text/plain", "size": 3, "digest": blob.digest().to_string() } });
    let lost = json!({ "weave.content": { "mime_type": "text/plain", "size": 3, "left_out": "too large" } });
    let inputs = json!({ "a": mark, "b": [mark], "lost": lost });
    let mut call = Sample::new(1, "f").inputs(&inputs.to_string()).call();
    call.details.get_or_insert_default().contents = Some(Arc::new(Contents::held(vec![blob])));
    assert!(matches!(Client::new("e/p", &backend, &[]).send(&[call]), Outcome::Taken));
    let files: Vec<_> = backend.requests_to("/file/create").iter().map(fake_backend::weave::parts).collect();
    let names: Vec<_> = files.iter().map(|parts| parts[2].file_name.clone().unwrap()).collect();
    assert_eq!(names, ["obj.py", "content", "metadata.json"]);
    assert_eq!(files[1][2].content, b"abc");
    let sent = body(&backend.requests_to(COMPLETE)[0])["batch"][0]["inputs"].clone();
    let digest = "ungWv48BzXpBQUDeXa4iI7ADYaOWF3qctBDYYfIAFa0";
    assert_eq!((&sent["a"]["files"]["content"], &sent["b"][0], &sent["lost"]), (&json!(digest), &sent["a"], &lost));
}

#[test]
fn what_was_written_can_be_sent_by_another_process_with_another_key() {
    let backend = Backend::weave();
    let items = Client::new("p", &backend, &[]).items(&[Sample::new(CallId::from_int(1).to_int(), "f").call()]);
    assert!(items.iter().all(|item| !String::from_utf8_lossy(&item.body).contains(KEY)));
    let mut other = Client::new("e/p", &backend, &[("WANDB_API_KEY", "another")]);
    for item in &items {
        let outcome = other.sender.send(item.route, std::slice::from_ref(item), Duration::from_secs(10));
        assert!(matches!(outcome, Outcome::Taken), "{outcome:?}");
    }
    assert_eq!(body(&backend.requests_to(COMPLETE)[0])["batch"][0]["project_id"], "e/p");
}

proptest::proptest! {
    #[test]
    fn items_are_read_whatever_is_in_them(body in proptest::collection::vec(proptest::prop_oneof![proptest::strategy::Just(b'\n'), proptest::strategy::Just(b'\t'), proptest::prelude::any::<u8>()], 0..60)) {
        let _ = (Head::read(&body), File::read(&body), Object::read(&body));
    }
}
