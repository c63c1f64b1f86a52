//! How requests leave this machine, as the environment says.

use super::Environment;
use super::url::Url;
use crate::error::Error;
use crate::secret::Secret;

/// Skips the verification of certificates.
const INSECURE: &str = "WEAVE_INSECURE_DISABLE_SSL";

/// Proxies and certificates.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct NetConfig {
    pub(crate) proxies: Proxies,
    /// In place of those that the system trusts.
    pub(crate) authorities: Option<Pem>,
    /// Who we are, where servers ask for that.
    pub(crate) identity: Option<Identity>,
    /// Whether any certificate will do.
    pub(crate) insecure: bool,
}

/// The text of a file with certificates or a key in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Pem {
    /// The variable that names the file, for messages.
    pub(crate) variable: &'static str,
    pub(crate) text: Secret,
}

/// A certificate of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Identity {
    pub(crate) certificate: Pem,
    pub(crate) key: Pem,
}

impl NetConfig {
    /// What holds for requests to anywhere: `HTTPS_PROXY` and the like, `WEAVE_INSECURE_DISABLE_SSL`.
    ///
    /// # Errors
    ///
    /// [`is_config`](Error::is_config) when one of them cannot be used.
    pub(crate) fn resolve(env: &Environment) -> Result<Self, Error> {
        let insecure = env.flag(INSECURE)?.unwrap_or(false);
        Ok(Self { proxies: Proxies::resolve(env)?, insecure, ..Self::default() })
    }
}

impl Pem {
    /// The file that the first of these variables names that is set.
    pub(super) fn read(variables: &[&'static str], env: &Environment) -> Result<Option<Self>, Error> {
        for variable in variables {
            let Some(path) = env.path(variable) else { continue };
            let failed = |why: String| Error::config(format!("{variable} is {:?}: {why}", path.display().to_string()));
            return match std::fs::read(&path).map(String::from_utf8) {
                Ok(Ok(text)) => Ok(Some(Self { variable, text: Secret::new(text) })),
                Ok(Err(_)) => Err(failed("expected a file of PEM text".to_owned())),
                Err(error) => Err(failed(error.to_string()).because(error)),
            };
        }
        Ok(None)
    }
}

/// Which requests go through others.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Proxies {
    pub(crate) https: Option<Secret>,
    pub(crate) http: Option<Secret>,
    /// Hosts that are reached without, as `NO_PROXY` has them.
    pub(crate) except: Vec<String>,
}

impl Proxies {
    fn resolve(env: &Environment) -> Result<Self, Error> {
        let all = proxy(&["all_proxy", "ALL_PROXY"], env)?;
        let https = proxy(&["https_proxy", "HTTPS_PROXY"], env)?.or_else(|| all.clone());
        // A web server puts the header `Proxy` of a request into the upper one.
        let cgi = env.text("REQUEST_METHOD").is_some();
        let http = proxy(if cgi { &["http_proxy"] } else { &["http_proxy", "HTTP_PROXY"] }, env)?.or(all);
        let except = env.list("no_proxy").or_else(|| env.list("NO_PROXY")).unwrap_or_default();
        Ok(Self { https, http, except })
    }
}

/// The first of these variables that is set. Its value may have a password in it.
fn proxy(variables: &[&'static str], env: &Environment) -> Result<Option<Secret>, Error> {
    for variable in variables {
        let Some(text) = env.text(variable) else { continue };
        let text = text.trim();
        let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let known = ["http", "https", "socks4", "socks4a", "socks5", "socks5h", "socks"];
        let sound =
            Url::parse(&whole).is_some_and(|url| known.iter().any(|name| url.scheme.eq_ignore_ascii_case(name)));
        if !sound {
            return Err(Error::config(format!(
                "{variable} is no URL of a proxy: expected one such as http://proxy.example:3128"
            )));
        }
        return Ok(Some(Secret::new(whole)));
    }
    Ok(None)
}
