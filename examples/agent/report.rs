//! What was recorded of a run, read back from the store.

use std::env;
use std::io::{self, IsTerminal};

use weave::{CallTree, Client, Kind, OpCount, Sort, Status, TreeStyle};

/// Columns of the names at the left, and of a count among others.
const LABEL: usize = 9;
const COUNT: usize = 30;
const WIDTH: usize = 100;

/// Prints what was said in a conversation, the tree of each turn, and some figures.
pub(crate) async fn print(client: &Client, conversation: &str) -> Result<(), weave::Error> {
    for turn in client.turns(conversation).await? {
        let tree = CallTree::new(client.trace(turn.trace_id).await?);
        println!("{}\n", tree.draw(&TreeStyle::new().width(WIDTH).color(is_colored())));
    }
    for line in client.conversation_chat(conversation).await?.to_string().lines() {
        println!("{line:.WIDTH$}");
    }
    println!();

    let calls = || client.calls().conversation(conversation);
    let print = |label: &str, text: &str| println!("{label:<LABEL$}{}", text.trim_end());
    print("total", &calls().totals().await?.to_string());
    let counts = calls().kind(Kind::Tool).count_by_op().await?;
    for (nth, line) in in_columns(&counts).iter().enumerate() {
        print(if nth == 0 { "tools" } else { "" }, line);
    }
    let below_the_root = calls().kind(Kind::Llm).kind(Kind::Tool).kind(Kind::Op);
    if let Some(slowest) = below_the_root.sort(Sort::LongestFirst).first().await? {
        print("slowest", &format!("{slowest:.*}", WIDTH - LABEL));
    }
    for failed in calls().status(Status::Error).list().await? {
        let error = failed.error().map(ToString::to_string).unwrap_or_default();
        print("failed", &format!("{} with {error}", failed.op_name()));
    }
    let runs = client.calls().op("research").roots().count().await?;
    print("runs", &format!("{runs} so far in {}", client.dir().display()));
    Ok(())
}

/// On a terminal, unless its user says that colours are not welcome.
fn is_colored() -> bool {
    io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// As many counts to a line as fit.
fn in_columns(counts: &[OpCount]) -> Vec<String> {
    let cells: Vec<String> = counts.iter().map(|count| format!("{:<COUNT$}", count.to_string())).collect();
    cells.chunks((WIDTH - LABEL) / COUNT).map(<[String]>::concat).collect()
}
