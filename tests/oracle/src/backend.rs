//! A backend in a process of its own, which can be killed, held and started again at the same address.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, thread};

use crate::taken;

/// Says to a program that uses this crate that it is to be the backend: `port:file`.
const SERVE: &str = "ORACLE_BACKEND";

/// A backend, seen from the test. It takes calls of OTLP and Weave, and writes down their ids before it answers.
#[derive(Debug)]
pub struct Backend {
    port: u16,
    log: PathBuf,
    process: Option<Child>,
}

impl Backend {
    /// One that is down, at a port that is free.
    pub fn new(dir: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { port, log: dir.join("taken.log"), process: None }
    }

    /// Where it is, also while it is down.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts it, and waits until it listens.
    pub fn start(&mut self) {
        let mut command = Command::new(env::current_exe().unwrap());
        command.env(SERVE, format!("{}:{}", self.port, self.log.display())).stdout(Stdio::null());
        self.process = Some(command.spawn().unwrap());
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < deadline, "the backend does not listen");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Kills it in the middle of whatever it does.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// From now on it accepts connections and requests, and answers none.
    pub fn hold(&self) {
        self.signal("-STOP");
    }

    /// Has it answer again, also what it was asked meanwhile.
    pub fn let_go(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        if let Some(process) = &self.process {
            assert!(Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap().success());
        }
    }

    /// The ids of the calls that were taken, once for each time.
    pub fn taken(&self) -> Vec<u64> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().map(|id| u64::from_str_radix(id, 16).expect("an id of a call")).collect()
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Serves for ever, if this process was started to be the backend.
pub fn serve() {
    let Ok(how) = env::var(SERVE) else { return };
    let (port, log) = how.split_once(':').unwrap();
    let log = Arc::new(OpenOptions::new().create(true).append(true).open(log).unwrap());
    // The port may still belong to the one that was killed.
    let address = ("127.0.0.1", port.parse().unwrap());
    let listener = (0..200)
        .find_map(|_| TcpListener::bind(address).map_err(|_| thread::sleep(Duration::from_millis(10))).ok())
        .expect("the port is free");
    for stream in listener.incoming() {
        let (Ok(stream), log) = (stream, Arc::clone(&log)) else { continue };
        thread::spawn(move || while answer(&stream, &log).is_ok() {});
    }
}

/// Answers one request. Errs when the client is gone.
fn answer(stream: &TcpStream, log: &File) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (path, is_gzip, body) = request(&mut reader)?;
    let (status, answer) = match taken::ids(&path, is_gzip, &body) {
        Ok(ids) => {
            let lines: String = ids.iter().map(|id| format!("{id}\n")).collect();
            // One write, so that a kill leaves whole lines.
            (&*log).write_all(lines.as_bytes())?;
            ("200 OK", of_weave(&path))
        }
        Err(error) => ("400 Bad Request", format!("{{\"reason\":\"{error}\"}}")),
    };
    let kind = if path.ends_with("/v1/traces") { "application/x-protobuf" } else { "application/json" };
    let answer = if kind.ends_with("protobuf") && status.starts_with("200") { String::new() } else { answer };
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", answer.len());
    (&*stream).write_all((head + &answer).as_bytes())
}

fn request(reader: &mut impl BufRead) -> io::Result<(String, bool, Vec<u8>)> {
    let (mut path, mut is_gzip, mut length) = (String::new(), false, 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end().to_ascii_lowercase();
        match line.split_once(": ") {
            Some(("content-length", bytes)) => length = bytes.parse().map_err(io::Error::other)?,
            Some(("content-encoding", encoding)) => is_gzip = encoding == "gzip",
            _ if line.is_empty() => break,
            _ if path.is_empty() => line.split(' ').nth(1).unwrap_or_default().clone_into(&mut path),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((path, is_gzip, body))
}

/// What Weave answers, as far as a client that sends calls looks at it.
fn of_weave(path: &str) -> String {
    let answer = match path {
        "/server_info" => r#"{"min_required_weave_python_version":"0.0.0"}"#,
        "/graphql" => r#"{"data":{"project":{"name":"soak"},"viewer":{"username":"u","defaultEntity":{"name":"e"}}}}"#,
        "/obj/create" => r#"{"digest":"d","object_id":"o"}"#,
        "/file/create" | "/files/create" => r#"{"digest":"d"}"#,
        _ => "{}",
    };
    answer.to_owned()
}
