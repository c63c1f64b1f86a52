//! Waiting for a future on a plain thread, for some time.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// What `future` gives, or `None` when it takes longer than `patience`.
///
/// No runtime's `block_on`: inside of one, exporters that block, as those with a blocking HTTP client do, panic.
pub(super) fn wait<T>(future: impl Future<Output = T>, patience: Duration) -> Option<T> {
    let deadline = Instant::now().checked_add(patience);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut task = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut task) {
            return Some(value);
        }
        match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
            Some(left) if left.is_zero() => return None,
            Some(left) => thread::park_timeout(left),
            None => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_future_that_is_woken_from_another_thread_is_waited_for() {
        let (sender, receiver) = futures_channel::oneshot::channel();
        thread::spawn(move || sender.send(1));
        assert_eq!(wait(receiver, Duration::from_secs(60)), Some(Ok(1)));
    }

    #[test]
    fn a_future_that_hangs_is_given_up() {
        assert_eq!(wait(std::future::pending::<()>(), Duration::from_millis(20)), None);
    }
}
