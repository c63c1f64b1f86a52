//! Other attributes beside ours, in either order, and qualifiers.

use weave::testing::Recorder;

#[weave::op]
#[test]
fn a_test_may_be_an_op() {
    assert_eq!(1 + 1, 2);
}

#[test]
#[weave::op]
fn an_op_may_be_a_test() -> Result<(), std::num::ParseIntError> {
    "1".parse::<u8>()?;
    Ok(())
}

#[weave::op]
#[tokio::test]
async fn an_async_test_may_be_an_op() {
    tokio::task::yield_now().await;
}

#[tokio::test]
#[weave::op]
async fn an_op_may_be_an_async_test() -> Result<(), String> {
    tokio::task::yield_now().await;
    Ok(())
}

mod main_above {
    #[tokio::main(flavor = "current_thread")]
    #[weave::op]
    pub(super) async fn main() -> Result<u8, String> {
        tokio::task::yield_now().await;
        Ok(1)
    }
}

mod main_below {
    #[weave::op]
    #[tokio::main(flavor = "current_thread")]
    pub(super) async fn main() -> Result<u8, String> {
        tokio::task::yield_now().await;
        Ok(1)
    }
}

#[weave::op]
extern "C" fn from_c(n: i32) -> i32 {
    n + 1
}

#[weave::op]
#[inline(always)]
#[deprecated = "to see that it stays"]
fn deprecated(n: u8) -> u8 {
    n
}

mod stale {
    #[weave::op]
    #[expect(unused_mut, reason = "to see that it is fulfilled")]
    pub(super) fn returns(n: u8) -> u8 {
        let mut same = n;
        same.min(9)
    }
}

macro_rules! exported {
    ($name:ident) => {
        #[$crate::attributes::op]
        pub(super) fn $name(n: u8) -> $crate::attributes::Boxed<u8> {
            Box::new(std::iter::once(n))
        }
    };
}

pub(crate) use weave::op;
pub(crate) type Boxed<T> = Box<dyn Iterator<Item = T> + Send>;

mod made {
    exported!(by_macro);
}

mod renamed {
    //! A dependency under another name, and through another crate.
    pub(crate) mod framework {
        pub(crate) use weave as tracing_of_ours;
    }

    #[weave::op(crate = crate::attributes::renamed::framework::tracing_of_ours)]
    pub(super) fn through(n: u8) -> impl Iterator<Item = u8> {
        std::iter::once(n)
    }
}

#[test]
fn what_others_make_of_an_op_still_records() {
    let recorder = Recorder::new();
    recorder.run(|| {
        assert_eq!(from_c(1), 2);
        #[expect(deprecated, reason = "it is")]
        deprecated(1);
        stale::returns(1);
        assert_eq!((main_above::main(), main_below::main()), (Ok(1), Ok(1)));
        made::by_macro(1).for_each(drop);
        renamed::through(1).for_each(drop);
    });
    assert_eq!(
        recorder.tree().outline(),
        "from_c(n: 1) -> 2\ndeprecated(n: 1) -> 1\nreturns(n: 1) -> 1\nmain() -> 1\nmain() -> 1\nby_macro(n: 1) -> [1]\n\
         through(n: 1) -> [1]"
    );
}
