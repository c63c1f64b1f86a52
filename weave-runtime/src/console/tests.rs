use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use super::Console;
use super::terminal::Terminal;
use crate::record::{CallRecord, Kind, Status};
use crate::sink::Sink;
use crate::tree::TreeStyle;
use crate::tree::sample::Sample;

/// A console whose text can be read.
struct Screen {
    console: Console,
    text: Arc<Mutex<Vec<u8>>>,
}

struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Screen {
    fn new() -> Self {
        let text = Arc::<Mutex<Vec<u8>>>::default();
        let console = Console::new(Box::new(Paper(text.clone())), TreeStyle::new().width(60)).unwrap();
        Self { console, text }
    }

    /// What is drawn when these calls have come.
    fn after(&mut self, calls: impl IntoIterator<Item = Sample>) -> String {
        let calls: Vec<CallRecord> = calls.into_iter().map(Sample::call).collect();
        self.console.export(&calls).unwrap();
        String::from_utf8(std::mem::take(&mut self.text.lock().unwrap())).unwrap()
    }
}

#[test]
fn a_root_is_drawn_with_its_children_whatever_came_first() {
    let mut screen = Screen::new();
    assert_eq!(screen.after([Sample::new(3, "leaf").below(2)]), "");
    assert_eq!(
        screen.after([Sample::new(1, "root").output("7"), Sample::new(2, "child").below(1)]),
        "\
✓ root() -> 7   1.00 ms
└─ ✓ child()    1.00 ms
   └─ ✓ leaf()  1.00 ms
"
    );
    screen.console.flush().unwrap();
    assert_eq!(screen.after([]), "");
}

#[test]
fn roots_of_one_batch_are_drawn_in_the_order_of_their_start() {
    let roots = [Sample::new(3, "third"), Sample::new(1, "first"), Sample::new(2, "second")];
    assert_eq!(
        Screen::new().after(roots),
        "\
✓ first()   1.00 ms
✓ second()  1.00 ms
✓ third()   1.00 ms
"
    );
}

#[test]
fn calls_that_started_together_are_drawn_in_the_order_in_which_they_came() {
    let child = |id, name| Sample::new(id, name).at(5).below(1);
    let mut screen = Screen::new();
    screen.after([child(9, "a"), child(3, "b")]);
    let drawn = screen.after([child(5, "c"), Sample::new(1, "root"), child(4, "d")]);
    let names: Vec<&str> = drawn.lines().filter_map(|line| line.split(['✓', '(']).nth(1)).map(str::trim).collect();
    assert_eq!(names, ["root", "a", "b", "c", "d"]);
}

#[test]
fn an_announcement_is_not_drawn() {
    let mut screen = Screen::new();
    assert_eq!(screen.after([Sample::new(1, "root").status(Status::Running)]), "");
    assert_eq!(screen.after([Sample::new(1, "root")]), "✓ root()  1.00 ms\n");
}

#[test]
fn flush_does_not_draw_a_tree_that_is_not_finished() {
    let mut screen = Screen::new();
    screen.after([Sample::new(2, "child").below(1)]);
    screen.console.flush().unwrap();
    assert_eq!(screen.after([]), "");
}

#[test]
fn a_call_that_ends_after_its_parent_was_drawn_names_the_parent() {
    let mut screen = Screen::new();
    screen.after([Sample::new(1, "root").display_name("Plan Rome")]);
    assert_eq!(screen.after([Sample::new(4, "grandchild").below(2)]), "");
    assert_eq!(
        screen.after([Sample::new(3, "sibling").below(1), Sample::new(2, "child").below(1)]),
        "\
… late, called by Plan Rome 0000000000000001
├─ ✓ child()          1.00 ms
│  └─ ✓ grandchild()  1.00 ms
└─ ✓ sibling()        1.00 ms
"
    );
}

#[test]
fn the_first_call_of_this_process_below_another_process_is_a_root() {
    let mut screen = Screen::new();
    assert_eq!(screen.after([Sample::new(2, "handle").below_foreign(77)]), "✓ handle()  1.00 ms\n");
}

