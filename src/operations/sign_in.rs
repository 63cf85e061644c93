//! Signing in: by a password, or by a one-time link.

pub use crate::store::sign_in_links::LinkUse;
use crate::{
    app::{App, now, random_bytes},
    auth::{client::Client, secret::Secret, viewer::Viewer},
    error::{Error, Result},
    fault::Fault,
    limits::AccountKey,
    model::{
        change::{Action, Principal, Requester, SecretHash, SignIn, SignInKind},
        credential::{CredentialAction, Proof},
        ids::UserId,
        sign_in::SignInMethod,
        time::Timestamp,
        user::{User, mention_key},
    },
    store::{db::Connection, devices, passwords, sign_in_links, users},
};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How long a one-time link signs in.
pub const LINK_VALID: Duration = Duration::from_mins(10);

/// The client that gets a session or token.
#[derive(Clone, Debug)]
pub struct SignInClient {
    /// Where it is.
    pub client: Client,
    /// How it sends the secret.
    pub kind: SignInKind,
    /// Its browser and system, as people recognise them.
    pub label: Option<String>,
    /// The secret by which a browser is recognised, if it has one.
    pub device: Option<Secret>,
}

impl SignInClient {
    /// Returns the client as the requester of a change. It has no account yet.
    #[must_use]
    pub fn requester(&self) -> Requester {
        Requester {
            by: Principal::Anonymous,
            address: Some(self.client.address),
        }
    }

    /// Returns a session or token of this client with a new secret.
    #[must_use]
    pub fn sign_in(&self, secret: &Secret) -> SignIn {
        SignIn {
            secret_hash: secret.hash(),
            kind: self.kind,
            label: self.label.clone(),
        }
    }

    /// Returns the secret by which a browser is recognised, a new one if it has none. Programs get none.
    pub(super) fn device(&self) -> Option<Secret> {
        let device = || self.device.clone();
        let is_browser = self.kind == SignInKind::Session;
        is_browser.then(|| device().unwrap_or_else(|| Secret::new(random_bytes())))
    }

    /// Returns the hash of the secret by which a browser is recognised, if somebody has signed in to the account from
    /// it.
    pub(super) async fn known_device(
        &self,
        connection: &mut Connection,
        user: Option<UserId>,
    ) -> Result<Option<SecretHash>> {
        let Some(device) = self.device.as_ref().map(Secret::hash) else {
            return Ok(None);
        };
        let is_known = devices::is_device_of(connection, user, &device).await?;
        Ok(is_known.then_some(device))
    }
}

/// An account that was signed in, with what the client gets.
#[derive(Clone, Debug)]
pub struct SignedInAs {
    /// The account.
    pub user: User,
    /// The secret of the session or token.
    pub secret: Secret,
    /// The secret by which the browser is recognised at its next sign-in.
    pub device: Option<Secret>,
}

impl SignedInAs {
    /// Returns a new account that was signed in. Its browser is not recognised yet.
    #[must_use]
    pub fn new(user: User, secret: Secret) -> Self {
        Self {
            user,
            secret,
            device: None,
        }
    }
}

/// Returns the key by which attempts to sign in with this name are counted.
pub(super) fn account_key(handle: &str) -> AccountKey {
    Sha256::digest(mention_key(handle).as_bytes()).into()
}

/// Signs in with a password. For a name without an account, or without a password, the work and the answer are the same
/// as for a wrong password.
pub async fn sign_in(
    app: &App,
    client: &SignInClient,
    handle: &str,
    password: &str,
) -> Result<SignedInAs> {
    let handle = handle.trim();
    let mut connection = app.readers().acquire().await?;
    let found = passwords::find_by_handle(&mut connection, handle).await?;
    let user = found.as_ref().map(|(user, _)| *user);
    let device = client.known_device(&mut connection, user).await?;
    drop(connection);
    let key = account_key(handle);
    app.rates
        .check_sign_in(key, &client.client, device.as_ref())?;
    let hash = found.and_then(|(_, hash)| hash);
    let is_right = app.passwords.verify(password, hash.clone()).await?;
    let (Some(user), Some(hash), true) = (user, hash, is_right) else {
        note_refused(app, client, user, SignInMethod::Password);
        return Err(Error::invalid("password", Fault::SignInRefused));
    };
    sign_in_by(app, client, Proof::Password { user, hash }).await
}

/// Counts a refused attempt to sign in, for the audit log, if there is the account. This takes no time that tells the two
/// apart.
pub(super) fn note_refused(
    app: &App,
    client: &SignInClient,
    user: Option<UserId>,
    method: SignInMethod,
) {
    if let Some(user) = user {
        let address = client.client.address;
        app.failures.note(user, method, address, now());
    }
}

/// Signs in with a one-time link, which is used up by it.
pub async fn sign_in_by_link(app: &App, client: &SignInClient, link: &str) -> Result<SignedInAs> {
    let link = Secret::parse(link).ok_or(Error::NotFound)?;
    let secret_hash = link.hash();
    sign_in_by(app, client, Proof::Link { secret_hash }).await
}

/// Returns the account that a one-time link with this use signs in.
pub async fn find_link(app: &App, link_use: LinkUse, link: &str) -> Result<User> {
    let link = Secret::parse(link).ok_or(Error::NotFound)?;
    let mut connection = app.readers().acquire().await?;
    let link = (link_use, &link.hash());
    let user = sign_in_links::find_link(&mut connection, link, now()).await?;
    let user = user.ok_or(Error::NotFound)?;
    let user = users::find_user_by_id(&mut connection, user).await?;
    user.ok_or(Error::NotFound)
}

/// Creates a one-time link that signs the viewer in on another device, in place of the previous one. Returns its secret
/// and its expiry.
pub async fn create_link(app: &App, viewer: &Viewer) -> Result<(Secret, Timestamp)> {
    app.rates.check_post(viewer.signed_in()?)?;
    let secret = Secret::new(random_bytes());
    let expires_at = now().after(LINK_VALID);
    let action = CredentialAction::CreateLink {
        secret_hash: secret.hash(),
        expires_at,
    };
    app.submit_from(viewer.requester()?, Action::Credential(action))
        .await?;
    Ok((secret, expires_at))
}

/// Creates a session or token for a proof that was checked.
pub(super) async fn sign_in_by(
    app: &App,
    client: &SignInClient,
    proof: Proof,
) -> Result<SignedInAs> {
    let secret = Secret::new(random_bytes());
    let device = client.device();
    let action = CredentialAction::SignIn {
        proof,
        sign_in: client.sign_in(&secret),
        device: device.as_ref().map(Secret::hash),
    };
    let action = Action::Credential(action);
    let answer = app.submit_from(client.requester(), action).await?;
    Ok(SignedInAs {
        user: answer.into_user()?,
        secret,
        device,
    })
}
