//! Summaries that are worked out while calls pass by, in whatever order threads leave them.

use crate::alone::alone;

#[weave::op]
fn leaf(n: u32) -> Result<u32, String> {
    if n.is_multiple_of(10) { Err(format!("{n} ends in zero")) } else { Ok(n) }
}

#[weave::op]
fn branch(leaves: u32) {
    for n in 0..leaves {
        let _ = leaf(n);
    }
}

#[test]
fn a_call_counts_all_that_ended_below_it_on_other_threads() {
    // Of threads that go on, nothing is left behind by their end.
    #[weave::op]
    async fn fan_out(tasks: u32) {
        let tasks: Vec<_> = (0..tasks).map(|_| weave::spawn(async { branch(30) })).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }

    let turn = alone();
    let weave = turn.builder().init().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    for _ in 0..50 {
        runtime.block_on(fan_out(8));
    }
    weave.shutdown().into_result().unwrap();

    let calls = turn.stored();
    let counts = |name: &str| -> Vec<(u64, u64)> {
        let named = calls.iter().filter(|call| call.op_name() == name);
        let mut counts: Vec<_> = named.map(|call| (call.status_counts().success, call.status_counts().error)).collect();
        counts.dedup();
        counts
    };
    assert_eq!(counts("branch"), [(1 + 27, 3)]);
    assert_eq!(counts("fan_out"), [(1 + 8 + 8 * 27, 8 * 3)]);
}