#[test]
fn a_call_below_a_foreign_span_waits_for_the_nearest_call_of_ours() {
    let mut screen = Screen::new();
    assert_eq!(screen.after([Sample::new(3, "query").below_foreign(77).nearest(Some(2), Some(1))]), "");
    assert_eq!(screen.after([Sample::new(1, "turn")]), "✓ turn()  1.00 ms\n");
    assert_eq!(
        screen.after([Sample::new(2, "late").below(1).nearest(None, Some(1))]),
        "\
… late, called by turn 0000000000000001
└─ ✓ late()      1.00 ms
   └─ ✓ query()  1.00 ms
"
    );
}

#[test]
fn at_most_10_000_calls_wait_and_then_the_oldest_are_drawn() {
    let mut screen = Screen::new();
    let child = |id| Sample::new(id, "child").below(1);
    assert_eq!(screen.after((2..10_002).map(child)), "");
    assert_eq!(
        screen.after([child(10_002), child(10_003).output("2")]),
        "\
… called by 0000000000000001, not seen to end
├─ ✓ child()  1.00 ms
└─ ✓ child()  1.00 ms
"
    );
    assert_eq!(screen.console.waiting.len(), 10_000);
    let rest = screen.after([Sample::new(1, "root")]);
    assert_eq!(rest.lines().count(), 10_001);
    assert_eq!(rest.lines().last(), Some("└─ ✓ child() -> 2  1.00 ms"));
    assert_eq!(screen.console.waiting.len(), 0);
}

#[test]
fn large_values_do_not_wait_beyond_32_mebibytes() {
    let mut screen = Screen::new();
    let large = format!("\"{}\"", "x".repeat(1 << 20));
    let drawn = screen.after((2..42).map(|id| Sample::new(id, "child").below(1).output(&large)));
    assert_eq!(screen.console.waiting.len(), 31);
    assert_eq!(drawn.lines().count(), 1 + 9);
    assert!(drawn.lines().all(|line| line.chars().count() <= 60));
}

#[test]
fn circles_of_parents_are_drawn_in_the_end() {
    let mut screen = Screen::new();
    assert_eq!(screen.after([Sample::new(1, "a").below(2), Sample::new(2, "b").below(1)]), "");
    let drawn = screen.after((3..10_003).map(|id| Sample::new(id, "child").below(99_999)));
    assert!(drawn.starts_with("… called by 0000000000000001, not seen to end\n└─ ✓ a()"), "{drawn}");
    assert_eq!(screen.console.waiting.len(), 10_000);
}

#[test]
fn a_closed_stream_is_reported_once() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    let mut console = Console::new(Box::new(Closed), TreeStyle::new()).unwrap();
    let error = console.export(&[Sample::new(1, "root").call()]).unwrap_err();
    assert!(error.is_delivery());
    assert_eq!(error.to_string(), "finished calls could not be drawn on the console");
    assert!(console.export(&[Sample::new(2, "root").call()]).is_ok());
}

#[test]
fn colour_needs_a_terminal_and_the_permission_of_the_environment() {
    let style = |is_terminal, vars: &'static [(&str, &str)]| {
        let env = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Terminal::of(is_terminal, &env).style()
    };
    let wide = TreeStyle::new().width(80);
    assert_eq!(style(true, &[("COLUMNS", "80"), ("TERM", "xterm")]), wide.clone().color(true));
    assert_eq!(style(true, &[("COLUMNS", "80"), ("TERM", "xterm"), ("NO_COLOR", "")]), wide.clone().color(true));
    assert_eq!(style(true, &[("COLUMNS", "80"), ("TERM", "xterm"), ("NO_COLOR", "1")]), wide);
    assert_eq!(style(true, &[("COLUMNS", "80"), ("TERM", "dumb")]), wide);
    assert_eq!(style(false, &[("COLUMNS", "80"), ("TERM", "xterm")]), wide);
}

#[test]
fn a_turn_is_drawn_once_with_the_op_that_it_was_started_in() {
    let turn = || Sample::new(2, "helper").kind(Kind::Turn).invoked_by(1);
    let mut screen = Screen::new();
    assert_eq!(screen.after([turn()]), "");
    assert_eq!(screen.after([Sample::new(1, "main")]), "✓ main()            1.00 ms\n└─ ✓ turn helper()  1.00 ms\n");
    assert_eq!(screen.after([turn()]), "");
    assert_eq!(screen.after([Sample::new(3, "helper").kind(Kind::Turn)]), "✓ turn helper()  1.00 ms\n");
}
