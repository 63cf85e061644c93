//! Certificates from an ACME directory (RFC 8555), such as Let's Encrypt's.
//!
//! The directory checks that this server has the names by connections to port 443 with a protocol of its own
//! (`tls-alpn-01`, RFC 8737), so that no other port is needed.

use super::certificates::{Certificates, Files};
use crate::{
    app::now,
    error::{Error, Result},
};
use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::{
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    sign::CertifiedKey,
};
use std::{
    fmt::Display,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{fs, time::sleep};
use url::Url;

/// How often the age of the certificate is examined.
const EXAMINED_EVERY: Duration = Duration::from_hours(1);
/// Pause after the first failure, which doubles with each further one. Let's Encrypt allows five per hour.
const RETRY_MIN: Duration = Duration::from_mins(15);
/// The longest pause after a failure.
const RETRY_MAX: Duration = Duration::from_hours(6);

/// What is needed to get a certificate.
#[derive(Clone, Debug)]
pub struct Acme {
    /// The names in the certificate.
    pub domains: Vec<String>,
    /// Address of the directory.
    pub directory: Url,
    /// Where the account, the certificate and its key are stored.
    pub folder: PathBuf,
}

impl Acme {
    /// Returns the files of the certificate.
    #[must_use]
    pub fn files(&self) -> Files {
        Files {
            certificate: self.folder.join("chain.pem"),
            key: self.folder.join("key.pem"),
        }
    }

    /// Gets a certificate whenever there is none for the names, or two thirds of its time are over.
    pub async fn keep(self, certificates: Arc<Certificates>) {
        let mut pause = RETRY_MIN;
        loop {
            if !is_renewal_due(&certificates, &self.domains) {
                pause = RETRY_MIN;
                sleep(EXAMINED_EVERY).await;
                continue;
            }
            let renewed = self.renew(&certificates).await;
            certificates.forget_challenges();
            match renewed {
                Ok(()) => tracing::info!(domains = ?self.domains, "a new certificate is in use"),
                Err(error) => {
                    tracing::error!(%error, ?pause, "getting a certificate failed; it is tried again after a pause");
                    sleep(pause).await;
                    pause = RETRY_MAX.min(pause * 2);
                }
            }
        }
    }

    async fn renew(&self, certificates: &Certificates) -> Result<()> {
        create_private_folder(&self.folder).await?;
        let account = self.account().await?;
        let names: Vec<_> = self.domains.iter().cloned().map(Identifier::Dns).collect();
        let order = account.new_order(&NewOrder::new(&names)).await;
        let mut order = order.map_err(|error| failed(&error))?;
        answer_challenges(&mut order, certificates).await?;
        let retries = RetryPolicy::default();
        let status = order.poll_ready(&retries).await;
        let status = status.map_err(|error| failed(&error))?;
        if status != OrderStatus::Ready {
            return Err(explain(&mut order, status).await);
        }
        let key = order.finalize().await.map_err(|error| failed(&error))?;
        let chain = order.poll_certificate(&retries).await;
        let chain = chain.map_err(|error| failed(&error))?;
        let files = self.files();
        replace(&files.key, key.as_bytes()).await?;
        replace(&files.certificate, chain.as_bytes()).await?;
        certificates.reload()
    }

    /// Returns the account, which is created the first time.
    async fn account(&self) -> Result<Account> {
        let file = self.folder.join("account.json");
        let builder = Account::builder().map_err(|error| failed(&error))?;
        match fs::read(&file).await {
            Ok(stored) => {
                let credentials =
                    serde_json::from_slice(&stored).map_err(|error| failed(&error))?;
                let account = builder.from_credentials(credentials).await;
                return account.map_err(|error| failed(&error));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let new = NewAccount {
            contact: &[],
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let created = builder.create(&new, self.directory.to_string(), None).await;
        let (account, credentials) = created.map_err(|error| failed(&error))?;
        let json = serde_json::to_vec(&credentials).map_err(|error| failed(&error))?;
        replace(&file, &json).await?;
        Ok(account)
    }
}

/// Prepares the answers to the checks of the directory, and asks for them.
async fn answer_challenges(order: &mut Order, certificates: &Certificates) -> Result<()> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization.map_err(|error| failed(&error))?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let challenge = authorization.challenge(ChallengeType::TlsAlpn01);
        let mut challenge = challenge.ok_or_else(|| failed(&"tls-alpn-01 is not offered"))?;
        let name = challenge.identifier().to_string();
        let digest = challenge.key_authorization().digest();
        let answer = answer_to_challenge(&name, digest.as_ref())?;
        certificates.answer_challenge(name, answer);
        let ready = challenge.set_ready().await;
        ready.map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// Returns the certificate that answers a check (RFC 8737, section 3).
fn answer_to_challenge(name: &str, digest: &[u8]) -> Result<CertifiedKey> {
    let mut answer =
        CertificateParams::new(vec![name.to_owned()]).map_err(|error| failed(&error))?;
    answer.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate().map_err(|error| failed(&error))?;
    let certificate = answer.self_signed(&key).map_err(|error| failed(&error))?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Not checked for consistency: the check does not know the extension.
    let key = ring::default_provider().key_provider.load_private_key(key);
    let key = key.map_err(|error| failed(&error))?;
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

/// Returns why the directory refuses, with the results of its checks.
async fn explain(order: &mut Order, status: OrderStatus) -> Error {
    let mut reasons = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(Ok(authorization)) = authorizations.next().await {
        let errors = authorization.challenges.iter();
        reasons.extend(errors.filter_map(|challenge| challenge.error.as_ref()?.detail.clone()));
    }
    let reasons = reasons.join("; ");
    failed(&format!("the order is {status:?}: {reasons}"))
}

/// Returns whether there is no certificate for these names, or two thirds of its time are over.
fn is_renewal_due(certificates: &Certificates, domains: &[String]) -> bool {
    let Some(current) = certificates.current() else {
        return true;
    };
    let first = current.cert.first();
    let parsed = first.and_then(|der| x509_parser::parse_x509_certificate(der).ok());
    let Some((_, certificate)) = parsed else {
        return true;
    };
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map_or(&[][..], |names| &names.value.general_names);
    let is_named = |domain: &String| {
        names.iter().any(|name| {
            matches!(name, x509_parser::extensions::GeneralName::DNSName(name) if name == domain)
        })
    };
    let validity = certificate.validity();
    let (begin, end) = (
        validity.not_before.timestamp(),
        validity.not_after.timestamp(),
    );
    let due_at = begin + (end - begin) / 3 * 2;
    !domains.iter().all(is_named) || now().to_utc().timestamp() >= due_at
}

/// Creates a folder that only this user can read.
async fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder).await
}

/// Replaces a file in one step.
async fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, content).await?;
    fs::rename(&new, file).await
}

fn failed(error: &dyn Display) -> Error {
    Error::Refused(format!("ACME: {error}"))
}
