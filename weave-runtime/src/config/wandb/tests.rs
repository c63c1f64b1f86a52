//! What is resolved of Weave from the builder, the environment and the files of W&B.

use std::fs;

use super::*;
use crate::builder;

const KEY: &str = "0123456789012345678901234567890123456789";

fn resolved(builder: super::super::Builder, environment: &[(&str, &str)]) -> Result<WandbConfig, Error> {
    let resolved = super::super::resolve(builder.environment(environment.iter().copied()))?;
    Ok(resolved.config.wandb.expect("Weave was chosen"))
}

fn with_key(environment: &[(&str, &str)]) -> WandbConfig {
    resolved(builder("e/p").api_key(KEY), environment).unwrap()
}

fn message(builder: super::super::Builder, environment: &[(&str, &str)]) -> String {
    let error = resolved(builder, environment).unwrap_err();
    assert!(error.is_config());
    error.to_string()
}

/// API, Weave, pages.
fn urls(environment: &[(&str, &str)]) -> [String; 3] {
    let WandbConfig { base_url, trace_server_url, app_url, .. } = with_key(environment);
    [base_url, trace_server_url, app_url]
}

#[test]
fn each_url_follows_from_the_one_before_unless_it_is_given() {
    for (environment, expected) in [
        (&[][..], ["https://api.wandb.ai", "https://trace.wandb.ai", "https://wandb.ai"]),
        (
            &[("WANDB_BASE_URL", "https://wandb.example.com/")],
            ["https://wandb.example.com", "https://wandb.example.com/traces", "https://wandb.example.com"],
        ),
        (
            &[("WANDB_BASE_URL", "https://api.wandb.test")],
            ["https://api.wandb.test", "https://api.wandb.test/traces", "https://app.wandb.test"],
        ),
        (
            &[("WANDB_BASE_URL", "https://api.qa.dev")],
            ["https://api.qa.dev", "https://api.qa.dev/traces", "https://app.qa.dev"],
        ),
        (
            &[("WANDB_BASE_URL", "http://inside:8080"), ("WANDB_PUBLIC_BASE_URL", "https://outside")],
            ["http://inside:8080", "https://outside/traces", "http://inside:8080"],
        ),
        (
            &[("WF_TRACE_SERVER_URL", "http://localhost:1/"), ("WANDB_APP_URL", "http://app")],
            ["https://api.wandb.ai", "http://localhost:1", "http://app"],
        ),
    ] {
        assert_eq!(urls(environment), expected, "{environment:?}");
    }
}

#[test]
fn the_builder_wins_over_the_environment() {
    let config = builder("e/p").api_key(KEY).base_url("https://a.test").trace_server_url("https://b.test/t/");
    let environment = [("WANDB_BASE_URL", "https://c.test"), ("WF_TRACE_SERVER_URL", "https://d.test")];
    let WandbConfig { base_url, trace_server_url, .. } = resolved(config, &environment).unwrap();
    assert_eq!([base_url, trace_server_url], ["https://a.test", "https://b.test/t"]);
}

#[test]
fn the_settings_of_wandb_name_the_api() {
    let dir = tempfile::tempdir().unwrap();
    let settings = "[other]\nbase_url = https://no.test\n[default]\nentity = x\nbase_url = https://yes.test\n";
    fs::write(dir.path().join("settings"), settings).unwrap();
    let folder = dir.path().to_str().unwrap();
    assert_eq!(urls(&[("WANDB_CONFIG_DIR", folder)])[0], "https://yes.test");
    assert_eq!(urls(&[("WANDB_CONFIG_DIR", folder), ("WANDB_BASE_URL", "https://env.test")])[0], "https://env.test");
}

#[test]
fn what_is_no_url_is_refused_without_being_shown() {
    for url in ["example.com", "ftp://example.com", "https://", "https://me:s3cr3t@host", "https://host/?key=s3cr3t"] {
        let text = message(builder("e/p").api_key(KEY), &[("WANDB_BASE_URL", url)]);
        assert!(text.starts_with("WANDB_BASE_URL is no URL that can be used") && !text.contains("s3cr3t"), "{text}");
    }
}

#[test]
fn an_entity_is_that_of_the_project_else_of_the_environment_else_asked_for() {
    let entity = |project: &str, environment: &[(&str, &str)]| {
        let config = resolved(builder(project).api_key(KEY), environment).unwrap();
        (config.entity, config.project)
    };
    let named = [("WANDB_ENTITY", "theirs")];
    assert_eq!(entity("mine/p", &named), (Some("mine".to_owned()), "p".to_owned()));
    assert_eq!(entity("p", &named), (Some("theirs".to_owned()), "p".to_owned()));
    assert_eq!(entity("p", &[]), (None, "p".to_owned()));
}

/// A home that has a netrc file.
fn home(netrc: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(".netrc"), netrc).unwrap();
    dir
}

