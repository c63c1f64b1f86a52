//! `delivery DESTINATION COUNT` makes so many calls and has them delivered to a server in a process of its own, which takes
//! everything. `scripts/measure-delivery` runs it, for the instructions of the whole process and for the time.
//!
//! Destinations: `none` (nothing is recorded), `local` (the store), `otlp`, `weave`, and `exporter`: the exporter of
//! opentelemetry-otlp as a sink.

#![expect(clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "it is a program, and its user reads why")]

use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Set in the process that is the server.
const SERVER: &str = "WEAVE_BENCH_SERVER";

/// Calls are made in bursts with a flush after each, so that none is dropped.
const BURST: usize = 10_000;

#[weave::op]
fn price(city: &str, days: u32) -> u32 {
    black_box(city);
    days * 100
}

fn main() {
    if std::env::var_os(SERVER).is_some() {
        return serve();
    }
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let destination = arguments.first().map_or("otlp", String::as_str);
    let count: usize = arguments.get(1).map_or(100_000, |count| count.parse().unwrap());

    let mut server = Command::new(std::env::current_exe().unwrap());
    let mut server = server.env(SERVER, "1").stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();

    let dir = tempfile::tempdir().unwrap();
    let builder = weave::builder("bench/bench").dir(dir.path()).print_call_link(false);
    let builder = match destination {
        "none" => builder.disabled(true),
        "local" => builder.local(true),
        "otlp" => builder.otlp_endpoint(format!("{}/v1/traces", url.trim())),
        "weave" => builder.api_key("0".repeat(40)).base_url(url.trim()).trace_server_url(url.trim()),
        "exporter" => builder.local(false).sink(exporter(url.trim())),
        other => panic!("{other:?} is not a destination: expected none, local, otlp, weave or exporter"),
    };
    let guard = builder.init().unwrap();

    let begun = Instant::now();
    for burst in 0..count.div_ceil(BURST) {
        for _ in 0..BURST.min(count - burst * BURST) {
            black_box(price(black_box("Rome"), black_box(3)));
        }
        guard.flush().into_result().unwrap();
    }
    let time = begun.elapsed();
    let sent = guard.health().sinks.first().map_or(0, |sink| sink.sent);
    println!(
        "{destination}: {count} calls made, {sent} delivered, {:.0} ns each",
        time.as_nanos() as f64 / count as f64
    );
    drop(guard);
    server.kill().unwrap();
    server.wait().unwrap();
}

fn exporter(url: &str) -> impl weave::Sink {
    use opentelemetry_otlp::WithExportConfig;

    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http();
    weave::otel::exporter(exporter.with_endpoint(format!("{url}/v1/traces")).build().unwrap())
}

/// Takes whatever comes, until it is killed.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    for connection in listener.incoming().flatten() {
        std::thread::spawn(move || answer(connection));
    }
}

fn answer(connection: TcpStream) -> Option<()> {
    let mut out = connection.try_clone().ok()?;
    let mut from = BufReader::new(connection);
    loop {
        let (mut line, mut length, mut is_graphql) = (String::new(), 0, None);
        while from.read_line(&mut line).ok()? > 2 {
            is_graphql.get_or_insert(line.contains("/graphql"));
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            line.clear();
        }
        is_graphql?;
        from.read_exact(&mut vec![0; length]).ok()?;
        let body = if is_graphql? { r#"{"data":{"project":{"name":"bench"}}}"# } else { "{}" };
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
        // In one piece: the rest would wait for an acknowledgement.
        out.write_all(format!("{head}: {}\r\n\r\n{body}", body.len()).as_bytes()).ok()?;
    }
}
