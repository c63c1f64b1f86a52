//! Calls as a tree: which call ran below which.

mod agent;
mod chat;
mod display;
mod draw;
mod ending;
mod inputs;
mod json;
mod line;
mod link;
mod outline;
mod rich;
#[cfg(test)]
pub(crate) mod sample;
mod sort;
mod style;
#[cfg(test)]
mod tests;
mod text;
mod walk;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

#[cfg(feature = "console")]
pub(crate) use draw::Drawing;
#[cfg(feature = "console")]
pub(crate) use link::awaited;
pub use style::TreeStyle;
pub(crate) use text::clip;

use crate::id::CallId;
use crate::record::{CallRecord, Status};
use walk::Walk;

/// Calls arranged by which ran below which, to look at or to compare in a test.
///
/// [`outline`](Self::outline) is for tests: it is the same in every run, and that of a [`sorted`](Self::sorted) tree also
/// where calls run side by side. `Display` and [`draw`](Self::draw) are for
/// people: with status marks, durations and tokens, fitted to a width.
///
/// A call is placed below its parent; when that is not among the calls, below the nearest of its ancestors that is (the
/// [op](CallRecord::op_parent_id) or [agent](CallRecord::agent_parent_id) parent); when none is, it is a root. A turn, which
/// begins a trace of its own, is placed below the op that it was started in. Roots and siblings stand in the order of their
/// start, then as they were given.
///
/// ```
/// #[weave::op]
/// fn fetch(url: &str) -> Result<String, String> {
///     if url.starts_with("http") { Ok("page".to_owned()) } else { Err(format!("{url} is not a URL")) }
/// }
///
/// #[weave::op]
/// fn plan(city: &str, days: u32) -> usize {
///     ["http://x", "y"].into_iter().filter_map(|url| fetch(url).ok()).count()
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| plan("Rome", 3));
///
/// assert_eq!(
///     recorder.tree().outline(),
///     r#"plan(city: "Rome", days: 3) -> 1
/// ├─ fetch(url: "http://x") -> "page"
/// └─ fetch(url: "y") failed: y is not a URL"#
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallTree {
    calls: Vec<CallRecord>,
    index: HashMap<CallId, usize>,
    roots: Vec<usize>,
    children: Vec<Vec<usize>>,
}

impl CallTree {
    /// Arranges calls, which may come in any order.
    ///
    /// Of two with the same id, one that has ended wins over one that was running, else the later one wins. Calls whose
    /// parents form a circle are kept: the first of them becomes a root.
    #[must_use]
    pub fn new(calls: impl IntoIterator<Item = CallRecord>) -> Self {
        let mut calls = without_duplicates(calls);
        calls.sort_by_key(|call| call.started_at);
        let index = calls.iter().enumerate().map(|(at, call)| (call.id, at)).collect();
        let link::Links { roots, children } = link::link(&calls, &index);
        Self { calls, index, roots, children }
    }

    /// The same tree with roots and siblings in the order of what the [outline](Self::outline) says of them and of all
    /// below them, instead of that of their start.
    ///
    /// Calls that run side by side start in another order in each run; sorted, their outlines are equal.
    ///
    /// ```
    /// #[weave::op]
    /// fn fetch(page: u32) {}
    ///
    /// #[weave::op]
    /// fn fetch_all() {
    ///     // Who knows which of them comes first?
    ///     fetch(2);
    ///     fetch(1);
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(fetch_all);
    ///
    /// assert_eq!(
    ///     recorder.tree().sorted().outline(),
    ///     "\
    /// fetch_all()
    /// ├─ fetch(page: 1)
    /// └─ fetch(page: 2)"
    /// );
    /// ```
    #[must_use]
    pub fn sorted(mut self) -> Self {
        sort::sort(&mut self);
        self
    }

    /// How many calls there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// True when there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The call with this id.
    #[must_use]
    pub fn get(&self, id: CallId) -> Option<&CallRecord> {
        self.calls.get(*self.index.get(&id)?)
    }

