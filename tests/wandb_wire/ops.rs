//! Calls of functions: nested, failing, concurrent.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::fixture::assert_same;
use crate::session::{KEY, Session, run};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../fixtures/python-wire/", $name, ".json"))
    };
}
pub(crate) use fixture;

#[test]
fn op_sync() {
    #[allow(unused_variables, reason = "recorded all the same")]
    #[weave::op(inputs = |inputs| inputs.retain(|_, value| !value.is_null()))]
    fn add(a: i64, b: i64, rest: &[i64], note: Option<&str>, extra: Value) -> Value {
        json!({ "sum": a + b + rest.iter().sum::<i64>(), "note": note })
    }
    let sent = run(|| {
        add(1, 2, &[], None, json!({}));
        add(1, 5, &[7], Some("n"), json!({ "flag": true }));
    });
    assert_same(&sent, fixture!("op_sync"));
}

#[test]
fn op_nested3() {
    #[weave::op]
    fn inner(x: i64) -> i64 {
        x + 1
    }
    #[weave::op]
    fn middle(x: i64) -> i64 {
        inner(x) * 2
    }
    #[weave::op]
    fn outer(x: i64) -> i64 {
        middle(x) + middle(x + 1) + inner(100)
    }
    assert_same(&run(|| outer(1)), fixture!("op_nested3"));
}

#[test]
fn op_async() {
    #[weave::op]
    async fn child(n: u64) -> u64 {
        tokio::time::sleep(Duration::from_millis(20 * n)).await;
        n * 10
    }
    #[weave::op]
    async fn parent(ns: &[u64]) -> Vec<u64> {
        let mut all = vec![child(1).await];
        all.extend(futures::future::join_all(ns.iter().map(|n| child(*n))).await);
        all
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert_same(&run(|| runtime.block_on(parent(&[2, 3]))), fixture!("op_async"));
}

#[test]
fn op_raises() {
    #[derive(Debug)]
    struct CustomError(String);

    impl fmt::Display for CustomError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.0)
        }
    }
    #[weave::op]
    fn boom(kind: &str) -> Result<(), CustomError> {
        if kind == "exit" {
            std::panic::resume_unwind(Box::new("3"));
        }
        Err(CustomError(format!("boom {kind}")))
    }
    #[weave::op]
    fn passes_on(kind: &str) -> Result<(), CustomError> {
        boom(kind)
    }
    #[weave::op]
    fn catches(kind: &str) -> String {
        boom(kind).map_or_else(|error| format!("caught {error}"), |()| "no".to_owned())
    }
    let sent = run(|| {
        assert!(boom("root").is_err() && passes_on("child").is_err());
        assert!(std::panic::catch_unwind(|| boom("exit")).is_err());
        assert_eq!(catches("handled"), "caught boom handled");
    });
    assert_same(&sent, fixture!("op_raises"));
}

#[test]
fn op_call_object() {
    #[weave::op]
    fn child(x: i64) -> i64 {
        x
    }
    #[weave::op]
    fn f(x: i64) -> i64 {
        child(x) + 1
    }
    let sent = run(|| {
        let (result, call) = weave::call(|| f(1));
        assert_eq!((result, call.op_name()), (2, Some("f")));
        f(2);
    });
    // What is asked and changed later is not ours to compare here.
    let fixture: Value = serde_json::from_str(fixture!("op_call_object")).unwrap();
    crate::fixture::assert_same_calls(&sent, &fixture);
}

#[test]
fn every_request_has_the_key_where_it_belongs_and_nowhere_else() {
    #[weave::op]
    fn f(x: i64) -> i64 {
        weave::start_turn("hi").end();
        x
    }
    let session = Session::new();
    let sent = session.run(session.builder(), || f(1));
    let expected = format!("Basic {}", base64(&format!("api:{KEY}")));
    for request in &sent.requests {
        assert_eq!(request.header("authorization"), Some(expected.as_str()), "{} {}", request.method, request.path);
        let others = request.headers.iter().filter(|(name, _)| name != "authorization");
        assert!(!others.map(|(_, value)| value).any(|value| value.contains(KEY)) && !request.path.contains(KEY));
        assert!(!request.text().contains(KEY));
    }
    let retries = sent.to("/calls/complete");
    assert!(retries.iter().all(|request| request.header("x-weave-retry-id").is_some()));
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn each_version_of_an_op_is_published_once_before_its_calls() {
    #[weave::op]
    fn f(x: i64) -> i64 {
        x
    }
    let sent = run(|| {
        f(1);
        let _ = weave::flush();
        f(2);
    });
    let paths: Vec<_> = sent.routes();
    assert_eq!(paths.iter().filter(|path| path.ends_with("/obj/create")).count(), 1);
    let object = sent.to("/obj/create")[0].json()["obj"].clone();
    let id = "each_version_of_an_op_is_published_once_before_its_calls.f";
    assert_eq!((&object["project_id"], &object["object_id"]), (&json!(crate::session::PROJECT), &json!(id)));
    let parts = fake_backend::weave::parts(sent.to("/file/create")[0]);
    let file = parts.iter().find(|part| part.name == "file").unwrap();
    assert_eq!(file.file_name.as_deref(), Some("obj.py"));
    assert_eq!(object["val"]["files"]["obj.py"], fake_backend::weave::digest(&file.content));
    let digest = fake_backend::weave::digest(fake_backend::weave::python_json(&object["val"]).as_bytes());
    let first = sent.requests.iter().position(|request| request.path.ends_with("/calls/complete")).unwrap();
    let published = sent.requests.iter().position(|request| request.path == "/obj/create").unwrap();
    assert!(published < first);
    let name = sent.to("/calls/complete")[0].json()["batch"][0]["op_name"].clone();
    assert_eq!(name, format!("weave:///{}/op/{id}:{digest}", crate::session::PROJECT));
}
