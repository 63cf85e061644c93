//! Passwords: what a new one must be like, and hashing with argon2id.
//!
//! A hash takes 19 MiB and some tens of milliseconds of a core. It is computed on a thread for blocking work, and only a
//! few at a time, so that guessing passwords takes neither the memory nor the cores from other requests.

use crate::{
    error::{Error, Outage, Result},
    fault::Fault,
    model::password::PasswordHash,
};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, LazyLock},
    thread::available_parallelism,
};
use tokio::{sync::Semaphore, task::spawn_blocking};
use unicode_normalization::UnicodeNormalization as _;

/// Least length in characters.
pub const PASSWORD_MIN: usize = 8;
/// Greatest length in characters.
pub const PASSWORD_MAX: usize = 256;

/// Maximum number of requests that wait for a hash or are computing one. Further ones are refused as busy.
const REQUESTS_MAX: usize = 64;
/// Maximum number of hashes that are computed at the same time, on however many cores.
const PARALLEL_MAX: usize = 4;

/// The 4,000 most common passwords of at least [`PASSWORD_MIN`] characters in leaks, in lower case, as collected by Royce
/// Williams.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// The hash of a random text that nobody knows. Verifying a password against it takes as long as against any other.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A new password in plain text. It is in Unicode's form NFC, because keyboards and systems send the same character in
/// different forms.
#[derive(Clone)]
pub struct NewPassword(String);

impl NewPassword {
    /// Checks the length of a new password, and that it is neither common nor one of these names.
    pub fn parse(text: &str, names: &[&str]) -> Result<Self, Fault> {
        let password: String = text.nfc().collect();
        let folded = password.to_lowercase();
        let is_name = |name: &&str| name.nfc().collect::<String>().to_lowercase() == folded;
        match password.chars().count() {
            0..PASSWORD_MIN => Err(Fault::PasswordTooShort { min: PASSWORD_MIN }),
            length if length > PASSWORD_MAX => Err(Fault::PasswordTooLong { max: PASSWORD_MAX }),
            _ if names.iter().any(is_name) => Err(Fault::PasswordIsName),
            _ if COMMON.contains(folded.as_str()) => Err(Fault::PasswordCommon),
            _ => Ok(Self(password)),
        }
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// Computes hashes, a few at a time.
#[derive(Debug)]
pub struct Passwords {
    requests: Semaphore,
    running: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        // Half of the cores remain for other requests.
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            requests: Semaphore::new(REQUESTS_MAX),
            running: Arc::new(Semaphore::new((cores / 2).clamp(1, PARALLEL_MAX))),
        }
    }
}

impl Passwords {
    /// Returns the hash of a new password with a random salt.
    pub async fn hash(&self, password: NewPassword, salt: [u8; 16]) -> Result<PasswordHash> {
        let work = move || Argon2::default().hash_password_with_salt(password.0.as_bytes(), &salt);
        let hash = self.run(work).await?;
        let hash = hash.map_err(|_| Error::Internal("a password could not be hashed"))?;
        Ok(PasswordHash::new(hash.to_string()))
    }

    /// Returns whether `password` has this hash. Without a hash the result is `false`, after as much work.
    pub async fn verify(&self, password: &str, hash: Option<PasswordHash>) -> Result<bool> {
        let password: String = password.nfc().collect();
        let work = move || {
            let phc = hash.as_ref().map_or(NOBODYS_HASH, PasswordHash::as_str);
            let is_same = Argon2::default().verify_password(password.as_bytes(), phc);
            is_same.is_ok() && hash.is_some()
        };
        self.run(work).await
    }

