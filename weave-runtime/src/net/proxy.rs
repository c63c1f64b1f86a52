//! Which requests go through a proxy, which is asked for those without TLS and makes a tunnel for the others.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::{Proxies, Url, percent_decoded};
use crate::secret::Secret;

/// How a server is reached.
pub(super) struct Route {
    /// The beginning of the URL that is connected to.
    pub(super) base: String,
    /// The proxy that makes a tunnel.
    pub(super) tunnel: Option<Secret>,
    /// What a proxy that is asked itself is shown.
    pub(super) credential: Option<Secret>,
    /// The place of the proxy, if there is one, for people.
    pub(super) via: Option<String>,
}

impl Route {
    pub(super) fn of(proxies: &Proxies, url: &Url<'_>) -> Self {
        let base = format!("{}://{}", url.scheme, url.place());
        let Some(proxy) = of(proxies, url) else {
            return Self { base, tunnel: None, credential: None, via: None };
        };
        let Some(parsed) = Url::parse(proxy.expose()) else {
            return Self { base, tunnel: Some(proxy.clone()), credential: None, via: None };
        };
        let via = Some(parsed.place());
        if url.is_https() || !parsed.is_http() {
            return Self { base, tunnel: Some(proxy.clone()), credential: None, via };
        }
        // Many make tunnels to the port of HTTPS alone.
        let basic = |user: &str| {
            let user = percent_decoded(user).unwrap_or_else(|| user.to_owned());
            let colon = if user.contains(':') { "" } else { ":" };
            Secret::new(format!("Basic {}", STANDARD.encode(user + colon)))
        };
        let base = format!("{}://{}", parsed.scheme, parsed.place());
        Self { base, tunnel: None, credential: parsed.userinfo.map(basic), via }
    }

    /// Whether the request itself goes to a proxy.
    pub(super) fn is_asked(&self) -> bool {
        self.via.is_some() && self.tunnel.is_none()
    }

    /// What is asked for, in the first line of a request.
    pub(super) fn target(&self, url: &Url<'_>) -> String {
        let base = if self.is_asked() { format!("{}://{}", url.scheme, url.place()) } else { String::new() };
        let path = if url.path.is_empty() { "/" } else { url.path };
        format!("{base}{path}{}", url.query)
    }
}

/// The URL of the proxy through which this one is reached.
pub(super) fn of<'a>(proxies: &'a Proxies, url: &Url<'_>) -> Option<&'a Secret> {
    let proxy = if url.is_https() { proxies.https.as_ref() } else { proxies.http.as_ref() }?;
    let direct = is_loopback(url.host) || proxies.except.iter().any(|except| is_meant(except, url));
    (!direct).then_some(proxy)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Whether an entry of `NO_PROXY` means this URL: a host and those below it, with or without a port, an address, a network.
fn is_meant(entry: &str, url: &Url<'_>) -> bool {
    if entry == "*" {
        return true;
    }
    let port = url.port.unwrap_or(if url.is_https() { 443 } else { 80 });
    if let Ok(ip) = url.host.parse::<IpAddr>() {
        let host = entry.trim_start_matches('[').trim_end_matches(']');
        let same = host.parse() == Ok(ip) || is_within(entry, ip);
        return same
            || entry.rsplit_once(':').is_some_and(|(host, at)| {
                host.trim_start_matches('[').trim_end_matches(']').parse() == Ok(ip) && at.parse() == Ok(port)
            });
    }
    let (name, at) = match entry.rsplit_once(':') {
        Some((name, at)) => (name, Some(at)),
        None => (entry, None),
    };
    let name = name.trim_start_matches('*').trim_start_matches('.').to_ascii_lowercase();
    let host = url.host.to_ascii_lowercase();
    let below = host.strip_suffix(&name).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    !name.is_empty() && below && at.is_none_or(|at| at.parse() == Ok(port))
}

/// Whether an address is of a network such as `10.0.0.0/8`.
fn is_within(network: &str, ip: IpAddr) -> bool {
    let Some((base, bits)) = network.split_once('/') else { return false };
    let (Ok(base), Ok(bits)) = (base.parse::<IpAddr>(), bits.parse::<u32>()) else { return false };
    match (base, ip) {
        (IpAddr::V4(base), IpAddr::V4(ip)) if bits <= 32 => {
            let differing = base.to_bits() ^ ip.to_bits();
            differing.leading_zeros() >= bits
        }
        (IpAddr::V6(base), IpAddr::V6(ip)) if bits <= 128 => {
            let differing = base.to_bits() ^ ip.to_bits();
            differing.leading_zeros() >= bits
        }
        _ => false,
    }
}
