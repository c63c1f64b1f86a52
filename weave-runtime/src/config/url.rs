//! The address of a server, in its parts.

/// A URL of HTTP, as it was written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    pub(crate) scheme: &'a str,
    /// `user:password`: never to be shown.
    pub(crate) userinfo: Option<&'a str>,
    /// Without the brackets of an IPv6 address.
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
    /// With its slash; empty when there is none.
    pub(crate) path: &'a str,
    /// With its question mark. It may have a key in it, so it is not shown either.
    pub(crate) query: &'a str,
}

impl<'a> Url<'a> {
    /// `None` when it is none that could be sent to.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.split('#').next()?;
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let scheme_ok = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !scheme.is_empty();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        let (userinfo, place) = match authority.rsplit_once('@') {
            Some((userinfo, place)) => (Some(userinfo), place),
            None => (None, authority),
        };
        let (host, port) = match place.strip_prefix('[').map(|inner| inner.split_once(']')) {
            Some(Some((host, port))) => (host, port),
            Some(None) => return None,
            None => place.split_at(place.find(':').unwrap_or(place.len())),
        };
        let port = match port.strip_prefix(':') {
            Some("") => None,
            Some(port) => Some(port.parse().ok()?),
            None if port.is_empty() => None,
            None => return None,
        };
        let sound = scheme_ok && !host.is_empty() && !host.contains(['@', '\\', '"', '<', '>']);
        sound.then_some(Self { scheme, userinfo, host, port, path, query })
    }

    /// Whether it is one that requests can be sent to.
    pub(crate) fn is_http(&self) -> bool {
        self.is_https() || self.scheme.eq_ignore_ascii_case("http")
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https")
    }

    /// The host and the port.
    #[allow(dead_code, reason = "only requests go there")]
    pub(crate) fn place(&self) -> String {
        let port = self.port.unwrap_or(if self.is_https() { 443 } else { 80 });
        if self.host.contains(':') { format!("[{}]:{port}", self.host) } else { format!("{}:{port}", self.host) }
    }

    /// The URL less what may be secret in it.
    pub(crate) fn shown(&self) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.to_owned() };
        format!("{}://{host}{port}{}", self.scheme, self.path)
    }

    /// The URL as it is sent to, for the one place that does.
    pub(crate) fn without_userinfo(&self) -> String {
        self.shown() + self.query
    }
}

/// Text that is sent as it is, from text in which `%20` stands for a space. `None` when that is no UTF-8.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = (first == b'%').then(|| after.get(..2)).flatten();
        let byte = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = byte.filter(|text| text.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match byte.and_then(|text| u8::from_str_radix(text, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}