#[test]
fn a_key_in_netrc_counts_only_where_weave_was_chosen() {
    let home = home(
        "machine other login u password no\n# machine api.wandb.ai password no\nmachine api.wandb.ai\n  login user\n  password from-netrc\ndefault password no\n",
    );
    let home = ("HOME", home.path().to_str().unwrap());
    let sinks = |environment: &[(&str, &str)]| {
        let resolved = super::super::resolve(builder("p").environment(environment.iter().copied())).unwrap();
        resolved.config.wandb.map(|wandb| wandb.api_key.expose().to_owned())
    };
    let key = Some("from-netrc".to_owned());
    assert_eq!(sinks(&[home]), None);
    assert_eq!(sinks(&[home, ("WF_TRACE_SERVER_URL", "http://localhost:1")]), key);
    assert_eq!(sinks(&[home, ("WANDB_BASE_URL", "https://api.wandb.ai")]), key);
    assert_eq!(sinks(&[home, ("WANDB_BASE_URL", "https://elsewhere.test")]), None);
    assert_eq!(sinks(&[home, ("WEAVE_SINKS", "weave")]), key);
    assert_eq!(sinks(&[home, ("WEAVE_SINKS", "weave"), ("WANDB_API_KEY", "from-env")]), Some("from-env".to_owned()));
    let chosen = resolved(builder("p").weave(true), &[home]).unwrap();
    assert_eq!(chosen.api_key, Secret::new("from-netrc"));
}

#[test]
fn the_netrc_file_may_be_elsewhere() {
    let home = home("machine api.wandb.ai login user password k\n");
    let file = home.path().join(".netrc");
    let environment = [("NETRC", file.to_str().unwrap())];
    assert_eq!(resolved(builder("p").weave(true), &environment).unwrap().api_key, Secret::new("k"));
    let environment = [("NETRC", "~/.netrc"), ("HOME", home.path().to_str().unwrap())];
    assert_eq!(resolved(builder("p").weave(true), &environment).unwrap().api_key, Secret::new("k"));
}

#[test]
fn a_key_that_is_missing_or_none_is_told_of_and_not_shown() {
    let missing = message(builder("e/p").weave(true), &[]);
    assert!(missing.contains("WANDB_API_KEY") && missing.contains("api.wandb.ai"), "{missing}");
    let odd = message(builder("e/p"), &[("WANDB_API_KEY", "my key")]);
    assert!(odd.starts_with("WANDB_API_KEY is no key of W&B") && !odd.contains("my key"), "{odd}");
    let token = message(builder("e/p").weave(true), &[("WANDB_IDENTITY_TOKEN_FILE", "/t")]);
    assert!(token.contains("identity tokens are not supported"), "{token}");
    let both = message(builder("e/p"), &[("WANDB_IDENTITY_TOKEN_FILE", "/t"), ("WANDB_API_KEY", KEY)]);
    assert_eq!(both, "WANDB_API_KEY and WANDB_IDENTITY_TOKEN_FILE are both set: unset one of them");
}

#[test]
fn headers_of_ones_own_are_one_a_line() {
    let config = with_key(&[("WEAVE_TRACE_CUSTOM_HEADERS", "X-One: 1\n\n x-two :a: b\n")]);
    let headers = [("X-One".to_owned(), Secret::new("1")), ("x-two".to_owned(), Secret::new("a: b"))];
    assert_eq!(config.headers, headers);
    let wrong = message(builder("e/p").api_key(KEY), &[("WEAVE_TRACE_CUSTOM_HEADERS", "X-One: 1\ns3cr3t")]);
    assert_eq!(wrong, "line 2 of WEAVE_TRACE_CUSTOM_HEADERS is no header: expected Name: value");
}

#[test]
fn a_run_counts_in_its_own_project() {
    let run = ("WANDB_RUN_ID", "r1");
    assert_eq!(with_key(&[run]).run_id.as_deref(), Some("r1"));
    assert_eq!(with_key(&[run, ("WANDB_PROJECT", "p")]).run_id.as_deref(), Some("r1"));
    assert_eq!(with_key(&[run, ("WANDB_PROJECT", "other")]).run_id, None);
    assert_eq!(with_key(&[("WANDB_RUN_ID", "a/b")]).run_id, None);
}

#[test]
fn times_and_switches_have_defaults() {
    let config = with_key(&[]);
    assert_eq!((config.timeout, config.net.insecure, config.capture_code), (HTTP_TIMEOUT, false, true));
    let set = [("WEAVE_HTTP_TIMEOUT", "0.5"), ("WEAVE_INSECURE_DISABLE_SSL", "TRUE"), ("WEAVE_CAPTURE_CODE", "no")];
    let config = with_key(&set);
    assert_eq!((config.timeout, config.net.insecure, config.capture_code), (Duration::from_millis(500), true, false));
    let wrong = message(builder("e/p").api_key(KEY), &[("WEAVE_HTTP_TIMEOUT", "soon")]);
    assert_eq!(wrong, r#"WEAVE_HTTP_TIMEOUT is "soon": expected seconds above zero"#);
}

proptest::proptest! {
    #[test]
    fn files_of_others_are_read_whatever_is_in_them(text in "(machine|login|password|default|\\[default\\]|base_url|=|:|h|\\s|\\PC){0,30}") {
        let _ = (key::password(&text, "h"), urls::base_url_of(&text));
    }

    #[test]
    fn the_password_of_a_host_is_found_among_others(others in proptest::collection::vec("[a-z]{2,8}", 0..5), at in 0..5_usize) {
        let mut lines: Vec<String> =
            others.iter().map(|name| format!("machine {name} login u password of-{name}")).collect();
        lines.insert(at.min(lines.len()), "machine H.Test\n\tlogin user\n\tpassword ours".to_owned());
        proptest::prop_assert_eq!(key::password(&lines.join("\n"), "h.test"), Some("ours".to_owned()));
    }
}
