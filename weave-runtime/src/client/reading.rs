//! The thread that reads for a client.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SendError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::error::Error;
use crate::store::Reader;

type BeforeRead = Arc<dyn Fn() + Send + Sync>;
type Question = Box<dyn FnOnce(&mut Desk) + Send>;

/// What all clones of a client share: the way to the thread, which ends when this is dropped.
pub(super) struct Reading {
    dir: PathBuf,
    before_read: Option<BeforeRead>,
    thread: Mutex<Option<Sender<Question>>>,
}

impl Reading {
    pub(super) fn new(dir: PathBuf, before_read: Option<BeforeRead>) -> Self {
        Self { dir, before_read, thread: Mutex::new(None) }
    }

    /// Where the store is.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Has the thread answer a question, and hand the answer over. If `answer` is dropped instead, the thread panicked,
    /// and the answer is [`lost`](Self::lost).
    pub(super) fn ask<T: 'static>(
        &self,
        question: impl FnOnce(&mut Reader) -> Result<T, Error> + Send + 'static,
        answer: impl FnOnce(Result<T, Error>) + Send + 'static,
    ) -> Result<(), Error> {
        self.send(Box::new(move |desk| {
            let result = desk.reader().and_then(question);
            answer(result);
        }))
    }

    pub(super) fn lost(&self) -> Error {
        Error::store(format!("the thread that reads the store in {} panicked", self.dir.display()))
    }

    fn send(&self, question: Question) -> Result<(), Error> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let unsent = match thread.as_ref() {
            Some(running) => match running.send(question) {
                Ok(()) => return Ok(()),
                Err(SendError(question)) => question,
            },
            None => question,
        };
        let started = self.start()?;
        let sent = started.send(unsent).map_err(|_| self.lost());
        *thread = Some(started);
        sent
    }

    fn start(&self) -> Result<Sender<Question>, Error> {
        let mut desk = Desk { dir: self.dir.clone(), before_read: self.before_read.clone(), reader: None };
        let (sender, questions) = mpsc::channel::<Question>();
        thread::Builder::new()
            .name("weave-read".to_owned())
            .spawn(move || {
                for question in questions {
                    question(&mut desk);
                }
            })
            .map_err(|error| {
                let dir = self.dir.display();
                Error::store(format!("cannot start a thread to read the store in {dir}: {error}")).because(error)
            })?;
        Ok(sender)
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// What the thread works with.
struct Desk {
    dir: PathBuf,
    before_read: Option<BeforeRead>,
    reader: Option<Reader>,
}

impl Desk {
    /// The open store, after all that has to happen before it is read.
    fn reader(&mut self) -> Result<&mut Reader, Error> {
        if let Some(before_read) = &self.before_read {
            before_read();
        }
        self.reader.take_if(|reader| !reader.is_current());
        match &mut self.reader {
            Some(reader) => Ok(reader),
            closed => Ok(closed.insert(Reader::open(&self.dir)?)),
        }
    }
}
