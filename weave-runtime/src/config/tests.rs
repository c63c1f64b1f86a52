//! What is resolved from the builder, the environment and the defaults.

mod net;
mod otlp;
mod sinks;

use std::time::Duration;

use super::*;
use crate::builder;

fn resolved(builder: Builder, environment: &[(&str, &str)]) -> Result<Config, Error> {
    resolve(builder.environment(environment.iter().copied())).map(|resolved| resolved.config)
}

fn message(builder: Builder, environment: &[(&str, &str)]) -> String {
    let error = resolved(builder, environment).unwrap_err();
    assert!(error.is_config(), "{error:?}");
    error.to_string()
}

/// A setting in its three strengths: what a variable and a builder make of it, and what it is when neither speaks.
struct Setting {
    variable: &'static str,
    value: &'static str,
    explicit: fn(Builder) -> Builder,
    seen: fn(&Config) -> String,
    /// By default, from the variable, from the builder when the variable is set, too.
    expected: [&'static str; 3],
}

const SETTINGS: [Setting; 11] = [
    Setting {
        variable: names::DISABLED,
        value: "1",
        explicit: |builder| builder.disabled(false),
        seen: |config| config.disabled.to_string(),
        expected: ["false", "true", "false"],
    },
    Setting {
        variable: names::DIR,
        value: "from/env",
        explicit: |builder| builder.dir("from/code"),
        seen: |config| config.dir.display().to_string(),
        expected: [".weave", "from/env", "from/code"],
    },
    Setting {
        variable: names::CONSOLE,
        value: "yes",
        explicit: |builder| builder.console(false),
        seen: |config| config.console.to_string(),
        expected: ["false", "true", "false"],
    },
    Setting {
        variable: names::PRINT_CALL_LINK,
        value: "off",
        explicit: |builder| builder.print_call_link(true),
        seen: |config| config.announce.to_string(),
        expected: ["true", "false", "true"],
    },
    Setting {
        variable: names::MAX_VALUE_BYTES,
        value: "10",
        explicit: |builder| builder.value_bytes(20),
        seen: |config| config.limits.bytes.to_string(),
        expected: ["1048576", "10", "20"],
    },
    Setting {
        variable: names::MAX_CONTENT_BYTES,
        value: "10",
        explicit: |builder| builder.content_bytes(20),
        seen: |config| config.limits.content.to_string(),
        expected: ["16777216", "10", "20"],
    },
    Setting {
        variable: names::MAX_CALLS_QUEUE_SIZE,
        value: "10",
        explicit: |builder| builder.queue_calls(20),
        seen: |config| config.queue_calls.to_string(),
        expected: ["100000", "10", "20"],
    },
    Setting {
        variable: names::MAX_QUEUE_BYTES,
        value: "10",
        explicit: |builder| builder.queue_bytes(20),
        seen: |config| config.queue_bytes.to_string(),
        expected: ["67108864", "10", "20"],
    },
    Setting {
        variable: names::FLUSH_INTERVAL_MS,
        value: " 10 ",
        explicit: |builder| builder.flush_interval(Duration::from_millis(20)),
        seen: |config| format!("{:?}", config.flush_interval),
        expected: ["1s", "10ms", "20ms"],
    },
    Setting {
        variable: names::FLUSH_TIMEOUT_MS,
        value: "10",
        explicit: |builder| builder.flush_timeout(Duration::from_millis(20)),
        seen: |config| format!("{:?}", config.flush_timeout),
        expected: ["30s", "10ms", "20ms"],
    },
    Setting {
        variable: names::MAX_SPILL_AGE_S,
        value: "10",
        explicit: |builder| builder.spill_age(Duration::from_secs(20)),
        seen: |config| format!("{:?}", config.remote.spill_age),
        expected: ["604800s", "10s", "20s"],
    },
];

#[test]
fn the_builder_wins_over_the_environment_which_wins_over_the_default() {
    for Setting { variable, value, explicit, seen, expected } in SETTINGS {
        let by_default = resolved(builder("p"), &[]).unwrap();
        let from_env = resolved(builder("p"), &[(variable, value)]).unwrap();
        let from_code = resolved(explicit(builder("p")), &[(variable, value)]).unwrap();
        assert_eq!([seen(&by_default), seen(&from_env), seen(&from_code)], expected, "{variable}");
    }
}

#[test]
fn a_blank_variable_is_as_good_as_none() {
    for Setting { variable, expected, seen, .. } in SETTINGS.iter().filter(|setting| setting.variable != names::DIR) {
        assert_eq!(seen(&resolved(builder("p"), &[(variable, "")]).unwrap()), expected[0], "{variable}");
        assert_eq!(seen(&resolved(builder("p"), &[(variable, "  ")]).unwrap()), expected[0], "{variable}");
    }
    assert_eq!(resolved(builder("p"), &[(names::DIR, "")]).unwrap().dir, PathBuf::from(DEFAULT_DIR));
}

#[test]
fn yes_and_no_are_said_in_many_ways() {
    for (text, expected) in [("yes", true), ("TRUE", true), ("1", true), ("On", true)].into_iter().chain([
        ("no", false),
        ("False", false),
        ("0", false),
        ("OFF", false),
    ]) {
        assert_eq!(resolved(builder("p"), &[(names::DISABLED, text)]).unwrap().disabled, expected, "{text}");
    }
}

#[test]
fn a_wrong_value_is_named_with_its_variable_and_what_was_expected() {
    let wrong = |name, value| message(builder("p"), &[(name, value)]);
    for name in [names::DISABLED, names::CONSOLE, names::PRINT_CALL_LINK] {
        assert_eq!(
            wrong(name, "maybe"),
            format!(r#"{name} is "maybe": expected yes, true, 1, on, no, false, 0 or off"#)
        );
    }
    for name in [names::MAX_VALUE_BYTES, names::MAX_CONTENT_BYTES, names::MAX_CALLS_QUEUE_SIZE, names::MAX_QUEUE_BYTES]
    {
        for value in ["0", "-1", "1.5", "1e3", "1 MiB", "99999999999999999999"] {
            assert_eq!(wrong(name, value), format!("{name} is {value:?}: expected a whole number above zero"));
        }
    }
    for (name, unit) in [
        (names::FLUSH_INTERVAL_MS, "milliseconds"),
        (names::FLUSH_TIMEOUT_MS, "milliseconds"),
        (names::MAX_SPILL_AGE_S, "seconds"),
    ] {
        for value in ["0", "-1", "1.5", "10s"] {
            assert_eq!(wrong(name, value), format!("{name} is {value:?}: expected {unit}, a whole number above zero"));
        }
    }
}

#[test]
fn a_wrong_variable_that_the_builder_speaks_over_is_not_looked_at() {
    let config = resolved(builder("p").value_bytes(5), &[(names::MAX_VALUE_BYTES, "many")]).unwrap();
    assert_eq!(config.limits.bytes, 5);
}

#[test]
fn zero_is_refused_where_nothing_could_be_recorded_with_it() {
    assert_eq!(message(builder("p").value_bytes(0), &[]), "value_bytes is 0: expected a number above zero");
    assert_eq!(message(builder("p").queue_calls(0), &[]), "queue_calls is 0: expected a number above zero");
    assert_eq!(message(builder("p").queue_bytes(0), &[]), "queue_bytes is 0: expected a number above zero");
    assert_eq!(
        message(builder("p").flush_interval(Duration::ZERO), &[]),
        "flush_interval is 0: expected a time above zero"
    );
}

#[test]
fn no_room_on_disk_is_a_choice() {
    let bytes = |environment: &[_]| resolved(builder("p"), environment).unwrap().remote.spill_bytes;
    assert_eq!(bytes(&[]), 256 << 20);
    assert_eq!(bytes(&[(names::MAX_SPILL_BYTES, "10")]), 10);
    assert_eq!(bytes(&[(names::MAX_SPILL_BYTES, "0")]), 0);
    assert_eq!(resolved(builder("p").spill_bytes(0), &[]).unwrap().remote.spill_bytes, 0);
    assert_eq!(
        message(builder("p"), &[(names::MAX_SPILL_BYTES, "1 GB")]),
        r#"WEAVE_MAX_SPILL_BYTES is "1 GB": expected a whole number"#
    );
}

#[test]
fn an_empty_path_is_refused() {
    assert_eq!(message(builder("p").dir(""), &[]), "dir is \"\": expected the path of a directory");
}

#[test]
fn times_too_long_for_a_clock_are_as_long_as_one_takes() {
    let config = builder("p").flush_interval(Duration::MAX).flush_timeout(Duration::MAX);
    let Config { flush_interval, flush_timeout, .. } = resolved(config, &[]).unwrap();
    assert_eq!([flush_interval, flush_timeout], [LONGEST, LONGEST]);
}

#[test]
fn a_project_is_a_name_or_an_entity_and_a_name() {
    for project in ["p", "my-team/my-project", "Straße 1"] {
        assert_eq!(resolved(builder(project), &[]).unwrap().project, project);
    }
    for project in ["", "  ", "/", "a/", "/b", "a/b/c", "a/ "] {
        assert_eq!(
            message(builder(project), &[]),
            format!(r#"the project is {project:?}: expected "project" or "entity/project""#)
        );
    }
}

#[test]
fn secret_keys_of_the_environment_are_added_to_those_of_the_builder() {
    let config = resolved(builder("p").redact_keys(["pin"]), &[(names::REDACT_KEYS, "ssn, iban")]).unwrap();
    assert_eq!(config.redact_keys, ["pin", "ssn", "iban"]);
}

#[cfg(unix)]
#[test]
fn a_directory_need_not_be_unicode() {
    use std::os::unix::ffi::OsStringExt;
    let dir = PathBuf::from(std::ffi::OsString::from_vec(vec![b'a', 0xFF]));
    assert_eq!(resolved(builder("p").dir(&dir), &[]).unwrap().dir, dir);
}
