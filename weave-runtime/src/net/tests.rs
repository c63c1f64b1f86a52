//! Requests against a server on loopback, and the words for what goes wrong.

mod odd_servers;
mod proxies;
mod reasons;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use fake_backend::{Answer, Backend};

use super::*;
use crate::config::{Environment, NetConfig};

fn client(environment: &[(&str, &str)]) -> Http {
    let variables = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Http::new(&NetConfig::resolve(&Environment::Given(variables)).unwrap()).unwrap()
}

fn post<'a>(url: &'a str, body: &'a [u8]) -> Request<'a> {
    let timeout = Duration::from_secs(5);
    Request { method: "POST", url, headers: &[], content_type: "text/plain", body, gzip: false, timeout }
}

#[test]
fn a_body_arrives_with_its_type_its_headers_and_who_sends_it() {
    let backend = Backend::start();
    let url = backend.url() + "/a/b?c=d";
    let headers = [("Authorization".to_owned(), Secret::new("Bearer hidden"))];
    let answer = client(&[]).send(&Request { headers: &headers, ..post(&url, b"hello") }).unwrap();
    assert_eq!((answer.status, answer.standing()), (200, Standing::Taken));
    let received = &backend.requests()[0];
    assert_eq!((received.method.as_str(), received.path.as_str()), ("POST", "/a/b?c=d"));
    assert_eq!(received.body, b"hello");
    assert_eq!(received.header("content-type"), Some("text/plain"));
    assert_eq!(received.header("authorization"), Some("Bearer hidden"));
    assert_eq!(received.header("content-length"), Some("5"));
    assert_eq!(received.header("user-agent"), Some(concat!("weave-rs/", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn get_has_no_body_and_an_empty_post_does() {
    let backend = Backend::start();
    let url = backend.url();
    client(&[]).send(&Request { method: "GET", ..post(&url, b"") }).unwrap();
    client(&[]).send(&post(&url, b"")).unwrap();
    let received = backend.requests();
    assert_eq!((received[0].method.as_str(), received[0].header("content-type")), ("GET", None));
    assert_eq!((received[1].method.as_str(), received[1].header("content-length")), ("POST", Some("0")));
}

#[test]
fn a_body_is_compressed_when_that_is_asked_for() {
    let backend = Backend::start();
    let body = "weave ".repeat(1_000);
    client(&[]).send(&Request { gzip: true, ..post(&backend.url(), body.as_bytes()) }).unwrap();
    let received = &backend.requests()[0];
    assert_eq!(received.header("content-encoding"), Some("gzip"));
    assert!(received.body.len() < 200);
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*received.body), &mut text).unwrap();
    assert_eq!(text, body);
}

#[test]
fn several_requests_share_a_connection() {
    let backend = Backend::start();
    let client = client(&[]);
    for _ in 0..3 {
        client.send(&post(&backend.url(), b"x")).unwrap();
    }
    let connections: Vec<_> = backend.requests().iter().map(|received| received.connection).collect();
    assert_eq!(connections, [connections[0]; 3]);
}

#[test]
fn a_redirect_is_told_and_not_followed() {
    let backend = Backend::start();
    backend.once("/", Answer::status(307).header("location", "https://u:hidden@elsewhere.example/x?key=hidden"));
    let answer = client(&[]).send(&post(&backend.url(), b"x")).unwrap();
    assert_eq!(answer.standing(), Standing::Elsewhere);
    assert_eq!(answer.reason(), "307, see https://elsewhere.example/x");
    assert_eq!(backend.requests().len(), 1);
}

#[test]
fn a_page_is_no_answer_whatever_its_status_says() {
    let backend = Backend::start();
    let page = "\n<!DOCTYPE html><html><head><title>Log in to this network</title></head></html>";
    backend.once("/", Answer::status(200).body("text/html", page));
    let answer = client(&[]).send(&post(&backend.url(), b"x")).unwrap();
    assert_eq!(answer.standing(), Standing::Elsewhere);
    assert_eq!(answer.reason(), "200 Log in to this network");
}

#[test]
fn a_server_says_how_long_to_wait() {
    let backend = Backend::start();
    backend.once("/", Answer::status(503).header("retry-after", "7"));
    let answer = client(&[]).send(&post(&backend.url(), b"x")).unwrap();
    assert_eq!((answer.standing(), answer.retry_after), (Standing::Busy, Some(Duration::from_secs(7))));
    assert_eq!(answer.reason(), "503 Service Unavailable");
}

fn failure(client: &Http, request: &Request<'_>) -> Failure {
    client.send(request).unwrap_err()
}

#[test]
fn nobody_listening_is_told_by_host_and_port_alone() {
    let place = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure = failure(&client(&[]), &post(&format!("http://user:hidden@{place}/path?key=hidden"), b"x"));
    assert_eq!(failure.error.to_string(), format!("cannot connect to {place}: connection refused"));
    assert!(!failure.lasting && !format!("{failure:?}").contains("hidden"), "{failure:?}");
}

#[test]
fn a_server_that_never_answers_costs_the_time_given_and_no_more() {
    let backend = Backend::start();
    backend.answer("/", Answer::hang());
    let url = backend.url();
    let began = Instant::now();
    let failure = failure(&client(&[]), &Request { timeout: Duration::from_millis(200), ..post(&url, b"x") });
    let place = url.trim_start_matches("http://");
    assert_eq!(failure.error.to_string(), format!("no answer from {place} within 200ms"));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[test]
fn an_answer_that_breaks_off_is_a_failure() {
    let backend = Backend::start();
    backend.once("/", Answer::reset());
    backend.once("/", Answer::status(200).json(r#"{"a":"long enough"}"#).truncate(4));
    let url = backend.url();
    let place = url.trim_start_matches("http://");
    let expected = format!("{place} closed the connection before its answer was complete");
    assert_eq!(failure(&client(&[]), &post(&url, b"x")).error.to_string(), expected);
    assert_eq!(failure(&client(&[]), &post(&url, b"x")).error.to_string(), expected);
}

#[test]
fn what_does_not_speak_tls_is_told_from_what_does_not_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1_000]).unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").unwrap();
        // Until the client has read it: a close too early would be a reset.
        let _ = stream.read(&mut [0; 1_000]);
    });
    let failure = failure(&client(&[]), &post(&format!("https://{place}"), b"x"));
    let expected = format!("{place} does not speak TLS: is its address http:// in place of https://?");
    assert_eq!((failure.error.to_string(), failure.lasting), (expected, true));
    server.join().unwrap();
}

