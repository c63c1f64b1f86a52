//! The key of W&B.

use std::path::PathBuf;

use super::{Environment, Given, Url};
use crate::error::Error;
use crate::secret::Secret;

pub(super) const VARIABLE: &str = "WANDB_API_KEY";

const TOKEN_FILE: &str = "WANDB_IDENTITY_TOKEN_FILE";

/// The key of the builder, of the environment, or of a netrc file.
pub(super) fn resolve(given: &Given, base: &str, env: &Environment) -> Result<Secret, Error> {
    if let Some(key) = &given.api_key {
        return checked("api_key", key.expose());
    }
    let variable = env.text(VARIABLE);
    if env.text(TOKEN_FILE).is_some() {
        return Err(Error::config(match variable {
            Some(_) => format!("{VARIABLE} and {TOKEN_FILE} are both set: unset one of them"),
            None => format!("{TOKEN_FILE} is set, and identity tokens are not supported: set {VARIABLE} instead"),
        }));
    }
    if let Some(key) = variable {
        return checked(VARIABLE, &key);
    }
    if let Some(key) = of_netrc(base, env) {
        return checked("the password in the netrc file", &key);
    }
    let host = host(base);
    Err(Error::config(format!(
        "calls are to go to W&B Weave, and there is no key: set {VARIABLE}, call `api_key` of the builder, or run `wandb login`, \
         which writes one for {host} into ~/.netrc"
    )))
}

/// The password that a netrc file has for the host of this URL.
pub(super) fn of_netrc(base: &str, env: &Environment) -> Option<String> {
    let home = env.path("HOME").or_else(|| env.path("USERPROFILE"));
    let at_home = |name: &str| Some(home.as_ref()?.join(name));
    let files: Vec<PathBuf> = match env.path("NETRC") {
        Some(file) => vec![expanded(file, home.as_ref())],
        None => [at_home(".netrc"), at_home("_netrc")].into_iter().flatten().collect(),
    };
    let text = files.into_iter().find_map(|file| std::fs::read_to_string(file).ok())?;
    password(&text, host(base))
}

fn host(url: &str) -> &str {
    Url::parse(url).map_or(url, |url| url.host)
}

fn expanded(file: PathBuf, home: Option<&PathBuf>) -> PathBuf {
    match (file.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => file,
    }
}

/// The password for a host. The one for all others is not meant for W&B.
pub(super) fn password(netrc: &str, host: &str) -> Option<String> {
    let lines = netrc.lines().map(|line| if line.trim_start().starts_with('#') { "" } else { line });
    let mut words = lines.flat_map(str::split_whitespace);
    let mut is_ours = false;
    while let Some(word) = words.next() {
        match word {
            "machine" => is_ours = words.next().is_some_and(|name| name.eq_ignore_ascii_case(host)),
            "default" => is_ours = false,
            "password" => {
                let password = words.next()?;
                if is_ours {
                    return Some(password.trim_matches('"').to_owned());
                }
            }
            "login" | "account" => drop(words.next()),
            // What a macro does is of no matter, nor are words that nobody knows.
            _ => {}
        }
    }
    None
}

/// A key that a header can carry. It is never shown.
fn checked(name: &str, key: &str) -> Result<Secret, Error> {
    let key = key.trim();
    if key.is_empty() {
        return Err(Error::config(format!("{name} is empty: expected a key of W&B")));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::config(format!(
            "{name} is no key of W&B: it has spaces or letters that no key has (it is not shown here)"
        )));
    }
    Ok(Secret::new(key))
}
