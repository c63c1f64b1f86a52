//! Proxies that are none, and URLs.

use crate::config::{Environment, NetConfig, Url};

#[test]
fn a_proxy_that_is_none_is_an_error_that_does_not_show_it() {
    for proxy in ["http://me:hidden@", "ftp://hidden", "http://a b:hidden"] {
        let variables = [("HTTPS_PROXY".to_owned(), proxy.to_owned())].into();
        let error = NetConfig::resolve(&Environment::Given(variables)).unwrap_err();
        assert!(error.is_config());
        let expected = "HTTPS_PROXY is no URL of a proxy: expected one such as http://proxy.example:3128";
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn urls_are_taken_apart_and_shown_without_secrets() {
    let shown = |text: &str| Url::parse(text).map(|url| (url.shown(), url.place()));
    let some = |shown: &str, place: &str| Some((shown.to_owned(), place.to_owned()));
    assert_eq!(shown("https://u:p@h.example/a?b=c#d"), some("https://h.example/a", "h.example:443"));
    assert_eq!(shown("http://[::1]:4318"), some("http://[::1]:4318", "[::1]:4318"));
    assert_eq!(shown("http://h:?x"), some("http://h", "h:80"));
    for wrong in ["", "h", "//h", "http://", "http://h:x", "http://h:70000", "http://[::1", "http://a b", "http:///x"] {
        assert_eq!(shown(wrong), None, "{wrong}");
    }
}
