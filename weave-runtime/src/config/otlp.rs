//! An OTLP backend, as the builder and OpenTelemetry's variables say.

pub(super) mod headers;
pub(super) mod resource;

use std::time::Duration;

use serde_json::Value;

use super::net::{Identity, NetConfig, Pem};
use super::url::Url;
use super::{Environment, Given, LONGEST, or_else};
use crate::error::Error;
use crate::secret::Secret;

/// The variables that name a backend: for spans, for everything.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// As many spans go into one request, which 4 MiB bound as well.
const DEFAULT_BATCH: usize = 2_048;

/// How spans travel to an OTLP backend: see [`Builder::otlp_protocol`](crate::Builder::otlp_protocol).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum OtlpProtocol {
    /// `http/protobuf`: requests of HTTP with protobuf. What all backends take, and the default.
    #[default]
    HttpProtobuf,
    /// `http/json`: requests of HTTP with JSON. Needs the feature `otlp-json`.
    HttpJson,
    /// `grpc`: calls of gRPC. Needs the feature `otlp-grpc`.
    Grpc,
}

impl OtlpProtocol {
    /// What the variables of OpenTelemetry call it.
    ///
    /// ```
    /// assert_eq!(weave::OtlpProtocol::Grpc.as_str(), "grpc");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HttpProtobuf => "http/protobuf",
            Self::HttpJson => "http/json",
            Self::Grpc => "grpc",
        }
    }
}

/// Where to send spans.
#[derive(Clone, PartialEq, Debug)]
#[allow(dead_code, reason = "only the destination reads it")]
pub(crate) struct OtlpConfig {
    /// Of traces: with its path, unless it is one of gRPC. There may be a key in its query.
    pub(crate) endpoint: Secret,
    /// The same for people.
    pub(crate) shown: String,
    pub(crate) project: String,
    pub(crate) headers: Vec<(String, Secret)>,
    pub(crate) protocol: OtlpProtocol,
    pub(crate) gzip: bool,
    /// Of one request.
    pub(crate) timeout: Duration,
    /// The most spans of one request.
    pub(crate) batch: usize,
    /// What is true of all spans of the process.
    pub(crate) resource: Vec<(String, Value)>,
    pub(crate) net: NetConfig,
}

/// Whether the environment names a backend, and does not say that nothing is to go there.
pub(super) fn is_named(env: &Environment) -> bool {
    let is_off = env.text("OTEL_SDK_DISABLED").is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
    let elsewhere =
        env.list("OTEL_TRACES_EXPORTER").is_some_and(|all| !all.iter().any(|one| one.eq_ignore_ascii_case("otlp")));
    !is_off && !elsewhere && ENDPOINTS.iter().any(|name| env.text(name).is_some())
}

/// How long calls wait for others to go with: `OTEL_BSP_SCHEDULE_DELAY`.
pub(super) fn schedule_delay(env: &Environment) -> Result<Option<Duration>, Error> {
    Ok(env.millis_or_zero("OTEL_BSP_SCHEDULE_DELAY")?.map(|delay| delay.max(Duration::from_millis(1))))
}

pub(super) fn resolve(project: &str, given: &Given, env: &Environment) -> Result<OtlpConfig, Error> {
    let protocol = or_else(given.otlp_protocol, || protocol(env))?.unwrap_or_default();
    let endpoint = Endpoint::resolve(protocol, given, env)?;
    let url = endpoint.parsed()?;
    let mut headers = headers::resolve(&given.otlp_headers, env)?;
    if let Some(userinfo) = url.userinfo
        && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
    {
        headers.push(headers::basic(userinfo));
    }
    let timeout = of_traces("TIMEOUT", |name| limit(name, env))?.unwrap_or(DEFAULT_TIMEOUT);
    let export = limit("OTEL_BSP_EXPORT_TIMEOUT", env)?;
    let batch = env.count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE")?;
    Ok(OtlpConfig {
        shown: url.shown(),
        endpoint: Secret::new(url.without_userinfo()),
        project: project.to_owned(),
        headers,
        protocol,
        gzip: of_traces("COMPRESSION", |name| compression(name, env))?.unwrap_or(false),
        timeout: export.map_or(timeout, |export| timeout.min(export)),
        batch: batch.unwrap_or(DEFAULT_BATCH),
        resource: resource::resolve(project, env)?,
        net: net(env)?,
    })
}

