//! Which requests go through a proxy.

use super::super::proxy::of;
use crate::config::{Environment, NetConfig, Url};

fn proxy(environment: &[(&str, &str)], url: &str) -> Option<String> {
    let variables = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let config = NetConfig::resolve(&Environment::Given(variables)).unwrap();
    of(&config.proxies, &Url::parse(url).unwrap()).map(|proxy| proxy.expose().to_owned())
}

#[test]
fn each_scheme_has_its_proxy_in_either_case() {
    let both = [("HTTPS_PROXY", "http://s:1"), ("http_proxy", "p:2")];
    assert_eq!(proxy(&both, "https://a.example").as_deref(), Some("http://s:1"));
    assert_eq!(proxy(&both, "http://a.example").as_deref(), Some("http://p:2"));
    assert_eq!(proxy(&[("ALL_PROXY", "socks5://x:3")], "https://a.example").as_deref(), Some("socks5://x:3"));
    assert_eq!(
        proxy(&[("HTTPS_PROXY", "s:1"), ("ALL_PROXY", "x:3")], "https://a.example").as_deref(),
        Some("http://s:1")
    );
    assert_eq!(proxy(&[("HTTPS_PROXY", "s:1")], "http://a.example"), None);
    // The header `Proxy` of whoever asks a web server.
    assert_eq!(proxy(&[("HTTP_PROXY", "x:1"), ("REQUEST_METHOD", "GET")], "http://a.example"), None);
}

#[test]
fn some_hosts_are_reached_without() {
    let direct = |except: &str, url: &str| proxy(&[("ALL_PROXY", "p:1"), ("NO_PROXY", except)], url).is_none();
    for (except, url) in [
        ("*", "http://a.example"),
        ("a.example", "https://A.Example/x"),
        ("example", "http://a.example"),
        (".example", "http://a.example"),
        ("*.example", "http://a.example"),
        ("x, a.example:81", "http://a.example:81"),
        ("10.0.0.0/8", "http://10.1.2.3"),
        ("10.1.2.3", "http://10.1.2.3:99"),
        ("fd00::/8", "http://[fd00::1]:1"),
        ("nothing", "http://localhost:4318"),
        ("nothing", "http://127.0.0.1"),
        ("nothing", "http://[::1]:4318"),
    ] {
        assert!(direct(except, url), "{except} {url}");
    }
    for (except, url) in [
        ("ample", "http://a.example"),
        ("a.example:81", "http://a.example"),
        ("10.0.0.0/8", "http://11.1.2.3"),
        ("10.0.0.0/99", "http://10.1.2.3"),
        ("", "http://a.example"),
        (".", "http://a.example"),
    ] {
        assert!(!direct(except, url), "{except} {url}");
    }
}
