//! The annotation changes nothing: the same functions run with it and without it, recorded and not.
//!
//! [`same!`] compiles its items twice, once with attributes of the same names that do nothing, and has all three ways of
//! running give the same: values, drops, polls, panics with their places, auto traits.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Once;
use std::task::{Context, Poll, Waker};

use weave::testing::Recorder;

mod agents;
mod arguments;
mod attributes;
mod control_flow;
mod endings;
mod futures_out;
mod generics;
mod hygiene;
mod iterators;
mod receivers;
mod returns;
mod streams;
mod traits;
mod unusual;
mod wild;

/// A row: what `run` gives, in each way of running, and the outline of the calls that it makes.
///
/// ```ignore
/// same! { a_name gives "1" records "f() -> 1";
///     #[op]
///     fn f() -> u8 {
///         1
///     }
///     fn run() -> u8 {
///         f()
///     }
/// }
/// ```
macro_rules! same {
    ($name:ident gives $value:literal $(drops $dropped:literal)? records $outline:expr; $($items:tt)*) => {
        mod $name {
            #[allow(unused, unreachable_code, clippy::all, clippy::pedantic, reason = "the shapes are what they are")]
            mod plain {
                use super::super::*;
                use left_alone::{llm, op, tool, turn};
                $($items)*
                pub(super) fn seen() -> $crate::same::Seen {
                    $crate::same::Seen::of(run)
                }
            }
            #[allow(unused, unreachable_code, clippy::all, clippy::pedantic, reason = "the shapes are what they are")]
            mod recorded {
                use super::super::*;
                use weave::{llm, op, tool, turn};
                $($items)*
                pub(super) fn seen() -> $crate::same::Seen {
                    $crate::same::Seen::of(run)
                }
            }

            #[test]
            fn is_the_same() {
                let expected = [$value, concat!("" $(, $dropped)?), $outline];
                $crate::same::assert_same(plain::seen, recorded::seen, expected, concat!(module_path!(), "::recorded::"));
            }
        }
    };
}
use same;

/// `expected`: the value, what is dropped, the outline, in which the types made in `module` are called by their last name.
#[track_caller]
fn assert_same(plain: fn() -> Seen, recorded: fn() -> Seen, expected: [&str; 3], module: &str) {
    let [value, dropped, outline] = expected;
    let seen = plain();
    assert_eq!((&*seen.value, &*seen.dropped), (value, dropped), "without the annotation");
    assert_eq!(recorded(), seen, "with the annotation, where nobody listens");
    let recorder = Recorder::new();
    assert_eq!(recorder.run(recorded), seen, "with the annotation, recorded");
    assert_eq!(recorder.tree().outline().replace(module, ""), outline, "what is recorded");
}

/// What can be seen of a run from outside.
#[derive(PartialEq, Debug)]
struct Seen {
    /// As debug text, or how it panicked.
    value: String,
    /// The names of the [`Noisy`], in the order in which they were dropped.
    dropped: String,
    /// Where it panicked.
    lines: Vec<u32>,
}

impl Seen {
    fn of<T: Debug>(run: impl FnOnce() -> T) -> Self {
        listen_to_panics();
        DROPPED.take();
        PANICKED_AT.set(Some(Vec::new()));
        let value = match catch_unwind(AssertUnwindSafe(run)) {
            Ok(value) => format!("{value:?}"),
            Err(payload) => format!("panicked: {}", text(&*payload)),
        };
        Self { value, dropped: DROPPED.take(), lines: PANICKED_AT.take().unwrap_or_default() }
    }
}

thread_local! {
    static DROPPED: RefCell<String> = const { RefCell::new(String::new()) };
    static PANICKED_AT: RefCell<Option<Vec<u32>>> = const { RefCell::new(None) };
}

/// Notes where the panics of a run are, in place of printing them.
fn listen_to_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let is_ours = PANICKED_AT.with_borrow_mut(|lines| {
                lines.as_mut().map(|lines| lines.extend(info.location().map(std::panic::Location::line))).is_some()
            });
            if !is_ours {
                before(info);
            }
        }));
    });
}

/// The text of a panic.
fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no text".to_owned())
}

/// Writes its name when it is dropped.
#[derive(Debug)]
struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push_str(self.0));
    }
}

/// Counts the polls until a future is ready, and gives what it gives.
fn polls<F: Future>(future: F) -> (u32, F::Output) {
    let mut future = pin!(future);
    let mut count = 0;
    loop {
        count += 1;
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return (count, output);
        }
    }
}

/// Polls once and drops what is left.
fn poll_once<F: Future>(future: F) -> bool {
    pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|task| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Asks which auto traits a type has; see [`auto_traits!`].
struct Traits<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Traits<T> {
    fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

macro_rules! ask {
    ($($method:ident $trait:ident)*) => {
        $(impl<T: $trait + ?Sized> Traits<T> {
            fn $method(&self) -> &'static str {
                concat!(" ", stringify!($trait))
            }
        })*

        /// What is found where the type has not the trait.
        trait Lacks {
            $(fn $method(&self) -> &'static str {
                ""
            })*
        }

        impl<T: ?Sized> Lacks for Traits<T> {}
    };
}

ask!(send Send sync Sync unpin Unpin unwind_safe UnwindSafe ref_unwind_safe RefUnwindSafe);

/// The auto traits of a value, as text.
macro_rules! auto_traits {
    ($value:expr) => {{
        use $crate::same::Lacks as _;
        let traits = $crate::same::Traits::of(&$value);
        [traits.send(), traits.sync(), traits.unpin(), traits.unwind_safe(), traits.ref_unwind_safe()].concat()
    }};
}
use auto_traits;
