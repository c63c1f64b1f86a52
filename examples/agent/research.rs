//! The agent: asks a model, runs the tools that it wants, until it answers; another one, which looks at the answer.

use std::io::{Write, stdout};
use std::pin::pin;
use std::sync::Arc;

use futures::StreamExt;

use crate::Error;
use crate::chat::Message;
use crate::model::Model;
use crate::source_tree::SourceTree;
use crate::toolbox;

/// A model that still asks for tools then is going in circles.
const MOST_ROUNDS: usize = 12;

const INSTRUCTIONS: &str = "You answer questions about a project's source tree. Use the tools, several at once where you \
     can, and answer with what they said: names, paths, numbers. Be brief, in plain text of at most 96 columns.";

const DOUBTS: &str = "You look at what another agent answered. Say in a few words what is missing.";

/// Answers the questions about a tree. One call of this is the root of all that the agent does for them.
#[weave::turn(
    user_message = questions.join("\n"),
    skip(model, tree),
    capture(project = tree.name()),
    display_name = |call| call.input::<String>("project")
)]
pub(crate) async fn research(model: &Model, tree: &Arc<SourceTree>, questions: &[String]) -> Result<String, Error> {
    let tools = toolbox::descriptions();
    let question = format!("The project is {:?}.\n- {}", tree.name(), questions.join("\n- "));
    let mut messages = vec![Message::System { content: INSTRUCTIONS.into() }, Message::User { content: question }];
    for _ in 0..MOST_ROUNDS {
        let completion = model.chat(&messages, &tools).await?;
        let choice = completion.choices.into_iter().next().ok_or("the model answered without a choice")?;
        let Message::Assistant { content, tool_calls } = choice.message else {
            return Err("the model answered in the role of somebody else".into());
        };
        let Some(calls) = tool_calls.filter(|calls| !calls.is_empty()) else {
            return content.ok_or_else(|| "the model answered nothing".into());
        };
        messages.push(Message::Assistant { content, tool_calls: Some(calls.clone()) });
        messages.extend(toolbox::run_all(tree, calls).await);
    }
    Err(format!("no answer after {MOST_ROUNDS} rounds").into())
}

/// Sums up what was answered, word by word as the model says it, once a critic has looked at it.
#[weave::turn(skip(model, answer))]
pub(crate) async fn sum_up(model: &Model, request: &str, answer: &str) -> Result<String, Error> {
    let doubts = criticise(model, answer).await?;
    let messages = [
        Message::System { content: INSTRUCTIONS.into() },
        Message::Assistant { content: Some(answer.into()), tool_calls: None },
        Message::User { content: format!("{request} A critic said: {doubts}") },
    ];
    let (mut said, mut chunks) = (String::new(), pin!(model.stream(&messages)));
    while let Some(chunk) = chunks.next().await {
        let words = chunk?["choices"][0]["delta"]["content"].as_str().unwrap_or_default().to_owned();
        write!(stdout(), "{words}").and_then(|()| stdout().flush())?;
        said.push_str(&words);
    }
    Ok(said)
}

/// Says what an answer lacks.
#[weave::turn(subagent = "critic", skip(model))]
async fn criticise(model: &Model, answer: &str) -> Result<String, Error> {
    let messages = [Message::System { content: DOUBTS.into() }, Message::User { content: answer.into() }];
    let completion = model.chat(&messages, &[]).await?;
    match completion.choices.into_iter().next().map(|choice| choice.message) {
        Some(Message::Assistant { content: Some(doubts), .. }) => Ok(doubts),
        _ => Err("the critic said nothing".into()),
    }
}
