//! The server's certificate, which is loaded again when its files change.

use super::tls::PROTOCOLS;
use crate::error::{Error, Result};
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::{
    fmt::Display,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};
use tokio::{task::spawn_blocking, time::sleep};

/// How often the files are examined.
const EXAMINED_EVERY: Duration = Duration::from_secs(1);

/// A certificate with its key, and the files that they come from.
#[derive(Debug)]
pub struct Certificates {
    files: Files,
    current: RwLock<Arc<CertifiedKey>>,
    provider: Arc<CryptoProvider>,
}

#[derive(Clone, Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What changes with the content of a file.
type Stamp = (SystemTime, u64);

/// Of the certificate and the key; `None` if the file cannot be examined.
type Stamps = [Option<Stamp>; 2];

impl Certificates {
    /// Loads the certificate chain and the private key from files in PEM format.
    pub fn load(certificate: &Path, key: &Path) -> Result<Arc<Self>> {
        let files = Files {
            certificate: certificate.into(),
            key: key.into(),
        };
        let provider = Arc::new(ring::default_provider());
        let current = files.load(&provider)?;
        Ok(Arc::new(Self {
            files,
            current: RwLock::new(Arc::new(current)),
            provider,
        }))
    }

    /// Returns the settings of connections that use these certificates.
    pub fn settings(self: &Arc<Self>) -> Result<Arc<ServerConfig>> {
        let builder = ServerConfig::builder_with_provider(Arc::clone(&self.provider));
        let builder = builder
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Refused(format!("TLS cannot be used: {error}")))?;
        let resolver = Arc::clone(self);
        let mut settings = builder.with_no_client_auth().with_cert_resolver(resolver);
        settings.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
        Ok(Arc::new(settings))
    }

    /// Loads the files again whenever they change. While they cannot be used, such as between the writing of the
    /// certificate and of its key, the last certificate stays.
    pub async fn watch(self: Arc<Self>) {
        let mut last = self.files.stamps();
        loop {
            sleep(EXAMINED_EVERY).await;
            let certificates = Arc::clone(&self);
            let examined = spawn_blocking(move || certificates.reload_if_changed(last)).await;
            // A panic was logged already.
            last = examined.unwrap_or(last);
        }
    }

    /// Returns the state of the files that was examined.
    fn reload_if_changed(&self, last: Stamps) -> Stamps {
        // Read before the files, so that what is written meanwhile is a further change.
        let stamps = self.files.stamps();
        if stamps == last {
            return last;
        }
        match self.files.load(&self.provider) {
            Ok(new) => {
                let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(new);
                tracing::info!("the changed certificate is in use");
            }
            Err(error) => {
                tracing::error!(%error, "the changed certificate cannot be used; the last one stays");
            }
        }
        stamps
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

impl Files {
    fn load(&self, provider: &CryptoProvider) -> Result<CertifiedKey> {
        let chain = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .map_err(|error| unusable(&self.certificate, &error))?;
        let key =
            PrivateKeyDer::from_pem_file(&self.key).map_err(|error| unusable(&self.key, &error))?;
        CertifiedKey::from_der(chain, key, provider)
            .map_err(|error| unusable(&self.certificate, &error))
    }

    fn stamps(&self) -> Stamps {
        [&self.certificate, &self.key].map(|file| stamp_of(file).ok())
    }
}

fn stamp_of(file: &Path) -> io::Result<Stamp> {
    let metadata = fs::metadata(file)?;
    Ok((metadata.modified()?, metadata.len()))
}

fn unusable(file: &Path, error: &dyn Display) -> Error {
    Error::Refused(format!(
        "{} cannot be used for TLS: {error}",
        file.display()
    ))
}
