//! The client of the running process.

use crate::alone::{alone, double};
use crate::sinks::Hanging;

#[weave::op]
fn greet(name: &str) -> Result<String, String> {
    if name.is_empty() { Err("nobody to greet".to_owned()) } else { Ok(format!("hello {name}")) }
}

#[test]
fn the_client_sees_each_call_as_soon_as_it_has_ended() {
    let turn = alone();
    let _weave = turn.builder().flush_interval(std::time::Duration::from_secs(60)).init().unwrap();
    let client = weave::client().blocking();
    for n in 1..=50_u32 {
        double(n);
        assert_eq!(client.calls().count().unwrap(), u64::from(n));
    }
}

#[test]
fn the_client_filters_and_types_what_it_reads() {
    let turn = alone();
    let _weave = turn.builder().init().unwrap();
    let (_, called) = weave::call(|| greet("Ada"));
    let _ = greet("");
    double(1);
    let client = weave::client().blocking();

    assert_eq!(client.calls().op("double").count().unwrap(), 1);
    let failed = client.calls().status(weave::Status::Error).list().unwrap();
    assert_eq!(failed[0].error().unwrap().message, "nobody to greet");
    let found = client.calls().input("name", "Ada").first().unwrap().unwrap();
    assert_eq!(Some(found.id()), called.id());
    assert_eq!(found.output::<String>().unwrap(), "hello Ada");
    assert_eq!(client.call(found.id()).unwrap().name(), "greet");
}

#[test]
fn the_client_works_inside_a_current_thread_runtime_async_and_blocking() {
    let turn = alone();
    let _weave = turn.builder().init().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        double(1);
        assert_eq!(weave::client().calls().count().await.unwrap(), 1);
        double(2);
        assert_eq!(weave::client().blocking().calls().count().unwrap(), 2);
        let there = weave::spawn(async {
            double(3);
            weave::client().calls().count().await.unwrap()
        });
        assert_eq!(there.await.unwrap(), 3);
    });
}

#[test]
fn the_client_works_inside_a_multi_thread_runtime_and_inside_an_op() {
    #[weave::op]
    async fn look_back() -> u64 {
        double(1);
        weave::client().calls().count().await.unwrap() + weave::client().blocking().calls().count().unwrap()
    }

    let turn = alone();
    let _weave = turn.builder().flush_interval(std::time::Duration::from_secs(60)).init().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    assert_eq!(runtime.block_on(async { tokio::spawn(look_back()).await.unwrap() }), 2);
}

#[test]
fn a_sink_that_hangs_does_not_keep_the_client_waiting() {
    let turn = alone();
    let hanging = Hanging::default();
    let _weave = turn.builder().sink(hanging.clone()).init().unwrap();
    let began = std::time::Instant::now();
    for n in 1..=3_u32 {
        double(n);
        assert_eq!(weave::client().blocking().calls().count().unwrap(), u64::from(n));
    }
    assert!(began.elapsed() < std::time::Duration::from_secs(1), "{:?}", began.elapsed());
    hanging.release();
}

#[test]
fn a_client_outlives_its_guard_and_the_recording() {
    let turn = alone();
    let weave = turn.builder().init().unwrap();
    let client = weave.client().blocking();
    double(1);
    weave.shutdown().into_result().unwrap();
    assert_eq!(client.calls().count().unwrap(), 1);
}