#[test]
fn a_proxy_is_asked_for_the_connection_with_its_password_that_nothing_shows() {
    let proxy = Backend::start();
    proxy.answer("", Answer::status(407));
    let place = proxy.url().trim_start_matches("http://").to_owned();
    let client = client(&[("HTTPS_PROXY", &format!("http://me:hidden@{place}")), ("NO_PROXY", "direct.example")]);
    assert!(!format!("{client:?}").contains("hidden"), "{client:?}");
    let failure = failure(&client, &post("https://traces.example/v1", b"x"));
    let message = failure.error.to_string();
    assert!(message.starts_with(&format!("the proxy {place} does not connect to traces.example:443")), "{message}");
    assert!(!format!("{failure:?}").contains("hidden"), "{failure:?}");
    let received = &proxy.requests()[0];
    assert_eq!((received.method.as_str(), received.path.as_str()), ("CONNECT", "traces.example:443"));
    // me:hidden
    assert_eq!(received.header("proxy-authorization"), Some("Basic bWU6aGlkZGVu"));
}

#[test]
fn loopback_is_reached_without_the_proxy() {
    let backend = Backend::start();
    let client = client(&[("ALL_PROXY", "http://127.0.0.1:1")]);
    assert_eq!(client.send(&post(&backend.url(), b"x")).unwrap().status, 200);
}

#[test]
fn what_is_no_url_is_not_shown() {
    for url in ["", "hidden", "ftp://hidden", "http://", "http://a:hidden/", "http://a b/hidden"] {
        let failure = failure(&client(&[]), &post(url, b"x"));
        assert_eq!(failure.error.to_string(), "the address is no URL of HTTP", "{url}");
    }
}
