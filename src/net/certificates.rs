//! The server's certificate, which is loaded again when its files change.

use super::tls::{ACME_PROTOCOL, PROTOCOLS};
use crate::error::{Error, Result};
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::{
    collections::HashMap,
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
    /// `None` until the first one was obtained.
    current: RwLock<Option<Arc<CertifiedKey>>>,
    /// Answers to the checks of an ACME directory, by name.
    challenges: RwLock<HashMap<String, Arc<CertifiedKey>>>,
    provider: Arc<CryptoProvider>,
}

/// The files of a certificate, in PEM format.
#[derive(Clone, Debug)]
pub struct Files {
    /// The chain, the server's certificate first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// What changes with the content of a file.
type Stamp = (SystemTime, u64);

/// Of the certificate and the key; `None` if the file cannot be examined.
type Stamps = [Option<Stamp>; 2];

impl Certificates {
    /// Loads the files.
    pub fn load(files: Files) -> Result<Arc<Self>> {
        let certificates = Self::without(files);
        certificates.reload()?;
        Ok(Arc::new(certificates))
    }

    /// Loads the files if they can be used. Otherwise there is no certificate until one was obtained.
    #[must_use]
    pub fn load_if_usable(files: Files) -> Arc<Self> {
        let certificates = Self::without(files);
        if let Err(error) = certificates.reload() {
            tracing::info!(%error, "there is no certificate yet");
        }
        Arc::new(certificates)
    }

    fn without(files: Files) -> Self {
        Self {
            files,
            current: RwLock::default(),
            challenges: RwLock::default(),
            provider: Arc::new(ring::default_provider()),
        }
    }

    /// Loads the files. If they cannot be used, the last certificate stays.
    pub(super) fn reload(&self) -> Result<()> {
        let new = self.files.load(&self.provider)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(new));
        Ok(())
    }

    /// Returns the certificate in use.
    pub(super) fn current(&self) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    /// Stores the answer to a check of an ACME directory.
    pub(super) fn answer_challenge(&self, name: String, answer: CertifiedKey) {
        let challenges = self.challenges.write();
        let mut challenges = challenges.unwrap_or_else(PoisonError::into_inner);
        challenges.insert(name, Arc::new(answer));
    }

    /// Removes all answers to checks.
    pub(super) fn forget_challenges(&self) {
        let challenges = self.challenges.write();
        challenges.unwrap_or_else(PoisonError::into_inner).clear();
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
        settings.alpn_protocols.push(ACME_PROTOCOL.to_vec());
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
        match self.reload() {
            Ok(()) => tracing::info!("the changed certificate is in use"),
            Err(error) => {
                tracing::error!(%error, "the changed certificate cannot be used; the last one stays");
            }
        }
        stamps
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let is_check = hello
            .alpn()
            .is_some_and(|offered| offered.eq([ACME_PROTOCOL]));
        if !is_check {
            return self.current();
        }
        let challenges = self.challenges.read();
        let challenges = challenges.unwrap_or_else(PoisonError::into_inner);
        challenges.get(hello.server_name()?).cloned()
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
