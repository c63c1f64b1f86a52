//! Versions of ops as the client has them.

use crate::alone::alone;

mod shop {
    #[weave::op]
    pub(super) fn price(n: u32) -> u32 {
        n * 3
    }
}

mod before {
    #[weave::op(name = "buy")]
    pub(super) fn buy(n: u32) -> u32 {
        n + 1
    }
}

mod after {
    #[weave::tool(name = "buy")]
    pub(super) fn purchase(n: u32) -> u32 {
        super::shop::price(n) + 1
    }
}

#[test]
fn the_client_lists_ops_with_their_versions_and_calls() {
    let turn = alone();
    let _weave = turn.builder().init().unwrap();
    before::buy(1);
    before::buy(2);
    after::purchase(3);
    weave::start_call("by hand").finish(4);
    let client = weave::client().blocking();

    let ops = client.ops().list().unwrap();
    let lines: Vec<String> = ops.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["buy 2 versions, 3 calls", "by-hand 1 version, 1 call", "shop.price 1 version, 1 call"]);
    let buy = client.op("buy").unwrap();
    assert_eq!(buy, ops[0]);
    assert_eq!(buy.versions.iter().map(|version| version.calls).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(buy.versions[0].module.as_deref(), Some("lifecycle::versions::before"));
    assert_eq!(buy.versions[0].source.is_some(), cfg!(debug_assertions) || cfg!(feature = "capture-code"));

    let newest = buy.latest().unwrap().digest.as_deref().unwrap();
    let inputs =
        |calls: Vec<weave::CallRecord>| calls.iter().map(|call| call.input::<u32>("n").unwrap()).collect::<Vec<_>>();
    assert_eq!(inputs(client.calls().op_digest(newest).list().unwrap()), [3]);
    assert_eq!(inputs(client.calls().op_identity("buy").list().unwrap()), [3, 2, 1]);
    assert_eq!(client.calls().op_identity("shop.price").op_digest(newest).count().unwrap(), 0);
    let call = client.calls().op_identity("shop.price").first().unwrap().unwrap();
    assert_eq!((call.op().identity(), call.op().digest()), ("shop.price", ops[2].versions[0].digest.as_deref()));
    assert_eq!((call.op().file(), call.op().line()), (Some(file!()), Some(7)));
}

#[test]
fn an_op_that_is_not_there_is_not_found() {
    let turn = alone();
    let _weave = turn.builder().init().unwrap();
    shop::price(1);
    let client = weave::client();
    let error = client.blocking().op("shop.prize").unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let begins = format!("there is no op \"shop.prize\" in the store {}: ", turn.dir().display());
    assert_eq!(error.to_string(), format!("{begins}`ops()` lists those that are there"));
    let error = client.blocking().op("price").unwrap_err().to_string();
    assert!(error.ends_with(": of this name there is \"shop.price\""), "{error}");
    futures::executor::block_on(async {
        assert_eq!(client.op("price").await.unwrap_err().to_string(), error);
        assert_eq!(client.op("shop.price").await.unwrap().calls, 1);
        assert_eq!(client.ops().kind(weave::Kind::Llm).list().await.unwrap(), []);
    });
}
