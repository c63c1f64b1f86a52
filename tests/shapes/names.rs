//! Names: arguments called like our locals, alike, or passed on by a macro, are recorded as what they are.

use weave::testing::Recorder;

#[weave::op]
fn named_like_ours(__weave_call: u8, __arg0: u8, (__arg2, _): (u8, u8)) -> u8 {
    __weave_call + __arg0 + __arg2
}

macro_rules! alike {
    ($x:ident) => {
        #[weave::op(name = "alike")]
        fn alike($x: u8, x: u8) -> u8 {
            $x * 2 + x
        }
    };
}

alike!(x);

macro_rules! name_by {
    ($name:literal) => {
        #[weave::op(name = $name)]
        fn named(n: u8) -> u8 {
            n
        }
    };
}

name_by!("by a literal");

#[weave::op(capture(text = format!("{first}!"), sum = a + b), skip(first))]
fn expressions(first: &str, _second: u8, (a, b): (u8, u8)) -> usize {
    first.len() + usize::from(a + b)
}

/// Takes everything by value, under the names of our own methods.
#[expect(dead_code, reason = "it is there to be in the way")]
trait Everywhere: Sized {
    fn start(self) {}
    fn input(self) {}
    fn output(self) {}
}

impl<T> Everywhere for T {}

/// Shows nothing of itself.
struct Plain;

trait Of {
    type Item;

    fn first(&self) -> Option<&Self::Item>;
}

impl<T> Of for Vec<T> {
    type Item = T;

    fn first(&self) -> Option<&T> {
        <[T]>::first(self)
    }
}

#[weave::op]
fn told_by_its_type() -> impl Of<Item = Plain> {
    Vec::new()
}

#[weave::op]
async fn told_later() -> Result<impl Of<Item = Plain>, String> {
    Ok(Vec::new())
}

#[test]
fn every_name_stands_for_its_own_argument() {
    let recorder = Recorder::new();
    recorder.run(|| {
        assert_eq!(named_like_ours(1, 2, (3, 4)), 6);
        assert_eq!(alike(1, 2), 4);
        assert_eq!(named(1), 1);
        assert_eq!(expressions("a", 1, (2, 3)), 6);
    });
    assert_eq!(
        recorder.tree().outline(),
        "named_like_ours(__weave_call: 1, __arg0: 2, __arg2: 3) -> 6\nalike(x: 1, x: 2) -> 4\nby a literal(n: 1) -> 1\n\
         expressions(_second: 1, a: 2, b: 3, text: \"a!\", sum: 5) -> 6"
    );
}

#[test]
fn a_body_learns_from_an_impl_trait_what_it_holds() {
    let recorder = Recorder::new();
    recorder.run(|| {
        assert!(told_by_its_type().first().is_none());
        assert!(futures::executor::block_on(told_later()).is_ok_and(|empty| empty.first().is_none()));
    });
    assert_eq!(recorder.calls().len(), 2);
}
