//! Where W&B and Weave are.

use std::path::PathBuf;

use super::{Environment, Given, Url};
use crate::error::Error;

/// The public cloud.
const API: &str = "https://api.wandb.ai";
const TRACE_SERVER: &str = "https://trace.wandb.ai";

const BASE: &str = "WANDB_BASE_URL";
const TRACE: &str = "WF_TRACE_SERVER_URL";

/// Those that say that somebody wants calls to be there.
pub(super) const VARIABLES: [&str; 2] = [BASE, TRACE];

/// The API of W&B.
pub(super) fn base(given: Option<&str>, env: &Environment) -> Result<String, Error> {
    if let Some(url) = given {
        return checked("base_url", url);
    }
    if let Some(url) = env.text(BASE) {
        return checked(BASE, &url);
    }
    match settings(env).find_map(|path| base_url_of(&std::fs::read_to_string(path).ok()?)) {
        Some(url) => checked("base_url in the settings of W&B", &url),
        None => Ok(API.to_owned()),
    }
}

/// The server that takes calls.
pub(super) fn trace_server(given: &Given, base: &str, env: &Environment) -> Result<String, Error> {
    if let Some(url) = &given.trace_server_url {
        return checked("trace_server_url", url.expose());
    }
    if let Some(url) = env.text(TRACE) {
        return checked(TRACE, &url);
    }
    const PUBLIC: &str = "WANDB_PUBLIC_BASE_URL";
    let public = match env.text(PUBLIC).filter(|_| given.base_url.is_none()) {
        Some(url) => checked(PUBLIC, &url)?,
        None => base.to_owned(),
    };
    Ok(if public == API { TRACE_SERVER.to_owned() } else { format!("{public}/traces") })
}

/// The pages that people look at.
pub(super) fn app(base: &str, env: &Environment) -> Result<String, Error> {
    const APP: &str = "WANDB_APP_URL";
    if let Some(url) = env.text(APP) {
        return checked(APP, &url);
    }
    let of_the_api =
        [("://api.wandb.test", "://app.wandb.test"), ("://api.wandb.", "://wandb."), ("://api.", "://app.")];
    let found = of_the_api.into_iter().find(|(api, _)| base.contains(api));
    Ok(found.map_or_else(|| base.to_owned(), |(api, app)| base.replacen(api, app, 1)))
}

/// A URL without what it ends in needlessly.
fn checked(name: &str, url: &str) -> Result<String, Error> {
    let url = url.trim().trim_end_matches('/');
    let parsed = Url::parse(url).filter(|url| url.is_http() && url.userinfo.is_none() && url.query.is_empty());
    if parsed.is_some() && !url.contains('#') {
        return Ok(url.to_owned());
    }
    // A credential may be in it.
    Err(Error::config(format!(
        "{name} is no URL that can be used: expected http:// or https:// and a host, without a user, a query or a fragment"
    )))
}

/// The settings files of W&B, the stronger first.
fn settings(env: &Environment) -> impl Iterator<Item = PathBuf> {
    let home = || env.path("HOME").or_else(|| env.path("USERPROFILE"));
    let folder = env.path("WANDB_CONFIG_DIR").or_else(|| Some(home()?.join(".config").join("wandb")));
    [Some(PathBuf::from("wandb")), folder].into_iter().flatten().map(|folder| folder.join("settings"))
}

/// `base_url` of the section `[default]`.
pub(super) fn base_url_of(settings: &str) -> Option<String> {
    let mut is_default = false;
    for line in settings.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            is_default = section.trim_end().strip_suffix(']').is_some_and(|name| name.trim() == "default");
            continue;
        }
        let pair = line.split_once(['=', ':']).filter(|(key, _)| is_default && key.trim() == "base_url");
        if let Some((_, url)) = pair.filter(|(_, url)| !url.trim().is_empty()) {
            return Some(url.trim().to_owned());
        }
    }
    None
}