    /// Runs `work` on a thread for blocking work when it is its turn. Work that has begun is completed even if this
    /// future is dropped.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        const BUSY: Error = Error::Unavailable(Outage::Busy);
        let _place = self.requests.try_acquire().map_err(|_| BUSY)?;
        let turn = Arc::clone(&self.running).acquire_owned().await;
        let turn = turn.map_err(|_| BUSY)?;
        let running = spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        running
            .await
            .map_err(|_| Error::Internal("hashing a password failed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::time::{Duration, Instant};

    const GOOD: &str = "wooden spoon, two cups";

    #[test]
    fn a_password_is_neither_short_nor_common_nor_a_name() {
        let fault = |text: &str| NewPassword::parse(text, &["AnnMarie", "Ann Marie"]).err();
        assert_eq!(fault(GOOD), None);
        let short = Some(Fault::PasswordTooShort { min: PASSWORD_MIN });
        assert_eq!(fault(""), short);
        assert_eq!(fault("1234567"), short);
        // Characters count, not bytes.
        assert_eq!(fault("长度够了吗不够"), short);
        assert_eq!(fault("长度够了吗应该够"), None);
        let long = Some(Fault::PasswordTooLong { max: PASSWORD_MAX });
        assert_eq!(fault(&"ab".repeat(PASSWORD_MAX / 2)), None);
        assert_eq!(fault(&"a".repeat(PASSWORD_MAX + 1)), long);
        for common in ["password", "PassWord1", "qwertyuiop", "iloveyou"] {
            assert_eq!(fault(common), Some(Fault::PasswordCommon), "{common}");
        }
        assert_eq!(fault("annmarie"), Some(Fault::PasswordIsName));
        assert_eq!(fault("ann marie"), Some(Fault::PasswordIsName));
    }

    #[test]
    fn the_list_of_common_passwords_is_in_the_form_that_is_compared() {
        assert!(COMMON.len() >= 3000);
        for common in COMMON.iter() {
            assert_eq!(common.to_lowercase(), *common);
            assert!(common.chars().count() >= PASSWORD_MIN, "{common}");
        }
    }

    #[tokio::test]
    async fn a_password_is_recognised_in_any_form_of_unicode() {
        let passwords = Passwords::default();
        let password = NewPassword::parse("cre\u{300}me bru\u{302}le\u{301}e", &[]).unwrap();
        let hash = passwords.hash(password, [7; 16]).await.unwrap();
        assert!(!format!("{hash:?}").contains('$'));
        let verify = async |text: &str| passwords.verify(text, Some(hash.clone())).await.unwrap();
        assert!(verify("cr\u{e8}me br\u{fb}l\u{e9}e").await);
        assert!(!verify("creme brulee").await);
        assert!(!passwords.verify("creme brulee", None).await.unwrap());
    }

    #[tokio::test]
    async fn nobodys_hash_takes_as_much_work_as_any_other() {
        let passwords = Passwords::default();
        let password = NewPassword::parse(GOOD, &[]).unwrap();
        let hash = passwords.hash(password, [7; 16]).await.unwrap();
        let parameters = |phc: &str| phc.rsplitn(3, '$').nth(2).map(str::to_owned);
        assert_eq!(parameters(hash.as_str()), parameters(NOBODYS_HASH));
        assert_eq!(hash.as_str().len(), NOBODYS_HASH.len());
        let took = async |hash| {
            let began = Instant::now();
            passwords.verify(GOOD, hash).await.unwrap();
            began.elapsed()
        };
        // A hash that cannot be parsed would take no time at all.
        let known = took(Some(hash)).await;
        assert!(took(None).await > known / 4);
        assert!(known > Duration::from_millis(2));
    }

    #[tokio::test]
    async fn what_exceeds_the_queue_is_refused_at_once() {
        let passwords = Passwords::default();
        let attempts = (0..REQUESTS_MAX + 5).map(|_| passwords.run(|| ()));
        let results = join_all(attempts).await;
        let busy = results.iter().filter(|result| result.is_err());
        assert_eq!(busy.count(), 5);
        assert!(matches!(
            results.last(),
            Some(Err(Error::Unavailable(Outage::Busy)))
        ));
    }
}
