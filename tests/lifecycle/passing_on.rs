//! A program that records nothing, between two that do.

use std::collections::BTreeMap;

use weave::Context;

use crate::alone::alone;

type Headers = BTreeMap<String, String>;

fn received() -> Headers {
    let headers = [
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"),
        ("tracestate", "vendor=x"),
        ("baggage", "tenant=acme"),
    ];
    headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

fn sent() -> Headers {
    let mut sent = Headers::new();
    Context::current().inject(&mut sent);
    sent
}

#[weave::op]
fn unrecorded() -> Headers {
    sent()
}

#[test]
fn what_came_in_goes_out_where_nothing_is_recorded() {
    let _turn = alone();
    let context = Context::extract(&received());
    assert!(!weave::health().recording);
    assert_eq!(context.run(unrecorded), received());
    context.run(|| {
        assert_eq!(weave::thread::spawn(sent).join().unwrap(), received());
        assert_eq!(weave::scope().attribute("a", 1).run(sent), received());
    });
    assert_eq!(weave::scope().remote_parent(&received()).run(sent), received());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let spawned = runtime.block_on(context.wrap(async { weave::spawn(async { sent() }).await }));
    assert_eq!(spawned.unwrap(), received());
    assert_eq!(sent(), Headers::new());
}

#[test]
fn what_came_in_goes_out_of_a_disabled_client() {
    let turn = alone();
    let weave = turn.builder().disabled(true).init().unwrap();
    assert_eq!(weave::scope().remote_parent(&received()).run(unrecorded), received());
    let _ = weave.shutdown();
}
