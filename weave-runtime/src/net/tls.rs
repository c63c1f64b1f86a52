//! Which certificates are trusted, and which is shown.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use crate::config::{Identity, NetConfig, Pem};
use crate::error::Error;

/// What connections are made with.
pub(super) fn config(config: &NetConfig) -> Result<TlsConfig, Error> {
    let roots = match &config.authorities {
        Some(authorities) => RootCerts::new_with_certs(&certificates(authorities)?),
        None => RootCerts::PlatformVerifier,
    };
    with(roots, config)
}

/// What they are made with where the system trusts nobody, if the system is asked.
pub(super) fn bundled(config: &NetConfig) -> Result<Option<TlsConfig>, Error> {
    let is_asked = config.authorities.is_none() && !config.insecure;
    is_asked.then(|| with(RootCerts::WebPki, config)).transpose()
}

fn with(roots: RootCerts, config: &NetConfig) -> Result<TlsConfig, Error> {
    let identity = config.identity.as_ref().map(identity).transpose()?;
    let builder = TlsConfig::builder().root_certs(roots).client_cert(identity);
    Ok(builder.disable_verification(config.insecure).build())
}

fn certificates(pem: &Pem) -> Result<Vec<Certificate<'static>>, Error> {
    let found: Vec<_> = ureq::tls::parse_pem(pem.text.expose().as_bytes())
        .filter_map(|item| match item {
            Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() { Err(wrong(pem, "no certificate")) } else { Ok(found) }
}

fn identity(identity: &Identity) -> Result<ClientCert, Error> {
    let chain = certificates(&identity.certificate)?;
    let text = identity.key.text.expose().as_bytes();
    let key = PrivateKey::from_pem(text).map_err(|_| wrong(&identity.key, "no private key"))?;
    // Two that do not go together would be found out at the first connection, by a panic.
    let der = PrivateKeyDer::from_pem_slice(text).map_err(|_| wrong(&identity.key, "no private key"))?;
    let ders = chain.iter().map(|one| CertificateDer::from(one.der().to_vec())).collect();
    CertifiedKey::from_der(ders, der, &rustls::crypto::ring::default_provider()).map_err(|error| {
        let Identity { certificate, key } = identity;
        Error::config(format!("the files of {} and {} do not go together: {error}", certificate.variable, key.variable))
    })?;
    Ok(ClientCert::new_with_certs(&chain, key))
}

fn wrong(pem: &Pem, what: &str) -> Error {
    Error::config(format!("the file that {} names has {what} in it: expected PEM text", pem.variable))
}
