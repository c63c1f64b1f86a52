//! The size of an annotated future: at most one copy of the arguments and 128 bytes more than that of the plain one.

use futures::future::ready;

const LARGE: usize = 4096;

async fn plain(data: [u8; LARGE]) -> usize {
    ready(()).await;
    data.len()
}

#[weave::op]
async fn annotated(data: [u8; LARGE]) -> usize {
    ready(()).await;
    data.len()
}

#[weave::op]
async fn skipping((head, _): (u8, [u8; LARGE]), tail: [u8; LARGE]) -> usize {
    ready(()).await;
    usize::from(head) + tail.len()
}

async fn plain_pattern((head, _): (u8, [u8; LARGE]), tail: [u8; LARGE]) -> usize {
    ready(()).await;
    usize::from(head) + tail.len()
}

macro_rules! nest {
    ($name:ident calls $inner:ident) => {
        #[weave::op]
        async fn $name(n: u64) -> u64 {
            $inner(n).await + 1
        }
    };
}

async fn leaf(n: u64) -> u64 {
    ready(n).await
}

nest!(one calls leaf);
nest!(two calls one);
nest!(three calls two);
nest!(four calls three);

#[test]
fn arguments_are_held_at_most_once_more() {
    let (plain, annotated) = (size_of_val(&plain([0; LARGE])), size_of_val(&annotated([0; LARGE])));
    assert!(annotated <= plain + LARGE + 128, "{plain} became {annotated}");
    let arguments = ((0, [0; LARGE]), [0; LARGE]);
    let plain = size_of_val(&plain_pattern(arguments.0, arguments.1));
    let annotated = size_of_val(&skipping(arguments.0, arguments.1));
    assert!(annotated <= plain + size_of_val(&arguments) + 128, "{plain} became {annotated}");
}

#[test]
fn nesting_adds_and_does_not_multiply() {
    let sizes = [size_of_val(&one(1)), size_of_val(&two(1)), size_of_val(&three(1)), size_of_val(&four(1))];
    assert!(sizes.windows(2).all(|pair| pair[1] <= pair[0] + 128 + 4 * size_of::<u64>()), "{sizes:?}");
}
