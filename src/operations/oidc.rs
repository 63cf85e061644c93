//! Signing in at an OpenID provider: to sign in here, to join, or to link the identity to an account.

use super::{
    invites::{find_invite, redeem_by_identity},
    new_names::{NamesElsewhere, create_account},
    passwords::confirm_owner,
    sign_in::{SignInClient, SignedInAs, sign_in_by},
};
use crate::{
    app::{App, now, random_bytes},
    auth::{
        oidc::{
            pending::{Pending, PendingKey, Purpose},
            provider::{ProvidedPerson, Provider, ProviderError},
        },
        secret::Secret,
        viewer::Viewer,
    },
    error::{Error, Result},
    fault::Fault,
    model::{
        change::Action,
        credential::{CredentialAction, Proof},
        identity::{ExternalIdentity, IdentityId, LinkedIdentity},
        role::Door,
    },
    store::identities,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{Nonce, PkceCodeVerifier, RedirectUrl};
use std::time::Instant;
use url::Url;

/// Why somebody whom a provider was asked about is not signed in.
#[derive(Debug)]
pub enum OidcRefusal {
    /// The sign-in was not begun in this browser, has taken too long, or was completed before.
    Expired,
    /// The person, or the provider, has broken it off.
    Denied,
    /// The provider cannot be reached.
    Unreachable,
    /// What the provider says is not valid.
    NotVerified,
    /// The identity is linked to no account, and accounts are by invitation.
    ByInvitation,
    /// The account is disabled.
    Disabled,
    /// Another account is linked to the identity.
    Taken,
    /// Any other error.
    Other(Error),
}

impl<E: Into<Error>> From<E> for OidcRefusal {
    fn from(error: E) -> Self {
        match error.into() {
            Error::Invalid { field, fault }
                if field == "identity" && fault == Fault::IdentityTaken =>
            {
                Self::Taken
            }
            error => Self::Other(error),
        }
    }
}

impl From<ProviderError> for OidcRefusal {
    fn from(error: ProviderError) -> Self {
        tracing::warn!(%error, "signing in at the OpenID provider has failed");
        match error {
            ProviderError::Unreachable(_) => Self::Unreachable,
            ProviderError::Refused(_) => Self::NotVerified,
        }
    }
}

/// A sign-in that has begun: where the browser is sent, and the secret by which it is recognised when it comes back.
#[derive(Debug)]
pub struct Begun {
    /// The address at the provider.
    pub url: Url,
    /// The secret.
    pub browser: Secret,
}

/// What the provider sends through the browser.
#[derive(Debug, Default)]
pub struct ProviderAnswer {
    /// The code to redeem.
    pub code: Option<String>,
    /// The state, which was sent to the provider.
    pub state: Option<String>,
    /// The provider (RFC 9207).
    pub issuer: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// What a sign-in at the provider has led to.
#[derive(Debug)]
pub enum Completed {
    /// The person is signed in, and is redirected to this path.
    SignedIn(SignedInAs, String),
    /// The identity is linked to the viewer's account.
    Linked,
}

/// Checks that whoever links an identity to the viewer's account owns the account; a form has the password in this field.
pub async fn check_owner(
    app: &App,
    viewer: &Viewer,
    client: &SignInClient,
    password: (&'static str, Option<String>),
) -> Result<()> {
    confirm_owner(app, viewer, client, password).await?;
    Ok(())
}

/// Returns what pages call the provider, if there is one.
#[must_use]
pub fn provider_name(app: &App) -> Option<String> {
    Some(app.provider.as_ref()?.name.clone())
}

fn find_provider(app: &App) -> Result<&Provider> {
    app.provider.as_ref().ok_or(Error::NotFound)
}

/// Begins to sign somebody in at the provider, which redirects to `redirect_uri`. `browser` is the secret that the browser
/// has from another sign-in that it has begun.
pub async fn begin(
    app: &App,
    client: &SignInClient,
    browser: Option<Secret>,
    redirect_uri: String,
    purpose: Purpose,
) -> Result<Begun, OidcRefusal> {
    let provider = find_provider(app)?;
    let redirect_uri = RedirectUrl::new(redirect_uri);
    let redirect_uri = redirect_uri.map_err(|_| Error::Internal("an address is not one"))?;
    let pending = Pending {
        purpose,
        nonce: Nonce::new(random_text()),
        verifier: PkceCodeVerifier::new(random_text()),
        redirect_uri,
        network: client.client.network(),
    };
    let state = Secret::new(random_bytes());
    let browser = browser.unwrap_or_else(|| Secret::new(random_bytes()));
    let url = provider.authorization_url(&pending, state.reveal().to_owned());
    let url = url.await?;
    let key = PendingKey {
        state: state.hash(),
        browser: browser.hash(),
    };
    provider.pending.add(key, Instant::now(), pending);
    Ok(Begun { url, browser })
}

fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// Completes a sign-in at the provider.
pub async fn complete(
    app: &App,
    viewer: &Viewer,
    client: &SignInClient,
    browser: Option<Secret>,
    answer: ProviderAnswer,
) -> Result<Completed, OidcRefusal> {
    let provider = find_provider(app)?;
    let pending = take_pending(provider, browser, answer.state.as_deref());
    let pending = pending.ok_or(OidcRefusal::Expired)?;
    let purpose = pending.purpose.clone();
    if matches!(purpose, Purpose::Link(user) if viewer.user_id() != Some(user)) {
        return Err(OidcRefusal::Expired);
    }
    if answer
        .issuer
        .is_some_and(|issuer| issuer != provider.issuer())
    {
        return Err(OidcRefusal::NotVerified);
    }
    let code = answer.code.filter(|_| answer.error.is_none());
    let code = code.ok_or(OidcRefusal::Denied)?;
    app.rates.check_sign_in_elsewhere(&client.client)?;
    let person = provider.redeem(pending, code, now()).await?;
    match purpose {
        Purpose::Link(_) => link(app, provider, viewer, person).await,
        Purpose::SignIn { next } => {
            let signed_in = sign_in_or_join(app, provider, client, person).await?;
            Ok(Completed::SignedIn(signed_in, next))
        }
        Purpose::Join { invite } => join(app, provider, client, person, &invite).await,
    }
}

fn take_pending(
    provider: &Provider,
    browser: Option<Secret>,
    state: Option<&str>,
) -> Option<Pending> {
    let key = PendingKey {
        state: state.and_then(Secret::parse)?.hash(),
        browser: browser?.hash(),
    };
    provider.pending.take(&key, Instant::now())
}

async fn link(
    app: &App,
    provider: &Provider,
    viewer: &Viewer,
    mut person: ProvidedPerson,
) -> Result<Completed, OidcRefusal> {
    provider.complete_names(&mut person).await;
    let identity = provider.identity_of(&person);
    let action = CredentialAction::LinkIdentity { identity };
    app.submit_from(viewer.requester()?, Action::Credential(action))
        .await?;
    Ok(Completed::Linked)
}

/// Signs in the account that the identity is linked to. A person without an account gets one, if whoever can reach the
/// server may join.
async fn sign_in_or_join(
    app: &App,
    provider: &Provider,
    client: &SignInClient,
    mut person: ProvidedPerson,
) -> Result<SignedInAs, OidcRefusal> {
    let identity = provider.identity_of(&person);
    if is_linked(app, &identity).await? {
        return sign_in(app, client, identity).await;
    }
    if app.log.find_door().await? == Door::Invite {
        return Err(OidcRefusal::ByInvitation);
    }
    app.rates.check_join(&client.client)?;
    provider.complete_names(&mut person).await;
    let identity = provider.identity_of(&person);
    let secret = Secret::new(random_bytes());
    let sign_in = Some(client.sign_in(&secret));
    let action = |account| Action::JoinServer {
        account,
        sign_in: sign_in.clone(),
        identity: Some(identity.clone()),
    };
    let names = names_of(&person);
    let user = create_account(app, client.requester(), &names, action).await?;
    Ok(SignedInAs::new(user, secret))
}

/// Redeems an invitation. A person who has an account is signed in, and can then accept it.
async fn join(
    app: &App,
    provider: &Provider,
    client: &SignInClient,
    mut person: ProvidedPerson,
    invite: &Secret,
) -> Result<Completed, OidcRefusal> {
    let identity = provider.identity_of(&person);
    if is_linked(app, &identity).await? {
        let signed_in = sign_in(app, client, identity).await?;
        let path = format!("/invite/{}", invite.reveal());
        return Ok(Completed::SignedIn(signed_in, path));
    }
    let (invite, secret) = find_invite(app, invite.reveal()).await?;
    provider.complete_names(&mut person).await;
    let identity = provider.identity_of(&person);
    let names = names_of(&person);
    let signed_in = redeem_by_identity(app, client, (&invite, &secret), &names, identity).await?;
    Ok(Completed::SignedIn(signed_in, invite.first_path()))
}

async fn sign_in(
    app: &App,
    client: &SignInClient,
    identity: ExternalIdentity,
) -> Result<SignedInAs, OidcRefusal> {
    match sign_in_by(app, client, Proof::Identity { identity }).await {
        Err(Error::NotFound) => Err(OidcRefusal::Disabled),
        signed_in => Ok(signed_in?),
    }
}

async fn is_linked(app: &App, identity: &ExternalIdentity) -> Result<bool> {
    let mut connection = app.readers().acquire().await?;
    let linked = identities::find_identity(&mut connection, identity).await?;
    Ok(linked.is_some())
}

fn names_of(person: &ProvidedPerson) -> NamesElsewhere {
    let names = person.names.clone();
    let handle = names.username.or_else(|| names.name.clone());
    NamesElsewhere {
        handle: handle.unwrap_or_default(),
        name: names.name,
    }
}

/// Returns the identities that are linked to the viewer's account.
pub async fn list_identities(app: &App, viewer: &Viewer) -> Result<Vec<LinkedIdentity>> {
    let Some(user) = viewer.user_id() else {
        return Ok(Vec::new());
    };
    let mut connection = app.readers().acquire().await?;
    identities::list_identities(&mut connection, user).await
}

/// Ends the link between an identity and the viewer's account.
pub async fn unlink(app: &App, viewer: &Viewer, id: IdentityId) -> Result<()> {
    let action = CredentialAction::UnlinkIdentity { id };
    app.submit_from(viewer.requester()?, Action::Credential(action))
        .await?;
    Ok(())
}
