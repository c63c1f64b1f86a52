//! The head of a request as it is written, of which the client below is told nothing: at the level `trace` it logs all that it
//! writes.

use std::cell::RefCell;
use std::fmt::Write;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport};

/// The path that the client is told, and a header whose place the hidden ones take.
pub(super) const PATH: &str = "/hidden";
pub(super) const HEADER: (&str, &str) = ("x-hidden", "hidden");

thread_local! {
    /// Of the request that this thread is about to send.
    static HEAD: RefCell<Option<Head>> = const { RefCell::new(None) };
}

/// What a request says in place of what the client was told.
#[derive(Default)]
pub(super) struct Head {
    /// The path and the query, or all of a URL for a proxy.
    target: String,
    headers: String,
}

impl Head {
    pub(super) fn new(target: String) -> Self {
        Self { target, headers: String::new() }
    }

    /// Adds a header, of which it is known that it can be written.
    pub(super) fn put(&mut self, name: &str, value: &str) {
        let _ = write!(self.headers, "{name}: {value}\r\n");
    }

    /// The bytes that are written in place of these, if they are the head that stands for this one.
    fn instead_of(&self, told: &[u8]) -> Option<Vec<u8>> {
        let text = std::str::from_utf8(told).ok()?;
        let (method, rest) = text.split_once(' ')?;
        let rest = rest.strip_prefix(PATH)?;
        let (before, after) = rest.split_once(&format!("\r\n{}: {}\r\n", HEADER.0, HEADER.1))?;
        let Self { target, headers } = self;
        Some(format!("{method} {target}{before}\r\n{headers}{after}").into_bytes())
    }
}

/// Has what `run` sends on this thread begin with this head.
pub(super) fn with_head<T>(head: Head, run: impl FnOnce() -> T) -> T {
    HEAD.set(Some(head));
    let result = run();
    HEAD.set(None);
    result
}

/// Makes connections as the client does by itself.
#[derive(Default, Debug)]
pub(super) struct Wires(DefaultConnector);

impl Connector for Wires {
    type Out = Wire;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Wire>, Error> {
        Ok(self.0.connect(details, chained)?.map(Wire))
    }
}

/// A connection.
#[derive(Debug)]
pub(super) struct Wire(Box<dyn Transport>);

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let head = HEAD.with_borrow(|head| {
            let told = self.0.buffers().output().get(..amount)?;
            head.as_ref()?.instead_of(told)
        });
        let Some(head) = head else { return self.0.transmit_output(amount, timeout) };
        HEAD.set(None);
        let room = self.0.buffers().output().len().max(1);
        for part in head.chunks(room) {
            if let Some(output) = self.0.buffers().output().get_mut(..part.len()) {
                output.copy_from_slice(part);
            }
            self.0.transmit_output(part.len(), timeout)?;
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
