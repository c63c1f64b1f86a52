//! What was recorded of a run, read back from the store.

use std::collections::BTreeMap;

use weave::{CallTree, Client, Kind, Sort, Status, TraceId};

/// Prints the tree of a run and some figures of it.
pub(crate) async fn print(client: &Client, run: TraceId) -> Result<(), weave::Error> {
    println!("{}\n", CallTree::new(client.trace(run).await?));
    print_counts(client, run).await?;

    let below_the_root = client.calls().trace(run).kind(Kind::Llm).kind(Kind::Tool).kind(Kind::Op);
    if let Some(slowest) = below_the_root.sort(Sort::LongestFirst).first().await? {
        let millis = slowest.duration().unwrap_or_default().as_millis();
        println!("slowest: {} ({millis} ms, {})", slowest.op_name(), slowest.status());
    }
    let failed = client.calls().trace(run).status(Status::Error).list().await?;
    for (call, error) in failed.iter().filter_map(|call| Some((call, call.error()?))) {
        println!("failed:  {} ({}: {})", call.op_name(), error.kind, error.message);
    }
    println!("runs in this store: {}", client.calls().op("research").roots().count().await?);
    Ok(())
}

/// How many calls of each op ended in which way, three ops to a line, and the sums.
async fn print_counts(client: &Client, run: TraceId) -> Result<(), weave::Error> {
    let counts = client.calls().trace(run).count_by_op().await?;
    let mut ops = BTreeMap::<&str, Vec<String>>::new();
    for count in &counts {
        ops.entry(&count.op_name).or_default().push(format!("{} {}", count.calls, count.status));
    }
    let cells: Vec<String> =
        ops.iter().map(|(op, endings)| format!("{:<33}", format!("{op} {}", endings.join(", ")))).collect();
    for line in cells.chunks(3) {
        println!("{}", line.concat().trim_end());
    }
    let (calls, tokens) =
        counts.iter().fold((0, 0), |(calls, tokens), one| (calls + one.calls, tokens + one.total_tokens));
    println!("total:   {calls} calls, {tokens} tokens");
    Ok(())
}