    /// The calls that are below no other.
    ///
    /// ```
    /// #[weave::op]
    /// fn half(n: u32) -> u32 {
    ///     n / 2
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| half(half(8)));
    ///
    /// let tree = recorder.tree();
    /// let outputs: Vec<u32> = tree.roots().map(|call| call.output().unwrap()).collect();
    /// assert_eq!(outputs, [4, 2]);
    /// ```
    pub fn roots(&self) -> impl Iterator<Item = &CallRecord> {
        self.roots.iter().map(|&at| &self.calls[at])
    }

    /// The calls directly below the one with this id; none when it is not in the tree.
    ///
    /// ```
    /// #[weave::op]
    /// fn leaf() {}
    ///
    /// #[weave::op]
    /// fn root() {
    ///     leaf();
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(root);
    ///
    /// let tree = recorder.tree();
    /// let root = tree.roots().next().unwrap();
    /// let names: Vec<&str> = tree.children(root.id()).map(weave::CallRecord::op_name).collect();
    /// assert_eq!(names, ["leaf"]);
    /// ```
    pub fn children(&self, id: CallId) -> impl Iterator<Item = &CallRecord> {
        let children = self.index.get(&id).map_or(&[] as &[usize], |&at| &self.children[at]);
        children.iter().map(|&at| &self.calls[at])
    }

    /// All calls from top to bottom as they are drawn: each before those below it.
    pub fn iter(&self) -> impl Iterator<Item = &CallRecord> {
        let mut walk = Walk::new(self);
        std::iter::from_fn(move || walk.advance())
    }

    /// The tree as text for assertions: without ids, times and tokens, so that it is the same in every run. Where calls
    /// run side by side, sort the tree [before](Self::sorted).
    ///
    /// One line per call and no newline at the end:
    ///
    /// ```text
    /// turn [Ask about Rome] invoke_agent(question: "3 days?") -> "Yes"
    /// ├─ llm chat(model: "m") -> "Yes"
    /// ├─ tool parse(text: "page") failed: bad page
    /// ├─ fold(n: 3) panicked: n is odd
    /// ├─ numbers() -> [1,2] partial
    /// ├─ wait() cancelled
    /// └─ serve() running
    /// ```
    ///
    /// Spans of agents that stand for no function have what was said in place of inputs and output: the last message with its
    /// role, and the answer or the tools that it asks for. That of a model's call has the model behind its name.
    ///
    /// ```text
    /// turn helper(user: "Weather in Paris?") -> "It is 21 °C."
    /// ├─ llm chat gpt-4o(user: "Weather in Paris?") -> get_weather(..), "Let me check."
    /// └─ tool get_weather(city: "Paris") -> "21 °C"
    /// ```
    ///
    /// In this order: the kind unless it is an op; the display name in brackets where it differs from the op's; the
    /// op's name; the inputs in the order of the arguments; `->` and the output as JSON where one was recorded that is not
    /// null, which is what functions that return nothing have; `partial` for a stream or iterator dropped before its end; then `failed`, `panicked` (both with the message), `cancelled`,
    /// `running` or `interrupted`, and nothing for a success.
    ///
    /// The keys of JSON objects are sorted, since those of a `HashMap` come in another order in each run. A text of more
    /// than 200 columns is cut and ends with `…` (before the closing quote or bracket). What could act on a terminal is
    /// escaped, as `\n` or `\u001b`. Below a depth of 100 the outer guides are left out, `…5 ` saying how many.
    #[must_use]
    pub fn outline(&self) -> String {
        outline::outline(self)
    }

    /// The tree as text for people, in this style and without a newline at the end.
    ///
    /// A line is like one of the [outline](Self::outline), with values shortened so that it fits, after a mark for the
    /// status (`✓` success, `✗` failed or panicked, `⊘` cancelled, `…` running, `!` interrupted) and before the tokens
    /// and the duration. The line of a root has the tokens of all calls below it added to its own. The keys of objects
    /// are left as they were recorded.
    ///
    /// Three things are not shown as they were recorded. Of [LLM](crate::Kind::Llm) calls a line has what was said, where
    /// that can be found in inputs and output (in the forms of the chat-completions, responses and messages APIs, or under
    /// `text` or `content`): the last message with its role, and the answer or the tools that it asks for. Types are named
    /// without their modules. A `self` of which only the type was recorded is left out.
    ///
    /// ```
    /// #[weave::op]
    /// fn greet(name: &str) -> String {
    ///     format!("hello {name}")
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| greet("Ada"));
    ///
    /// let text = recorder.tree().draw(&weave::TreeStyle::new().width(60));
    /// assert!(text.starts_with(r#"✓ greet(name: "Ada") -> "hello Ada""#));
    /// ```
    #[must_use]
    pub fn draw(&self, style: &TreeStyle) -> String {
        draw::Drawing { tree: self, style, heading: None }.to_text()
    }
}

/// [`draw`](CallTree::draw) in the default style: 100 columns, without colour.
impl fmt::Display for CallTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.draw(&TreeStyle::new()))
    }
}

impl FromIterator<CallRecord> for CallTree {
    fn from_iter<I: IntoIterator<Item = CallRecord>>(calls: I) -> Self {
        Self::new(calls)
    }
}

/// The output of a call where there is one to show: null is what functions that return nothing have.
fn shown_output(call: &CallRecord) -> Option<&str> {
    call.text.output().filter(|json| *json != "null")
}

fn without_duplicates(calls: impl IntoIterator<Item = CallRecord>) -> Vec<CallRecord> {
    let mut kept: Vec<CallRecord> = Vec::new();
    let mut places = HashMap::new();
    for call in calls {
        match places.entry(call.id) {
            Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push(call);
            }
            Entry::Occupied(place) => {
                let known = &mut kept[*place.get()];
                if call.status != Status::Running || known.status == Status::Running {
                    *known = call;
                }
            }
        }
    }
    kept
}
