//! Methods: every receiver, implementations of traits, default methods, async functions in traits.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use weave::testing::Recorder;

/// The outline of what `body` does, the path of this module left out.
fn outline(body: impl FnOnce()) -> String {
    let recorder = Recorder::new();
    recorder.run(body);
    recorder.tree().outline().replace(concat!(module_path!(), "::"), "")
}

#[derive(Clone, Debug, serde::Serialize)]
struct Counter {
    n: u32,
}

impl Counter {
    #[weave::op]
    fn new(n: u32) -> Self {
        Self { n }
    }

    #[weave::op]
    fn get(&self) -> u32 {
        self.n
    }

    #[weave::op]
    fn increase(&mut self, by: u32) -> &mut u32 {
        self.n += by;
        &mut self.n
    }

    #[weave::op]
    fn into_inner(self) -> u32 {
        self.n
    }

    #[weave::op]
    fn boxed(self: Box<Self>) -> u32 {
        self.n
    }

    #[weave::op]
    fn shared(self: Rc<Self>) -> u32 {
        self.n
    }

    #[weave::op]
    fn atomic(self: &Arc<Self>) -> u32 {
        self.n
    }

    #[weave::op]
    fn pinned(mut self: Pin<&mut Self>) -> u32 {
        self.n += 1;
        self.n
    }

    #[weave::op]
    fn doubled(mut self) -> Self {
        self.n *= 2;
        self
    }

    #[weave::op(capture(self))]
    fn show(&self) {}

    #[weave::op(capture(self, twice = self.n * 2))]
    fn eat(self) {}

    #[weave::op]
    async fn later(&mut self, by: u32) -> u32 {
        tokio::task::yield_now().await;
        self.n += by;
        self.n
    }
}

#[test]
fn every_receiver_is_recorded_by_the_name_of_its_type() {
    let expected = "\
new(n: 1) -> {\"n\":1}
get(self: \"<Counter>\") -> 1
increase(self: \"<Counter>\", by: 2) -> 3
boxed(self: \"<Counter>\") -> 3
shared(self: \"<Counter>\") -> 3
atomic(self: \"<Counter>\") -> 3
pinned(self: \"<Counter>\") -> 4
doubled(self: \"<Counter>\") -> {\"n\":8}
into_inner(self: \"<Counter>\") -> 8";
    let recorded = outline(|| {
        let mut counter = Counter::new(1);
        counter.get();
        *counter.increase(2) += 0;
        Box::new(counter.clone()).boxed();
        Rc::new(counter.clone()).shared();
        Arc::new(counter.clone()).atomic();
        Pin::new(&mut counter).pinned();
        assert_eq!(counter.doubled().into_inner(), 8);
    });
    assert_eq!(recorded, expected);
}

#[test]
fn an_async_method_keeps_its_borrow_of_self() {
    let recorder = Recorder::new();
    let mut counter = Counter { n: 1 };
    assert_eq!(futures::executor::block_on(recorder.wrap(counter.later(2))), 3);
    assert_eq!(counter.n, 3);
    assert_eq!(recorder.calls()[0].output::<u32>().unwrap(), 3);
}

trait Shape {
    fn name(&self) -> String;

    #[weave::op]
    fn describe(&self, loud: bool) -> String {
        let name = self.name();
        if loud { name.to_uppercase() } else { name }
    }
}

struct Square;

impl Shape for Square {
    #[weave::op]
    fn name(&self) -> String {
        "square".to_owned()
    }
}

impl Shape for str {
    fn name(&self) -> String {
        self.to_owned()
    }
}

#[test]
fn a_default_method_of_a_trait_is_recorded_with_the_type_that_implements_it() {
    let expected = "\
describe(self: \"<Square>\", loud: true) -> \"SQUARE\"
└─ name(self: \"<Square>\") -> \"square\"";
    assert_eq!(outline(|| drop(Square.describe(true))), expected);
    assert_eq!(outline(|| drop("line".describe(false))), r#"describe(self: "<str>", loud: false) -> "line""#);
}

#[test]
fn a_method_is_recorded_when_it_is_called_through_a_trait_object() {
    let shape: &dyn Shape = &Square;
    let recorder = Recorder::new();
    assert_eq!(recorder.run(|| shape.describe(false)), "square");
    assert_eq!(recorder.calls().len(), 2);
}

trait Fetch {
    fn fetch(&self, url: &str) -> impl Future<Output = Result<String, String>> + Send;
    async fn retry(&self, url: &str) -> String;
}

struct Web;

impl Fetch for Web {
    #[weave::op]
    async fn fetch(&self, url: &str) -> Result<String, String> {
        tokio::task::yield_now().await;
        Err(format!("{url} is down"))
    }

    #[weave::op(skip(self))]
    async fn retry(&self, url: &str) -> String {
        self.fetch(url).await.unwrap_or_default()
    }
}

#[test]
fn async_functions_of_a_trait_are_recorded() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let recorder = Recorder::new();
    futures::executor::block_on(recorder.wrap(async {
        let _ = assert_send(Web.fetch("a")).await;
        Web.retry("b").await;
    }));
    let expected = "\
fetch(self: \"<Web>\", url: \"a\") failed: a is down
retry(url: \"b\") -> \"\"
└─ fetch(self: \"<Web>\", url: \"b\") failed: b is down";
    assert_eq!(recorder.tree().outline().replace(concat!(module_path!(), "::"), ""), expected);
}

struct Wrapper<'a, T, const N: usize>([&'a T; N]);

impl<'a, T: serde::Serialize, const N: usize> Wrapper<'a, T, N> {
    const SIZE: usize = N;

    #[weave::op(skip(self))]
    fn first<U>(&self, at: U) -> Option<&'a T>
    where
        U: Into<usize> + Copy + std::fmt::Debug,
    {
        self.0.get(at.into() % Self::SIZE).copied()
    }
}

#[test]
fn a_method_may_use_all_the_generics_around_it() {
    let (one, two) = (1, 2);
    assert_eq!(outline(|| _ = Wrapper([&one, &two]).first(3_u8)), r#"first(at: "3") -> 2"#);
}

#[test]
fn self_is_captured_as_a_value_when_that_is_asked_for() {
    let expected = "show(self: {\"n\":5})\neat(self: {\"n\":5}, twice: 10)";
    let recorded = outline(|| {
        let counter = Counter { n: 5 };
        counter.show();
        counter.eat();
    });
    assert_eq!(recorded, expected);
}
