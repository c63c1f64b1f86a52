//! W&B Weave, as the builder, its variables and its files say.

mod key;
#[cfg(test)]
mod tests;
mod urls;

use std::time::Duration;

use super::otlp::headers::{is_name, is_value};
use super::{Environment, Given, NetConfig, Url};
use crate::error::Error;
use crate::secret::Secret;

/// As long is waited for an answer, unless more or less is asked for.
const HTTP_TIMEOUT: Duration = Duration::from_secs(30);

/// Where Weave is, and who we are there.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(dead_code, reason = "only the destination reads it")]
pub(crate) struct WandbConfig {
    /// `None` where W&B is to be asked for the default one.
    pub(crate) entity: Option<String>,
    /// The project alone.
    pub(crate) project: String,
    pub(crate) api_key: Secret,
    /// Of the API of W&B, which knows projects.
    pub(crate) base_url: String,
    /// Of Weave, which takes calls.
    pub(crate) trace_server_url: String,
    /// Where people look at them.
    pub(crate) app_url: String,
    pub(crate) timeout: Duration,
    pub(crate) net: NetConfig,
    /// Added to what goes to Weave.
    pub(crate) headers: Vec<(String, Secret)>,
    /// The run of W&B that the process is part of.
    pub(crate) run_id: Option<String>,
    /// Whether the text of functions is published.
    pub(crate) capture_code: bool,
    /// Whether calls say which client made them, and on what system.
    pub(crate) capture_client_info: bool,
    pub(crate) capture_system_info: bool,
    /// What is true of all spans of the process.
    pub(crate) resource: Vec<(String, serde_json::Value)>,
    /// Whether to say on stderr where calls can be looked at.
    pub(crate) print_call_link: bool,
}

/// Whether the environment says that calls are to go there: by a key, or by the URL of a server that a netrc file has a key
/// for. Such a file alone says nothing: it is there for other programs.
pub(super) fn is_named(env: &Environment) -> bool {
    if env.text(key::VARIABLE).is_some() {
        return true;
    }
    let is_at = urls::VARIABLES.iter().any(|name| env.text(name).is_some());
    is_at && urls::base(None, env).is_ok_and(|base| key::of_netrc(&base, env).is_some())
}

pub(super) fn resolve(
    project: &str,
    given: &Given,
    env: &Environment,
    print_call_link: bool,
) -> Result<WandbConfig, Error> {
    let (entity, project) = match project.split_once('/') {
        Some((entity, project)) => (Some(entity.to_owned()), project),
        None => (env.text("WANDB_ENTITY").map(|entity| entity.trim().to_owned()), project),
    };
    let base_url = urls::base(given.base_url.as_ref().map(Secret::expose), env)?;
    let trace_server_url = urls::trace_server(given, &base_url, env)?;
    let flag = |name, otherwise| Ok::<bool, Error>(env.flag(name)?.unwrap_or(otherwise));
    Ok(WandbConfig {
        api_key: key::resolve(given, &base_url, env)?,
        app_url: urls::app(&base_url, env)?,
        timeout: timeout(env)?,
        net: NetConfig::resolve(env)?,
        headers: headers(env)?,
        run_id: run_id(project, env),
        capture_code: flag("WEAVE_CAPTURE_CODE", true)?,
        capture_client_info: flag("WEAVE_CAPTURE_CLIENT_INFO", true)?,
        capture_system_info: flag("WEAVE_CAPTURE_SYSTEM_INFO", true)?,
        resource: super::otlp::resource::resolve(project, env)?,
        entity,
        project: project.to_owned(),
        base_url,
        trace_server_url,
        print_call_link,
    })
}

/// `WEAVE_HTTP_TIMEOUT`, in seconds, which may have a fraction.
fn timeout(env: &Environment) -> Result<Duration, Error> {
    const NAME: &str = "WEAVE_HTTP_TIMEOUT";
    let Some(text) = env.text(NAME) else { return Ok(HTTP_TIMEOUT) };
    let seconds = text.trim().parse().ok().filter(|seconds: &f64| *seconds > 0.0 && seconds.is_finite());
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).filter(|time| !time.is_zero());
    match time {
        Some(time) => Ok(time.min(super::LONGEST)),
        None => Err(Error::config(format!("{NAME} is {text:?}: expected seconds above zero"))),
    }
}

/// The run that `WANDB_RUN_ID` names, where it is one of this project: Weave knows no others of it.
fn run_id(project: &str, env: &Environment) -> Option<String> {
    let run = env.text("WANDB_RUN_ID").map(|run| run.trim().to_owned())?;
    let is_elsewhere = env.text("WANDB_PROJECT").is_some_and(|other| other.trim() != project);
    let is_plain = !run.contains(['/', ':']) && !run.contains(char::is_control);
    (!is_elsewhere && is_plain).then_some(run)
}

/// The headers of `WEAVE_TRACE_CUSTOM_HEADERS`: one a line, `Name: value`.
fn headers(env: &Environment) -> Result<Vec<(String, Secret)>, Error> {
    const NAME: &str = "WEAVE_TRACE_CUSTOM_HEADERS";
    let Some(text) = env.text(NAME) else { return Ok(Vec::new()) };
    let mut headers = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let header = line.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
        match header.filter(|(name, value)| is_name(name) && is_value(value)) {
            Some((name, value)) => headers.push((name.to_owned(), Secret::new(value))),
            // The line may be a credential.
            None => {
                return Err(Error::config(format!("line {} of {NAME} is no header: expected Name: value", number + 1)));
            }
        }
    }
    Ok(headers)
}
