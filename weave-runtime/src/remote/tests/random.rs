//! Whatever is answered, every call ends in exactly one figure and nothing is lost.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;

use super::{Driven, LONG, config, later};
use crate::config::RemoteConfig;
use crate::error::Error;
use crate::remote::Outcome;

#[derive(Clone, Copy, Debug)]
enum Answer {
    Take,
    Later,
    Smaller,
    Refuse,
    Close,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Export(u64),
    Flush,
    /// The process ends, and another begins.
    Restart,
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        5 => Just(Answer::Take),
        2 => Just(Answer::Later),
        2 => Just(Answer::Smaller),
        1 => Just(Answer::Refuse),
        1 => Just(Answer::Close),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![4 => (1..60_u64).prop_map(Step::Export), 1 => Just(Step::Flush), 1 => Just(Step::Restart)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_call_is_delivered_once_or_counted(
        steps in prop::collection::vec(step(), 1..12),
        answers in prop::collection::vec(answer(), 0..40),
        queue_bytes in prop_oneof![Just(2_000_usize), Just(1 << 20)],
    ) {
        let dir = tempfile::tempdir().unwrap();
        let config = RemoteConfig { queue_bytes, ..config(dir.path()) };
        // What was given up, whoever counted it.
        let refused = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(answers));
        let start = || {
            let (answers, refused) = (Arc::clone(&answers), Arc::clone(&refused));
            Driven::new(&config, move |calls: &[u64]| {
                let reason = Error::delivery("as it happens");
                match answers.lock().unwrap().pop().unwrap_or(Answer::Take) {
                    Answer::Take => Outcome::Taken,
                    Answer::Later => later(),
                    Answer::Close => Outcome::Closed(reason),
                    Answer::Smaller => {
                        if calls.len() == 1 {
                            refused.lock().unwrap().extend_from_slice(calls);
                        }
                        Outcome::Smaller(reason)
                    }
                    Answer::Refuse => {
                        refused.lock().unwrap().extend_from_slice(calls);
                        Outcome::Refused(reason)
                    }
                }
            })
        };
        let (mut made, mut own, mut driven) = (0, 0, start());
        let mut delivered = Vec::new();
        let account = |driven: &Driven, own: u64| {
            let [sent, failed, dropped, spilled, _] = driven.counts();
            prop_assert_eq!(dropped, 0);
            prop_assert!(sent + failed + spilled <= own, "{:?} of {}", driven.figures(), own);
            Ok(())
        };
        for step in steps {
            match step {
                Step::Export(calls) => {
                    driven.export(made + 1..=made + calls);
                    made += calls;
                    own += calls;
                    account(&driven, own)?;
                }
                Step::Flush => {
                    driven.flush(Duration::from_secs(5)).unwrap();
                    let [sent, failed, dropped, spilled, _] = driven.counts();
                    prop_assert_eq!(sent + failed + dropped + spilled, own);
                }
                Step::Restart => {
                    // So that nobody waits for an answer when it ends.
                    driven.flush(Duration::from_secs(5)).unwrap();
                    delivered.push(driven.taken.all());
                    drop(driven);
                    (driven, own) = (start(), 0);
                }
            }
        }
        answers.lock().unwrap().clear();
        driven.flush(LONG).unwrap();
        let [sent, failed, dropped, spilled, _] = driven.counts();
        prop_assert_eq!((sent + failed, dropped, spilled), (own, 0, 0));
        delivered.push(driven.taken.all());
        let mut all = delivered.concat();
        all.extend_from_slice(&refused.lock().unwrap());
        all.sort_unstable();
        prop_assert_eq!(all, (1..=made).collect::<Vec<_>>());
    }
}
