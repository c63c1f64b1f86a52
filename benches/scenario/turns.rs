//! One turn of an agent: a call of a model, a tool and the answer.

use std::hint::black_box;

use serde_json::json;
use weave::{Llm, Usage};

/// As many spans as either has.
pub(super) fn by_handles() {
    let turn = weave::start_turn(black_box("Weather in Rome?"));
    turn.start_llm(Llm::new("gpt-4o").provider("openai").user("Weather in Rome?"))
        .output("Let me look.")
        .usage(Usage::new(20, 8))
        .finish_reason("stop")
        .end();
    turn.start_tool("get_weather").arguments(json!({ "city": "Rome" })).result("21 °C").end();
    turn.output("It is 21 °C.").end();
}

#[weave::turn(agent = "helper")]
pub(super) fn by_annotations(question: &str) -> String {
    black_box(ask(question));
    format!("It is {}.", get_weather("Rome"))
}

#[weave::llm(model = "gpt-4o", provider = "openai")]
fn ask(prompt: &str) -> Llm {
    Llm::default().user(prompt).output("Let me look.").usage(Usage::new(20, 8)).finish_reason("stop")
}

#[weave::tool]
fn get_weather(city: &str) -> String {
    black_box(city);
    "21 °C".to_owned()
}