/// A time that something may take; 0 stands for any, as OpenTelemetry has it.
fn limit(name: &str, env: &Environment) -> Result<Option<Duration>, Error> {
    Ok(env.millis_or_zero(name)?.map(|limit| if limit.is_zero() { LONGEST } else { limit.min(LONGEST) }))
}

/// Asks the variable for traces, then the one for everything.
fn of_traces<T>(what: &str, read: impl Fn(&str) -> Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    let special = read(&format!("OTEL_EXPORTER_OTLP_TRACES_{what}"))?;
    or_else(special, || read(&format!("OTEL_EXPORTER_OTLP_{what}")))
}

fn protocol(env: &Environment) -> Result<Option<OtlpProtocol>, Error> {
    let known = [OtlpProtocol::HttpProtobuf, OtlpProtocol::HttpJson, OtlpProtocol::Grpc];
    of_traces("PROTOCOL", |name| {
        env.one_of(name, "http/protobuf, http/json or grpc", |text| known.into_iter().find(|one| one.as_str() == text))
    })
}

fn compression(name: &str, env: &Environment) -> Result<Option<bool>, Error> {
    env.one_of(name, "gzip or none", |text| match text {
        "gzip" => Some(true),
        "none" => Some(false),
        _ => None,
    })
}

fn net(env: &Environment) -> Result<NetConfig, Error> {
    let file = |names: [&'static str; 2]| Pem::read(&names, env);
    let authorities = file(["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"])?;
    let key = file(["OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY"])?;
    let certificate = file(["OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"])?;
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some(Identity { certificate, key }),
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => {
            return Err(Error::config(format!(
                "{} is set, and its other half is not: a client needs a certificate (OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE) \
                 and its key (OTEL_EXPORTER_OTLP_CLIENT_KEY)",
                one.variable
            )));
        }
    };
    Ok(NetConfig { authorities, identity, ..NetConfig::resolve(env)? })
}

/// A URL, and who said it how.
struct Endpoint {
    by: &'static str,
    said: String,
    text: String,
}

impl Endpoint {
    fn resolve(protocol: OtlpProtocol, given: &Given, env: &Environment) -> Result<Self, Error> {
        let is_grpc = protocol == OtlpProtocol::Grpc;
        let found = match &given.otlp_endpoint {
            Some(said) => Some(("otlp_endpoint", said.expose().to_owned())),
            None => ENDPOINTS.into_iter().find_map(|by| Some((by, env.text(by)?))),
        };
        let local =
            || (ENDPOINTS[1], (if is_grpc { "http://localhost:4317" } else { "http://localhost:4318" }).to_owned());
        let (by, said) = found.unwrap_or_else(local);
        let mut text = said.trim().to_owned();
        if is_grpc {
            // The one protocol whose addresses may be without a scheme.
            if !text.contains("://") {
                let plain = of_traces("INSECURE", |name| env.flag(name))?.unwrap_or(false);
                text.insert_str(0, if plain { "http://" } else { "https://" });
            }
            return Ok(Self { by, said, text });
        }
        // That for everything is where paths begin; that for traces is the whole, and so is the builder's, if it has a path.
        let has_path = Url::parse(&text).is_some_and(|url| !matches!(url.path, "" | "/"));
        if by == ENDPOINTS[1] || by == "otlp_endpoint" && !has_path {
            let end = text.find('?').unwrap_or(text.len());
            let slash = if text.get(..end).is_some_and(|base| base.ends_with('/')) { "" } else { "/" };
            text.insert_str(end, &format!("{slash}v1/traces"));
        }
        Ok(Self { by, said, text })
    }

    fn parsed(&self) -> Result<Url<'_>, Error> {
        Url::parse(&self.text).filter(Url::is_http).ok_or_else(|| {
            // What is no URL may be a key that was put into the wrong variable.
            let has_port = self.said.rsplit_once(':').is_some_and(|(_, port)| port.trim().parse::<u16>().is_ok());
            let is_plain = !self.said.contains(['@', '?']) && (has_port || self.said.contains("://"));
            let is = if is_plain { format!("{:?}", self.said) } else { "no URL of HTTP".to_owned() };
            Error::config(format!("{} is {is}: expected one such as http://localhost:4318", self.by))
        })
    }
}
