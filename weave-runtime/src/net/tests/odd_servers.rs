//! Servers that answer as few do, on the bytes of a socket.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// Answers each connection with these bytes, and closes it; gives the heads of the requests.
fn serve(listener: TcpListener, answers: Vec<Vec<u8>>) -> JoinHandle<Vec<String>> {
    std::thread::spawn(move || {
        let answer = |answer: Vec<u8>| {
            let (mut stream, _) = listener.accept().unwrap();
            let head = head(&mut stream);
            stream.write_all(&answer).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            // Until the client has read it: a close too early would be a reset.
            let _ = stream.read_to_end(&mut Vec::new());
            head
        };
        answers.into_iter().map(answer).collect()
    })
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

fn local() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn answers_are_read_however_they_are_framed() {
    let zipped = gzip(b"{}");
    let answers: [Vec<u8>; 6] = [
        b"HTTP/1.0 200 OK\r\n\r\n{}".into(),
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}".into(),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\nlast: one\r\n\r\n".into(),
        [
            format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", zipped.len()).as_bytes(),
            &zipped,
        ]
        .concat(),
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".into(),
        b"HTTP/1.1 204 No Content\r\n\r\n".into(),
    ];
    let count = answers.len();
    let (listener, url) = local();
    let server = serve(listener, answers.into());
    let client = client(&[]);
    for n in 0..count {
        let answer = client.send(&post(&url, b"x")).unwrap();
        assert_eq!(answer.standing(), Standing::Taken, "{n}");
        assert_eq!(answer.body, if n + 1 == count { b"".as_slice() } else { b"{}" }, "{n}");
    }
    drop(client);
    server.join().unwrap();
}

#[test]
fn an_answer_that_unpacks_without_end_is_too_long() {
    let bomb = gzip(&vec![0; 64 << 20]);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len());
    let (listener, url) = local();
    let server = serve(listener, vec![[head.as_bytes(), &bomb].concat()]);
    let error = client(&[]).send(&post(&url, b"x")).map(drop).unwrap_err().error.to_string();
    assert_eq!(error, format!("the answer of {} is too long", url.trim_start_matches("http://")));
    server.join().unwrap();
}

#[test]
fn a_connection_that_the_server_has_closed_meanwhile_is_made_anew() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec();
    let (listener, url) = local();
    let server = std::thread::spawn(move || {
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().unwrap();
            head(&mut stream);
            stream.read_exact(&mut [0]).unwrap();
            stream.write_all(&answer).unwrap();
        }
    });
    let client = client(&[]);
    for _ in 0..3 {
        assert_eq!(client.send(&post(&url, b"x")).unwrap().status, 200);
        // Until the end of the connection is here.
        std::thread::sleep(Duration::from_millis(50));
    }
    server.join().unwrap();
}

#[test]
fn an_address_of_version_six_is_reached() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
    let place = listener.local_addr().unwrap();
    let server = serve(listener, vec![b"HTTP/1.1 200 OK\r\n\r\n".into()]);
    assert_eq!(client(&[]).send(&post(&format!("http://{place}/a"), b"x")).unwrap().status, 200);
    let head = server.join().unwrap().remove(0);
    assert!(head.starts_with("POST /a HTTP/1.1\r\n") && head.contains(&format!("host: {place}\r\n")), "{head}");
}

#[test]
fn a_proxy_is_asked_itself_for_what_goes_without_tls() {
    let (listener, proxy) = local();
    let server = serve(listener, vec![b"HTTP/1.1 200 OK\r\n\r\n".into()]);
    let client = client(&[("HTTP_PROXY", &proxy.replace("://", "://me:hid%40den@"))]);
    let headers = [("X-Key".to_owned(), Secret::new("hidden"))];
    let answer = client.send(&Request { headers: &headers, ..post("http://traces.example/v1?a=b", b"x") }).unwrap();
    assert_eq!(answer.status, 200);
    let head = server.join().unwrap().remove(0);
    assert!(head.starts_with("POST http://traces.example:80/v1?a=b HTTP/1.1\r\n"), "{head}");
    // me:hid@den
    for line in ["host: traces.example:80", "proxy-authorization: Basic bWU6aGlkQGRlbg==", "x-key: hidden"] {
        assert_eq!(head.matches(&format!("\r\n{line}\r\n")).count(), 1, "{line} in {head}");
    }
    assert!(!head.contains("x-hidden") && head.matches("host: ").count() == 1, "{head}");
}

#[test]
fn headers_that_the_client_writes_itself_are_there_once() {
    let (listener, url) = local();
    let server = serve(listener, vec![b"HTTP/1.1 200 OK\r\n\r\n".into()]);
    let headers = [("User-Agent".to_owned(), Secret::new("mine")), ("accept".to_owned(), Secret::new("text/plain"))];
    client(&[]).send(&Request { headers: &headers, ..post(&url, b"x") }).unwrap();
    let head = server.join().unwrap().remove(0);
    assert!(head.contains("\r\nuser-agent: mine\r\n") && head.matches("user-agent").count() == 1, "{head}");
    assert!(head.contains("\r\naccept: text/plain\r\n") && head.matches("accept:").count() == 1, "{head}");
}

#[test]
fn a_header_longer_than_the_client_s_buffer_arrives_whole() {
    let (listener, url) = local();
    let server = serve(listener, vec![b"HTTP/1.1 200 OK\r\n\r\n".into()]);
    let long = "k".repeat(300_000);
    let headers = [("x-key".to_owned(), Secret::new(long.clone()))];
    client(&[]).send(&Request { headers: &headers, ..post(&url, b"x") }).unwrap();
    assert!(server.join().unwrap().remove(0).contains(&format!("\r\nx-key: {long}\r\n")));
}

#[test]
fn what_no_header_can_have_is_not_sent_nor_shown() {
    for (name, value) in [("x-key", "hidden\r\nx: y"), ("x key", "hidden"), ("x-key", "hidden\u{e4}")] {
        let headers = [(name.to_owned(), Secret::new(value))];
        let failure = failure(&client(&[]), &Request { headers: &headers, ..post("http://127.0.0.1:1", b"x") });
        let expected =
            "the request to 127.0.0.1:1 cannot be written: a header or the path has a character that is not allowed";
        assert_eq!((failure.error.to_string().as_str(), failure.lasting), (expected, true));
    }
}
